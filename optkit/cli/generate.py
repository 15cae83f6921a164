"""``optkit generate``: one command per family, with the options of its generator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyclopts import App

from optkit.cli.groups import ARGUMENTS, OPTIONS
from optkit.cli.terminal import Terminal
from optkit.cli.tool_commands import as_command, signature, write_instance
from optkit.cli.writable_paths import require_writable
from optkit.core.solving.family import Family, Tool
from optkit.core.solving.registry import families

ABOUT = """Generate a random instance of a family.

For example:

  optkit generate allocation --help
  optkit generate allocation --servers 20 --seed 1 -o network.json
"""

app = App(
    name="generate",
    help=ABOUT,
    usage="Usage: optkit generate FAMILY [OPTIONS]",
    group_arguments=ARGUMENTS,
    group_parameters=OPTIONS,
)


def _command(family: Family, tool: Tool) -> Any:
    shape = signature(tool)

    def generate(
        *,
        seed: int = 0,
        output: Path | None = None,
        terminal: Terminal,
        **options: Any,
    ) -> int:
        import optkit

        require_writable(output)
        instance = optkit.generate(family.name, seed, **options)
        return write_instance(instance, output, terminal)

    text = f"""Generate a random {family.name} instance: {tool.summary}.

For example:

  optkit generate {family.name} --seed 1 -o instance.json
  optkit generate {family.name} | optkit solve /dev/stdin
"""
    return as_command(generate, shape, text)


for _family in families().values():
    if _family.generator is not None:
        app.command(_command(_family, _family.generator), name=_family.name)
