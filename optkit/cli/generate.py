"""``optkit generate``: one command per family, with the options of its generator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cyclopts import App

from optkit.cli.groups import ARGUMENTS, OPTIONS
from optkit.cli.source_warnings import source_warnings
from optkit.cli.terminal import Terminal
from optkit.cli.tool_commands import as_command, paths_in, signature, write_instance
from optkit.cli.writable_paths import require_writable
from optkit.core.solving.family import Family, Tool
from optkit.core.solving.registry import families
from optkit.core.tools.generate import takes_network

ABOUT = """Generate an instance of a family, at random or from a network.

For example:

  optkit generate allocation --help
  optkit generate allocation --servers 20 --seed 1 -o instance.json
  optkit generate allocation --network net.json --master hub -o instance.json
"""

app = App(
    name="generate",
    help=ABOUT,
    usage="Usage: optkit generate FAMILY [OPTIONS]",
    group_arguments=ARGUMENTS,
    group_parameters=OPTIONS,
)


def _from_network(family: Family) -> str:
    """Return the example of a family that takes a given network."""
    if not takes_network(family):
        return ""
    return f"  optkit generate {family.name} --network net.json -o instance.json\n"


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

        require_writable(output, *paths_in(options))
        with source_warnings(terminal):
            instance = optkit.generate(family.name, seed, **options)
        return write_instance(instance, output, terminal)

    text = f"""Generate a {family.name} instance: {tool.summary}.

For example:

  optkit generate {family.name} --seed 1 -o instance.json
  optkit generate {family.name} | optkit solve /dev/stdin
{_from_network(family)}"""
    return as_command(generate, shape, text)


for _family in families().values():
    if _family.generator is not None:
        app.command(_command(_family, _family.generator), name=_family.name)
