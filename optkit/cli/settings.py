"""Settings that do not stand on the command line: the environment, and a TOML file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cyclopts import App, ArgumentCollection
from cyclopts.config import Dict, Env

from optkit.core.errors import UsageError
from optkit.core.files.text import read_toml
from optkit.core.suggest import nearest, unknown

PREFIX = "OPTKIT_"

COMMON = {"quiet": False, "debug": False}
"""Settings of every command that may stand at the top of the file, with defaults."""


def environment(
    app: App, commands: tuple[str, ...], arguments: ArgumentCollection
) -> None:
    """Fill in what the environment sets for a command: ``OPTKIT_SOLVE_TIME_LIMIT``.

    Raises
    ------
    UsageError
        If a variable is named for the command but for none of its options.
    """
    # A hyphen cannot stand in the name of an environment variable.
    words = tuple(command.replace("-", "_") for command in commands)
    Env(PREFIX)(app, words, arguments)
    if not words:
        return
    prefix = PREFIX + "".join(f"{word.upper()}_" for word in words)
    known = [
        name.lstrip("-").lower().replace("-", "_")
        for argument in arguments
        if argument.parse
        for name in argument.names
        if not _is_short(name)
    ]
    for variable in sorted(os.environ):
        word = variable.removeprefix(prefix).lower()
        if variable.startswith(prefix) and word not in known:
            guess = nearest(word.replace("_", "-"), known)
            hint = f" Did you mean {prefix}{guess.upper()}?" if guess else ""
            raise UsageError(
                f"environment variable {variable} sets no option of"
                f" optkit {' '.join(commands)}.{hint}"
            )


def _is_short(name: str) -> bool:
    return name.startswith("-") and not name.startswith("--")


def settings_file(path: Path, commands: Iterable[str]) -> tuple[Dict, dict[str, bool]]:
    """Read the file that ``--config`` names.

    Parameters
    ----------
    path
        The file: a table a command, ``quiet`` and ``debug`` above them.
    commands
        The commands there are.

    Returns
    -------
    Dict
        What it says of the commands, as cyclopts takes it.
    dict
        ``quiet`` and ``debug``.

    Raises
    ------
    InvalidFileError
        If it cannot be read or is not TOML.
    UsageError
        If a key at the top is neither a command nor a setting of every command.
    """
    content = read_toml(path)
    common = dict(COMMON)
    settings: dict[str, Any] = {}
    known = [*commands, *COMMON]
    for key, value in content.items():
        if key not in known:
            raise UsageError(f"{path}: {unknown('key', key, known)}")
        if key not in COMMON:
            settings[key] = value
        elif isinstance(value, bool):
            common[key] = value
        else:
            raise UsageError(f"{path}: {key}: {value!r} is neither true nor false.")
    return Dict(settings, source=str(path)), common
