"""Waiting for compiled loops without breaking a time limit.

numba keeps what it compiled on disk, so only the first run on a machine waits long. It is
waited for in a thread of its own, while the caller looks at its limits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

_STARTED: dict[Callable[[], None], threading.Thread] = {}
_LOCK = threading.Lock()


def ready(warm: Callable[[], None], should_stop: Callable[[], bool]) -> bool:
    """Wait until ``warm`` has run once in this process.

    Parameters
    ----------
    warm
        Calls compiled loops on something small.
    should_stop
        Asked every few ms.

    Returns
    -------
    bool
        False if ``should_stop`` said so first.
    """
    with _LOCK:
        if warm not in _STARTED:
            _STARTED[warm] = threading.Thread(target=warm, daemon=True)
            _STARTED[warm].start()
    thread = _STARTED[warm]
    while thread.is_alive():
        if should_stop():
            return False
        thread.join(0.005)
    return True
