"""Wait for compiled loops without breaking a time limit.

numba keeps what it compiled on disk, so only the first run on a machine waits long. The
loops are compiled in a thread of their own while the caller looks at its limits. A process
that ends meanwhile waits for that thread: an interpreter that shuts down under a running
compiler crashes, and what is compiled serves the next run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

_STARTED: dict[Callable[[], None], threading.Thread] = {}
_LOCK = threading.Lock()


def wait_until_warm(
    warm_up: Callable[[], None], should_stop: Callable[[], bool]
) -> bool:
    """Wait until ``warm_up`` has run once in this process.

    Parameters
    ----------
    warm_up
        Calls compiled loops on something small.
    should_stop
        Asked every few milliseconds.

    Returns
    -------
    bool
        False if ``should_stop`` said so first.
    """
    with _LOCK:
        if warm_up not in _STARTED:
            _STARTED[warm_up] = threading.Thread(target=warm_up)
            _STARTED[warm_up].start()
    thread = _STARTED[warm_up]
    while thread.is_alive():
        if should_stop():
            return False
        thread.join(0.005)
    return True
