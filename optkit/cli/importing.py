"""``optkit import``: one command per format, with the options of its importer."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from optkit.cli.groups import ARGUMENTS, OPTIONS
from optkit.cli.source_warnings import source_warnings
from optkit.cli.terminal import Terminal
from optkit.cli.tool_commands import as_command, signature, write_instance
from optkit.cli.writable_paths import require_writable
from optkit.core.solving.family import Family, Tool
from optkit.core.tools.generate import importers

ABOUT = """Convert a file of another format to an instance.

For example:

  optkit import topology-zoo --help
  optkit import topology-zoo Abilene.gml --seed 1 -o abilene.json
"""

app = App(
    name="import",
    help=ABOUT,
    usage="Usage: optkit import FORMAT [OPTIONS] SOURCE",
    group_arguments=ARGUMENTS,
    group_parameters=OPTIONS,
)

SOURCE = inspect.Parameter(
    "source",
    inspect.Parameter.POSITIONAL_ONLY,
    annotation=Annotated[Path, Parameter(help="File to read.")],
)


def _command(family: Family, tool: Tool) -> Any:
    shape = signature(tool, SOURCE)

    def import_(
        source: Path,
        /,
        *,
        seed: int = 0,
        output: Path | None = None,
        terminal: Terminal,
        **options: Any,
    ) -> int:
        import optkit

        require_writable(output, source)
        with source_warnings(terminal):
            instance = optkit.import_instance(tool.name, source, seed, **options)
        return write_instance(instance, output, terminal)

    text = f"""Make an instance of family {family.name} from {tool.summary}.

For example:

  optkit import {tool.name} SOURCE --seed 1 -o instance.json
"""
    return as_command(import_, shape, text)


for _family, _tool in importers().values():
    app.command(_command(_family, _tool), name=_tool.name)
