"""Ends a process together with its parent process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing import parent_process


def end_with_parent(end: Callable[[], object]) -> None:
    """Call ``end`` as soon as the process that started this one has ended.

    A daemon thread waits for the parent: after ``kill -9`` of it, nothing else would stop
    this process. Does nothing in a process that ``multiprocessing`` did not start.

    Parameters
    ----------
    end
        Ends this process and everything it has started.
    """
    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        end()

    threading.Thread(target=wait, daemon=True).start()
