"""Ending with the parent process, however it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing import parent_process


def end_with_parent(end: Callable[[], object]) -> None:
    """Call ``end`` once the process that started this one is gone.

    A daemon thread waits for it; after ``kill -9`` of the parent nobody else would stop
    this process. In a process that ``multiprocessing`` did not start, nothing happens.

    Parameters
    ----------
    end
        Ends this process, and whatever it has started.
    """
    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        end()

    threading.Thread(target=wait, daemon=True).start()
