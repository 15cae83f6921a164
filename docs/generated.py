"""What of the reference is made when the site is built: help pages, and file formats."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from optkit.cli.app import main
from optkit.cli.parser import COMMANDS

STEPS = {"bench": ("run", "status", "report", "compare", "export", "best")}
"""Commands that have commands of their own which are always there."""


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
        for step in STEPS.get(command, ()):
            yield f"### optkit {command} {step}\n\n```text\n{help_of(command, step)}\n```\n"


def files() -> Iterator[str]:
    """Yield the tables of every file format, as Markdown."""
    from schema_tables import tables

    from optkit.core.solving.registry import families

    for name in [*families(), "solution"]:
        buffer = io.StringIO()
        with redirect_stdout(buffer):
            main(["schema", name])
        yield f"## optkit/{name}\n"
        yield from tables(json.loads(buffer.getvalue()))


def write(folder: Path) -> None:
    """Write both into ``folder``, which is no part of the repository."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "command-line.md").write_text("\n".join(command_line()), encoding="utf-8")
    (folder / "files.md").write_text("\n".join(files()), encoding="utf-8")
