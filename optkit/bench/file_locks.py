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
    """Hold the lock on a file; it is released even if the process dies.

    Use a separate lock file, not the file that is protected: a process loses a POSIX lock
    (the kind network file systems have) as soon as it closes any descriptor of that file.

    Parameters
    ----------
    path
        The lock file; it is created if needed.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # releases the lock
