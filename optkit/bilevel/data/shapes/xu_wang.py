"""Random programs in the way of Xu and Wang: a binary leader, packing rows on both levels.

Source: Xu and Wang, Comput. Oper. Res. 41 (2014): objectives from -50 to 50, rows from 0 to
10, right-hand sides from 30 to 130 (leader) and from 10 to 110 (follower), and 0.4 rows per
column and level. Public files of the set (``bmilplib``) state no bounds, which makes their
integer columns binary.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.data.shapes.parts import (
    column,
    follower_columns,
    numbered,
    row,
    terms,
    whole,
)
from optkit.bilevel.instance import Level

_COST, _COEFFICIENT = 50.0, 10.0
_UPPER_SIDES, _LOWER_SIDES = (30.0, 130.0), (10.0, 110.0)
_HIGH = 10.0
"""Upper bound of the follower's integer columns."""


def xu_wang(options: GeneratorOptions, rng: np.random.Generator) -> dict[str, Any]:
    """Return a program; its rows are satisfied where all columns are zero."""
    x = numbered("x", options.upper_columns)
    y = numbered("y", options.lower_columns)
    levels: tuple[tuple[Level, int, tuple[float, float]], ...] = (
        ("upper", options.upper_rows, _UPPER_SIDES),
        ("lower", options.lower_rows, _LOWER_SIDES),
    )
    rows = []
    for level, count, sides in levels:
        for i in range(count):
            values = whole(rng, 0.0, _COEFFICIENT, len(x) + len(y))
            if level == "upper" and rng.random() >= options.coupling:
                values[len(x) :] = 0.0
            side = float(whole(rng, *sides, 1)[0])
            rows.append(row(f"{level}{i}", level, x + y, values, upper=side))
    lower = follower_columns(y, options.lower_kind, rng, _HIGH)
    costs = whole(rng, -_COST, _COST, len(x) + len(y))
    follower_costs = whole(rng, -_COST, _COST, len(y))
    return {
        "columns": [*(column(name, "upper", 1.0) for name in x), *lower],
        "rows": rows,
        "upper_objective": {"coefficients": terms(x + y, costs)},
        "lower_objective": {"coefficients": terms(y, follower_costs)},
    }
