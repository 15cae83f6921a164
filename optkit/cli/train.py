"""``optkit train``: one command per family, with the options of its trainer."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.progress import MofNCompleteColumn, TimeElapsedColumn, TimeRemainingColumn

from optkit.cli.groups import ARGUMENTS, OPTIONS
from optkit.cli.progress_bar import ProgressBar, bar_column, state_column
from optkit.cli.terminal import Terminal
from optkit.cli.tool_commands import as_command, signature
from optkit.cli.values import parse_int
from optkit.core.solving.family import Family, Tool
from optkit.core.solving.registry import families

ABOUT = """Train a policy of a family on instances.

For example:

  optkit train sync --help
  optkit train sync monday.json tuesday.json -o policy --updates 100 --seed 1

To resume a training that Ctrl-C, SIGTERM or anything else has stopped, give
the same command again.
"""

EXTRA = ("jax", "jaxlib", "optax")
"""Packages that only training needs: the extra ``rl``."""

app = App(
    name="train",
    help=ABOUT,
    usage="Usage: optkit train FAMILY [OPTIONS] INSTANCE...",
    group_arguments=ARGUMENTS,
    group_parameters=OPTIONS,
)

INSTANCES = inspect.Parameter(
    "instances",
    inspect.Parameter.VAR_POSITIONAL,
    annotation=Annotated[
        Path, Parameter(name="INSTANCE", help="Instance files to train on.")
    ],
)

Seed = Annotated[
    int,
    Parameter(
        converter=parse_int, help="Random seed; the same seed gives the same policy."
    ),
]
Folder = Annotated[
    Path | None,
    Parameter(alias="-o", help="Folder for the policy and its learning curve."),
]


def _progress_bar(terminal: Terminal) -> ProgressBar:
    columns = (TimeElapsedColumn(), bar_column(), MofNCompleteColumn())
    last = (TimeRemainingColumn(), state_column())
    return ProgressBar(terminal, *columns, *last, state="compiling")


def _command(family: Family, tool: Tool) -> Any:
    shape = signature(tool, INSTANCES, seed=Seed, output=Folder)

    def train(
        *instances: Path,
        seed: int = 0,
        output: Path | None = None,
        terminal: Terminal,
        **options: Any,
    ) -> int:
        import optkit
        from optkit.cli.writable_paths import require_folder
        from optkit.core.errors import UsageError
        from optkit.core.runtime.extras import needs
        from optkit.core.tools.instance_files import load_instance

        if output is None:
            raise UsageError("name the folder for the policy with -o.")
        require_folder(output, *instances, writes=("curve.*", "*.npz"))
        loaded = [load_instance(path) for path in instances]
        with needs("rl", "training", *EXTRA), _progress_bar(terminal) as bar:
            trained = optkit.train(
                family.name,
                loaded,
                output,
                seed,
                lambda done, total, state: bar.update(state, done, total),
                **options,
            )
        terminal.line(str(trained.path))
        terminal.note(trained.summary)
        return 0

    text = f"""Train {tool.summary}.

For example:

  optkit train {family.name} INSTANCE... -o policy --seed 1
"""
    return as_command(train, shape, text)


for _family in families().values():
    if _family.trainer is not None:
        app.command(_command(_family, _family.trainer), name=_family.name)
