"""Loops that must be loops: plain Python on small trees, compiled by numba on large ones.

The same source serves both, so there is nothing to keep equal. Compiling takes seconds
and is cached on disk; below the threshold interpreting is faster than loading the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from optkit.core.runtime.compiled import compiled

THRESHOLD = 3000
"""Servers from which on the compiled loop is used."""


def fast(function: Callable[..., Any], size: int) -> Callable[..., Any]:
    """Return ``function``, compiled if ``size`` servers are worth it."""
    return compiled(function) if size >= THRESHOLD else function
