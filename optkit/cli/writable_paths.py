"""Outputs: found unwritable before any work is done, and not after it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from optkit.core.errors import UsageError


def require_writable(path: Path | None, *inputs: Path | None) -> None:
    """Refuse an output that could not be written, or that would replace an input.

    Parameters
    ----------
    path
        The output; None if there is none.
    inputs
        Files that the command reads.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    if path is None:
        return
    for given in inputs:
        if given is not None and path.exists() and _same(path, given):
            raise UsageError(
                f"{path}: would replace the file that is read; name another."
            )
    if path.is_dir():
        raise UsageError(f"{path}: this is a folder; name a file in it.")
    if path.exists() and not path.is_file():
        # Writing renames a file into place, which would replace a device or a pipe.
        raise UsageError(f"{path}: not an ordinary file; name one.")
    try:
        # Tried, not asked: permissions do not tell of a full or read-only disk.
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written: {error.strerror or error}; name a file in a"
            " folder that exists and that you may write to."
        ) from None


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False
