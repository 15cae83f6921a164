"""Wait for compiled loops without breaking a time limit.

numba keeps what it compiled on disk, so only the first run on a machine waits long. The
loops are compiled by another process while the caller looks at its limits. Where that is
not possible, a thread compiles them. A process that ends meanwhile waits for the loop that
the thread is at: an interpreter that shuts down under a running compiler crashes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from optkit.core.runtime import compiler_process
from optkit.core.runtime.compiled import NotCompiledError, cached_only
from optkit.core.runtime.loops import is_always_compiled

_WARM: set[Callable[[], None]] = set()
_REQUESTS: dict[Callable[[], None], compiler_process.Request] = {}
_THREADS: dict[Callable[[], None], threading.Thread] = {}
_LOCK = threading.Lock()


def wait_until_warm(
    warm_up: Callable[[], None], should_stop: Callable[[], bool]
) -> bool:
    """Wait until the loops that ``warm_up`` calls are compiled.

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
    if is_always_compiled():
        warm_up()
        return True
    if warm_up in _WARM or _is_cached(warm_up):
        return True
    with _LOCK:
        if warm_up not in _REQUESTS:
            _REQUESTS[warm_up] = compiler_process.request_call(warm_up)
    request = _REQUESTS[warm_up]
    while request.is_pending():
        if should_stop():
            return False
        request.wait()
    if _is_cached(warm_up):
        return True
    with _LOCK:
        if warm_up not in _THREADS:
            _THREADS[warm_up] = threading.Thread(target=_compile, args=(warm_up,))
            _THREADS[warm_up].start()
    thread = _THREADS[warm_up]
    while thread.is_alive():
        if should_stop():
            return False
        thread.join(0.005)
    _WARM.add(warm_up)
    return True


def _is_cached(warm_up: Callable[[], None]) -> bool:
    """Load all loops from the cache; return whether they are all there."""
    try:
        with cached_only():
            warm_up()
    except NotCompiledError:
        return False
    _WARM.add(warm_up)
    return True


def _compile(warm_up: Callable[[], None]) -> None:
    with suppress(NotCompiledError):  # the process is ending
        warm_up()
