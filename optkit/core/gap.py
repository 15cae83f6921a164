"""The relative gap between an objective and a bound."""

from __future__ import annotations

from typing import overload


@overload
def relative_gap(objective: float, bound: float) -> float: ...
@overload
def relative_gap(objective: float | None, bound: float | None) -> float | None: ...
def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Return ``|objective - bound| / max(|objective|, 1e-12)``; None if one is unknown."""
    if objective is None or bound is None:
        return None
    return abs(objective - bound) / max(abs(objective), 1e-12)
