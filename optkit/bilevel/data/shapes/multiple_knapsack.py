"""The leader forbids items that the follower would pack into several knapsacks."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.data.shapes.parts import column, numbered, row, terms, whole


def multiple_knapsack(
    options: GeneratorOptions, rng: np.random.Generator
) -> dict[str, Any]:
    """Return a program; a forbidden item fits no knapsack, any other at most one."""
    count, knapsacks = options.upper_columns, max(1, options.lower_rows)
    x = numbered("x", count)
    y = [[f"y{i}_{k}" for k in range(knapsacks)] for i in range(count)]
    weights = whole(rng, 1, options.largest, count)
    costs = whole(rng, 1, options.largest, count)
    profits = whole(rng, 1, options.largest, count)
    room = float(np.floor(options.capacity * weights.sum() / knapsacks))
    budget = float(np.floor(options.capacity * costs.sum()))
    names = [name for item in y for name in item]
    gains = terms(names, np.repeat(profits, knapsacks))
    ones = [1.0] * knapsacks
    return {
        "columns": [
            *(column(name, "upper", 1.0) for name in x),
            *(column(name, "lower", 1.0) for name in names),
        ],
        "rows": [
            row("budget", "upper", x, costs, upper=budget),
            *(
                row(f"room{k}", "lower", [item[k] for item in y], weights, upper=room)
                for k in range(knapsacks)
            ),
            *(row(f"once{i}", "lower", y[i], ones, upper=1.0) for i in range(count)),
            *(
                row(f"forbid_{name}", "lower", [name, x[i]], [1.0, 1.0], upper=1.0)
                for i in range(count)
                for name in y[i]
            ),
        ],
        "upper_objective": {"coefficients": gains},
        "lower_objective": {"sense": "max", "coefficients": gains},
    }
