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
from optkit.core.solving.family import Family, FileKind, Tool
from optkit.core.solving.registry import families, file_kinds
from optkit.core.tools.generate import takes_network

ABOUT = """Generate an instance of a family, at random or from a network.

A random network can be generated, too, and from it instances of every family but
bilevel.

For example:

  optkit generate allocation --help
  optkit generate allocation --servers 20 --seed 1 -o instance.json
  optkit generate network --nodes 20 --seed 1 -o net.json
  optkit generate allocation --network net.json --master hub -o instance.json
"""

app = App(
    name="generate",
    help=ABOUT,
    usage="Usage: optkit generate FAMILY [OPTIONS]",
    group_arguments=ARGUMENTS,
    group_parameters=OPTIONS,
)


def _from_network(maker: Family | FileKind) -> str:
    """Return the examples of what can be done with, or made from, a network."""
    if isinstance(maker, FileKind):
        return "  optkit generate allocation --network net.json -o instance.json\n"
    if not takes_network(maker):
        return ""
    return f"  optkit generate {maker.name} --network net.json -o instance.json\n"


def _command(maker: Family | FileKind, tool: Tool) -> Any:
    shape = signature(tool)

    def generate(
        *,
        seed: int = 0,
        output: Path | None = None,
        terminal: Terminal,
        **options: Any,
    ) -> int:
        from optkit.core.tools.generate import generate_document

        require_writable(output, *paths_in(options))
        with source_warnings(terminal):
            made = generate_document(maker, seed, options)
        return write_instance(made, output, terminal)

    if isinstance(maker, FileKind):
        what, file, use = maker.name, "net.json", "show /dev/stdin"
    else:
        what, file, use = f"{maker.name} instance", "instance.json", "solve /dev/stdin"
    text = f"""Generate a{"n" * (what[0] in "aeiou")} {what}: {tool.summary}.

For example:

  optkit generate {maker.name} --seed 1 -o {file}
  optkit generate {maker.name} | optkit {use}
{_from_network(maker)}"""
    return as_command(generate, shape, text)


_makers: list[Family | FileKind] = [*families().values(), *file_kinds().values()]
for _maker in _makers:
    if _maker.generator is not None:
        app.command(_command(_maker, _maker.generator), name=_maker.name)
