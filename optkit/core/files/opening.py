"""Open a file to read it, but wait for no pipe that nobody writes to and for no device."""

from __future__ import annotations

import contextlib
import io
import os
import queue
import stat
import threading
from pathlib import Path

PATIENCE_S = 1.0
"""How long a pipe may be without a writer, s."""


def open_to_read(path: Path) -> io.BufferedReader:
    """Open a file, or a pipe that has a writer.

    Raises
    ------
    OSError
        If it cannot be opened, is a device, or is a pipe that nobody writes to.
    """
    kind = path.stat().st_mode
    device = stat.S_ISCHR(kind) or stat.S_ISBLK(kind)
    if device and str(path) != os.devnull:
        raise OSError("it is a device; name a file")
    return _open_pipe(path) if stat.S_ISFIFO(kind) else path.open("rb")


def _open_pipe(path: Path) -> io.BufferedReader:
    """Open a pipe in a thread, since opening waits until somebody writes to it."""
    opened: queue.Queue[io.BufferedReader | OSError] = queue.Queue()

    def wait() -> None:
        try:
            opened.put(path.open("rb"))
        except OSError as error:
            opened.put(error)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    try:
        result = opened.get(timeout=PATIENCE_S)
    except queue.Empty:
        # A writer that comes and goes ends the wait, and with it the thread.
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        with contextlib.suppress(queue.Empty):
            late = opened.get(timeout=PATIENCE_S)
            if not isinstance(late, OSError):
                late.close()
        raise OSError("it is a pipe that nobody writes to; name a file") from None
    if isinstance(result, OSError):
        raise result
    return result
