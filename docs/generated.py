"""Generate parts of the reference when the site is built: help pages and file formats."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from optkit.cli.app import main
from optkit.cli.parser import COMMANDS

SUBCOMMANDS = {"bench": ("run", "status", "report", "compare", "export", "best")}
"""Subcommands, of commands that always have the same ones."""


def help_of(*words: str) -> str:
    """Return the help page of a command."""
    buffer = io.StringIO()
    with redirect_stdout(buffer):
        main([*words, "--help"])
    return "\n".join(line.rstrip() for line in buffer.getvalue().strip().splitlines())


def command_line() -> Iterator[str]:
    """Yield the help page of every command, as Markdown."""
    for command in COMMANDS:
        yield f"## optkit {command}\n\n```text\n{help_of(command)}\n```\n"
        for subcommand in SUBCOMMANDS.get(command, ()):
            page = help_of(command, subcommand)
            yield f"### optkit {command} {subcommand}\n\n```text\n{page}\n```\n"


def files() -> Iterator[str]:
    """Yield the tables of every file format, as Markdown."""
    from schema_tables import tables

    from optkit.core.solving.registry import families, file_kinds

    for name in [*families(), *file_kinds(), "solution"]:
        buffer = io.StringIO()
        with redirect_stdout(buffer):
            main(["schema", name])
        yield f"## optkit/{name}\n"
        yield from tables(json.loads(buffer.getvalue()))


def write(folder: Path) -> None:
    """Write both into a folder that is not part of the repository."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "command-line.md").write_text("\n".join(command_line()), encoding="utf-8")
    (folder / "files.md").write_text("\n".join(files()), encoding="utf-8")
