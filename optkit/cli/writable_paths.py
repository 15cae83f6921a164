"""Check that outputs can be written before any work is done."""

from __future__ import annotations

import tempfile
from pathlib import Path

from optkit.core.errors import UsageError


def require_writable(path: Path | None, *inputs: Path | None) -> None:
    """Refuse an output that cannot be written, or that would replace an input.

    Parameters
    ----------
    path
        The output; None for no output.
    inputs
        The files that the command reads.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    if path is None:
        return
    for input_path in inputs:
        if input_path is not None and path.exists() and _is_same(path, input_path):
            raise UsageError(
                f"{path}: the output would replace an input; name another file."
            )
    if path.is_dir():
        raise UsageError(f"{path}: this is a folder; name a file in it.")
    if path.exists() and not path.is_file():
        # Writing renames a file into place, which would replace a device or a pipe.
        raise UsageError(f"{path}: not an ordinary file; name another.")
    try:
        # Permissions do not show whether the disk is full or read-only, so try it.
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written: {error.strerror or error}; name a file in a"
            " folder that exists and that you may write to."
        ) from None


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False
