"""Settings from the environment and from a TOML file."""

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
"""Settings of every command, at the top of the file, with their defaults."""


def environment(
    app: App, commands: tuple[str, ...], arguments: ArgumentCollection
) -> None:
    """Set the options of a command from variables such as ``OPTKIT_SOLVE_TIME_LIMIT``.

    Raises
    ------
    UsageError
        If a variable names the command, but none of its options.
    """
    # The name of an environment variable cannot contain a hyphen.
    names = tuple(command.replace("-", "_") for command in commands)
    Env(PREFIX)(app, names, arguments)
    if not names:
        return
    prefix = PREFIX + "".join(f"{name.upper()}_" for name in names)
    options = [
        name.lstrip("-").lower().replace("-", "_")
        for argument in arguments
        if argument.parse
        for name in argument.names
        if not _is_short(name)
    ]
    for variable in sorted(os.environ):
        option = variable.removeprefix(prefix).lower()
        if variable.startswith(prefix) and option not in options:
            guess = nearest(option.replace("_", "-"), options)
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
        The file: one table per command, with ``quiet`` and ``debug`` above them.
    commands
        All commands.

    Returns
    -------
    Dict
        The settings of the commands, for cyclopts.
    dict
        ``quiet`` and ``debug``.

    Raises
    ------
    InvalidFileError
        If it cannot be read, or is not TOML.
    UsageError
        If a key at the top is neither a command nor ``quiet`` or ``debug``.
    """
    content = read_toml(path)
    common = dict(COMMON)
    settings: dict[str, Any] = {}
    keys = [*commands, *COMMON]
    for key, value in content.items():
        if key not in keys:
            raise UsageError(f"{path}: {unknown('key', key, keys)}")
        if key not in COMMON:
            settings[key] = value
        elif isinstance(value, bool):
            common[key] = value
        else:
            raise UsageError(f"{path}: {key}: {value!r} is neither true nor false.")
    return Dict(settings, source=str(path)), common
