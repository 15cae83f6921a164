"""Loops that must be loops, compiled by numba at their first call and cached on disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import cache
from typing import Any


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` compiled; its machine code is kept for the next process."""
    from numba import njit

    try:
        made: Callable[..., Any] = njit(cache=True)(function)
    except RuntimeError:  # no folder that the cache may be written to
        os.environ.setdefault("NUMBA_CACHE_DIR", tempfile.gettempdir())
        made = njit(function)
    return made
