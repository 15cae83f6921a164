"""The compiled loops, ready when they are: compiling must not break a time limit.

numba caches on disk, so only the first run on a machine waits. It does so in a thread of
its own, while the caller looks at its limits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from optkit.allocation.compiled import THRESHOLD, fast

_STARTED: dict[str, threading.Thread] = {}
_LOCK = threading.Lock()


def ready(name: str, should_stop: Callable[[], bool]) -> bool:
    """Wait until the loop ``name`` is compiled; false if ``should_stop`` said so first.

    Parameters
    ----------
    name
        ``"branch"`` or ``"descend"``.
    should_stop
        Asked every few ms.
    """
    with _LOCK:
        if name not in _STARTED:
            thread = threading.Thread(target=_WARM[name], daemon=True)
            _STARTED[name] = thread
            thread.start()
    thread = _STARTED[name]
    while thread.is_alive():
        if should_stop():
            return False
        thread.join(0.005)
    return True


def branch() -> Callable[..., Any]:
    """Return the compiled search."""
    from optkit.allocation.branching import search

    return fast(search.branch, THRESHOLD)


def descend() -> Callable[..., Any]:
    """Return the compiled local search."""
    from optkit.allocation.branching import local

    return fast(local.descend, THRESHOLD)


def evaluate() -> Callable[..., Any]:
    """Return the compiled evaluation of one order."""
    from optkit.allocation.branching import evaluation

    return fast(evaluation.order_value, THRESHOLD)


def _warm_branch() -> None:
    from optkit.allocation.branching.subtree_search import SubtreeSearch

    SubtreeSearch(_pair(), np.arange(2), 0.0).advance(1)


def _warm_descend() -> None:
    from optkit.allocation.order_search import OrderSearch

    OrderSearch(_pair(), np.arange(2)).advance(1)


_WARM = {"branch": _warm_branch, "descend": _warm_descend}


def _pair() -> Any:
    """Return a subtree of two servers."""
    from optkit.allocation.tree import Subtree

    return Subtree(
        members=np.array([1, 2]),
        parent=np.array([-1, 0]),
        distance=np.array([1.0, 2.0]),
        own=np.array([2.0, 3.0]),
        relay=np.array([0.1, 3.0]),
        works=np.ones(2, dtype=bool),
    )
