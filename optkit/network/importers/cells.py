"""Values of attributes as the text that a file would hold."""

from __future__ import annotations

import math
from typing import Any


def cell(value: Any) -> str:
    """Return a value of Python, numpy or pandas as text; empty if it is missing."""
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()  # a scalar of numpy
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(map(cell, value))
    return str(value)
