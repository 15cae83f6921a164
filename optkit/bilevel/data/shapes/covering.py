"""A follower who covers what the leader leaves uncovered, at least cost, without bounds."""

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
from optkit.core.arrays import Floats


def covering(options: GeneratorOptions, rng: np.random.Generator) -> dict[str, Any]:
    """Return a program whose follower is bounded by its own positive costs alone.

    The leader pays for what the follower takes, at prices of its own.
    """
    binary = options.upper_kind == "binary"
    x = numbered("x", options.upper_columns)
    y = numbered("y", options.lower_columns)
    high = np.ones(len(x)) if binary else whole(rng, 1, options.high, len(x))
    shape = options.lower_rows, len(x)
    helped = whole(rng, 1, max(1, options.largest // 4), shape)
    helped *= rng.random(shape) < options.density
    covers = whole(rng, 1, options.largest, (options.lower_rows, len(y)))
    covers *= rng.random(covers.shape) < options.density
    uncovered = np.flatnonzero(~covers.any(axis=1))
    if y:  # every demand can be covered
        covers[uncovered, rng.integers(0, len(y), len(uncovered))] = 1.0
    share = rng.uniform(0.3, 1.0, options.lower_rows)
    demand = np.rint(share * (helped @ high)) + options.largest
    largest = options.largest
    return {
        "columns": [
            *(column(name, "upper", float(u)) for name, u in zip(x, high, strict=True)),
            *follower_columns(y, options.lower_kind, rng),
        ],
        "rows": [
            row(
                f"demand{i}", "lower", x + y, [*helped[i], *covers[i]], float(demand[i])
            )
            for i in range(options.lower_rows)
        ],
        "upper_objective": {
            "coefficients": terms(
                x + y,
                [*whole(rng, -largest // 2, largest, len(x)), *_costs(rng, largest, y)],
            )
        },
        "lower_objective": {"coefficients": terms(y, _costs(rng, largest, y))},
    }


def _costs(rng: np.random.Generator, largest: int, names: list[str]) -> Floats:
    return whole(rng, 1, largest, len(names))
