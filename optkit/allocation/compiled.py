"""Loops that must be loops: plain Python on small trees, compiled by numba on large ones.

The same source serves both, so there is nothing to keep equal. Compiling takes seconds
and is cached on disk; below the threshold interpreting is faster than loading the cache.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import cache
from typing import Any

THRESHOLD = 3000
"""Servers from which on the compiled loop is used."""


@cache
def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    from numba import njit

    try:
        compiled: Callable[..., Any] = njit(cache=True)(function)
    except RuntimeError:  # no folder that the cache may be written to
        os.environ.setdefault("NUMBA_CACHE_DIR", tempfile.gettempdir())
        compiled = njit(function)
    return compiled


def fast(function: Callable[..., Any], size: int) -> Callable[..., Any]:
    """Return ``function``, compiled if ``size`` servers are worth it."""
    return _compiled(function) if size >= THRESHOLD else function
