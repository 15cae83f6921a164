"""Check that outputs can be written before any work is done."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from optkit.core.errors import UsageError
from optkit.core.files import paths

OUTPUTS = ("output", "events")
"""Names of the parameters of commands that name outputs."""

COMPANIONS = (".aux", ".mps", ".ki", ".txt")
"""Endings of files that may be read together with an instance in another format."""


def require_writable(path: Path | None, *others: Path | None) -> None:
    """Refuse an output that cannot be written, or that would replace another file in use.

    Parameters
    ----------
    path
        The output; None for no output.
    others
        The files that the command reads, folders of such files, and its other outputs.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    if path is None:
        return
    refuse_replacing(path, *others)
    if paths.is_folder(path):
        raise UsageError(f"{path}: this is a folder; name a file in it.")
    if paths.exists(path) and not paths.is_file(path):
        # Writing renames a file into place, which would replace a device or a pipe.
        raise UsageError(f"{path}: not an ordinary file; name another.")
    with paths.writing(path):
        target = paths.destination(path)
        with suppress(FileNotFoundError):
            target.lstat()  # fails if a name is longer than the file system takes
        # Permissions do not show whether the disk is full or read-only, so try it.
        with tempfile.TemporaryFile(dir=target.parent):
            pass


def refuse_replacing(path: Path, *others: Path | None) -> None:
    """Refuse an output that would replace one of the other files in use.

    Raises
    ------
    UsageError
        If it would, by whatever link or relative path.
    """
    for other in others:
        if other is not None and _replaces(path, other):
            raise UsageError(
                f"{path}: the output would replace {other}, which this command reads or"
                " writes as well; name another file."
            )


def companions(instance: Path) -> list[Path]:
    """Return an instance file, and files beside it that may be read together with it."""
    if ".json" in instance.suffixes:
        return [instance]
    plain = instance.with_suffix("") if instance.suffix == ".gz" else instance
    beside = [plain.with_suffix(ending) for ending in COMPANIONS]
    beside += [plain.with_name(plain.name + ending) for ending in COMPANIONS]
    return [instance, *filter(paths.exists, beside)]


def require_folder(
    path: Path | None, *inputs: Path | None, writes: tuple[str, ...]
) -> None:
    """Refuse an output folder that is no folder, or in which an input would be replaced.

    Parameters
    ----------
    path
        The folder; None for no output.
    inputs
        The files that the command reads.
    writes
        Patterns of the names of files that it writes there.

    Raises
    ------
    UsageError
        If the folder cannot be used.
    """
    if path is None:
        return
    if paths.exists(path) and not paths.is_folder(path):
        raise UsageError(f"{path}: is a file; name a folder.")
    for other in inputs:
        if other is None:
            continue
        source = paths.destination(other)
        if source.parent == paths.destination(path) and any(
            source.match(pattern) for pattern in writes
        ):
            raise UsageError(
                f"{path}: the output would replace {other}, which this command reads;"
                " name another folder."
            )
    with paths.writing(path), suppress(FileNotFoundError):
        path.lstat()  # fails if a name is longer than the file system takes
    start = path
    while not paths.exists(start) and start != start.parent:
        start = start.parent
    with paths.writing(path), tempfile.TemporaryFile(dir=start):
        pass


def _replaces(path: Path, other: Path) -> bool:
    """Return whether writing to ``path`` would replace ``other``, or a file in it."""
    if paths.is_folder(other):
        inside = paths.destination(other) in paths.destination(path).parents
        return inside and paths.exists(path)
    return paths.are_same(path, other)
