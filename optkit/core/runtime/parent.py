"""End a worker process together with its parent, however the parent ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing import parent_process


def end_with_parent(end: Callable[[], None]) -> None:
    """Start a thread that calls ``end`` once the parent process is gone.

    Without it, a worker would go on for hours after its parent is killed by ``kill -9``.

    Parameters
    ----------
    end
        Ends this process, at once.
    """

    def wait() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            end()

    threading.Thread(target=wait, daemon=True).start()
