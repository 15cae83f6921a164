"""``optkit import``: one command per format, with the options of its importer."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from optkit.cli.groups import ARGUMENTS, OPTIONS
from optkit.cli.source_warnings import source_warnings
from optkit.cli.terminal import Terminal
from optkit.cli.tool_commands import as_command, paths_in, signature, write_instance
from optkit.cli.values import parse_assignments
from optkit.cli.writable_paths import require_writable
from optkit.core.solving.family import Family, FileKind, Tool
from optkit.core.solving.registry import file_kinds
from optkit.core.tools.generate import families_of_networks, importers

ABOUT = """Convert a file of another format to an instance or a network.

For example:

  optkit import topology-zoo --help
  optkit import csv --links links.csv --nodes nodes.csv -o net.json
  optkit import topology-zoo Abilene.gml --seed 1 -o abilene.json
"""

app = App(
    name="import",
    help=ABOUT,
    usage="Usage: optkit import FORMAT [OPTIONS] SOURCE",
    group_arguments=ARGUMENTS,
    group_parameters=OPTIONS,
)

FILE = Annotated[Path, Parameter(help="File to read.")]
OPTIONAL_FILE = Annotated[Path | None, Parameter(help="File to read.")]


def _source(tool: Tool) -> inspect.Parameter:
    """Return the parameter for the file, which some formats can also name by a flag."""
    named = inspect.Parameter.POSITIONAL_OR_KEYWORD
    placed = inspect.Parameter.POSITIONAL_ONLY
    kind = named if tool.source else placed
    name = tool.source or "source"
    if tool.needs_source:
        return inspect.Parameter(name, kind, annotation=FILE)
    return inspect.Parameter(name, kind, annotation=OPTIONAL_FILE, default=None)


def _targets(maker: Family | FileKind, tool: Tool) -> list[str]:
    """Return what a format can be made into, the usual first."""
    kinds = [
        kind.name
        for kind in file_kinds().values()
        if any(other.name == tool.name for other in kind.importers)
    ]
    families = families_of_networks() if kinds else []
    return list(dict.fromkeys([maker.name, *kinds, *families]))


def _further(targets: list[str]) -> list[inspect.Parameter]:
    """Return --family and --set for a format that can be made into several files."""
    if len(targets) == 1:
        return []
    keyword = inspect.Parameter.KEYWORD_ONLY
    family = Parameter(
        help=f"What to make: {', '.join(targets)}; by default, {targets[0]}."
    )
    setting = Parameter(
        name="--set",
        help="NAME=VALUE: an option of optkit generate, where an instance is made from"
        " the network that was read; may be repeated.",
    )
    return [
        inspect.Parameter(
            "family", keyword, annotation=Annotated[str | None, family], default=None
        ),
        inspect.Parameter(
            "set_", keyword, annotation=Annotated[tuple[str, ...], setting], default=()
        ),
    ]


def _command(maker: Family | FileKind, tool: Tool) -> Any:
    source = _source(tool)
    targets = _targets(maker, tool)
    shape = signature(tool, source, further=_further(targets))

    def import_(
        *files: Path,
        seed: int = 0,
        output: Path | None = None,
        family: str | None = None,
        set_: tuple[str, ...] = (),
        terminal: Terminal,
        **options: Any,
    ) -> int:
        import optkit

        path = files[0] if files else options.pop(tool.source, None)
        require_writable(output, path, *paths_in(options))
        settings = parse_assignments(set_)
        with source_warnings(terminal):
            made = optkit.import_file(
                tool.name, path, seed, family=family, settings=settings, **options
            )
        return write_instance(made, output, terminal)

    named = f"--{tool.source} SOURCE" if tool.source else "SOURCE"
    text = f"""Make {_what(maker)} from {tool.summary}.

For example:

  optkit import {tool.name} {named} --seed 1 -o {targets[0]}.json
"""
    if len(targets) > 1:
        other = targets[1]
        text += (
            f"  optkit import {tool.name} {named} --family {other} -o {other}.json\n"
        )
    return as_command(import_, shape, text)


def _what(maker: Family | FileKind) -> str:
    if isinstance(maker, Family):
        return f"an instance of family {maker.name}"
    return f"a {maker.name}"


for _maker, _tool in importers().values():
    app.command(_command(_maker, _tool), name=_tool.name)
