"""A small instance of every family, for tests of what all families share."""

from __future__ import annotations

from functools import cache
from typing import Any

import optkit

OPTIONS: dict[str, dict[str, Any]] = {
    "allocation": {"servers": 6},
    "bilevel": {"upper_columns": 4, "lower_columns": 4},
    "discovery": {"nodes": 6, "windows": 3},
    "dispatch": {"intervals": 4},
    "sync": {"slots": 20},
}
"""Options of each family's generator."""


@cache
def instance(family: str) -> optkit.Instance:
    """Return a small instance of a family."""
    return optkit.generate(family, seed=1, **OPTIONS[family])


@cache
def result(family: str) -> optkit.Result:
    """Return the result of ``auto`` for it."""
    return optkit.solve(instance(family))
