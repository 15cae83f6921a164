"""Look at paths and write to them: one guard for everything that can go wrong there.

Names may be longer than the file system takes, disks full, folders read-only. Looking at
such a path says "not there"; writing to it raises an error that names the path.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from optkit.core.errors import UsageError

ABANDONED_SECONDS = 3600.0
"""Age from which a temporary file counts as left over by a killed program."""

_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp")

_swept: set[Path] = set()


def exists(path: Path) -> bool:
    """Return whether there is anything at a path."""
    return os.path.exists(path)


def is_file(path: Path) -> bool:
    """Return whether a path leads to an ordinary file."""
    return os.path.isfile(path)


def is_folder(path: Path) -> bool:
    """Return whether a path leads to a folder."""
    return os.path.isdir(path)


def destination(path: Path) -> Path:
    """Return where writing to a path ends up: behind links, whether it exists or not.

    A relative path leads nowhere once the folder that the program runs in is removed; it
    is returned as it is.
    """
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return path


def are_same(first: Path, second: Path) -> bool:
    """Return whether two paths lead to one file, by links or other ways, or would."""
    try:
        if first.samefile(second):
            return True
    except (OSError, ValueError):
        pass
    return destination(first) == destination(second)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an error of the system while a path is written into a usage error.

    Raises
    ------
    UsageError
        With the path, the reason and a remedy.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"{str(path)!r} cannot be written: {reason}; name a file in a folder that"
            " exists, that has room, and that you may write to."
        ) from None


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, if it is not there.

    Raises
    ------
    UsageError
        If it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"{str(path)!r} cannot be made: {reason}; name a folder in a place that"
            " exists, that has room, and that you may write to."
        ) from None


def temporary_name(folder: Path) -> Path:
    """Return a new name for a temporary file in a folder."""
    return folder / f".{secrets.token_hex(8)}.tmp"


def sweep(folder: Path, now: float) -> None:
    """Remove temporary files that killed programs left in a folder, once per program.

    Parameters
    ----------
    folder
        The folder.
    now
        The time by the clock of its file system, as a file written just now has it, s.
    """
    if folder in _swept:
        return
    _swept.add(folder)
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not _TEMPORARY.fullmatch(entry.name):
                continue
            with suppress(OSError):
                age = now - entry.stat(follow_symlinks=False).st_mtime
                if age < ABANDONED_SECONDS:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    os.unlink(entry.path)
