"""Ids of nodes: text; numbers are taken and written as text."""

from __future__ import annotations

import math
from typing import Any

MOST_DIGITS = 40
"""Most digits of a number that is taken as an id."""


def id_text(value: Any) -> Any:
    """Return a number as the text of an id, ``7`` and ``7.0`` as ``"7"``.

    Anything else is returned as it is; whether it is an id is checked later.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return value
        if value.is_integer():
            value = int(value)
    # No id is longer, and Python refuses to write the longest numbers.
    return value if abs(value) >= 10**MOST_DIGITS else str(value)
