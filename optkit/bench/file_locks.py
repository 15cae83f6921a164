"""A lock that processes and machines share through a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - a system without such locks
    fcntl = None  # type: ignore[assignment]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file that is there for nothing else; a death frees it, too.

    Not the file that is guarded: a POSIX lock, as network file systems have them, is lost
    as soon as its process closes any descriptor of the file, one used for reading, say.

    Parameters
    ----------
    path
        The file; it is made if need be.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # which frees the lock
