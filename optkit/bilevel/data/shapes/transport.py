"""A leader who opens depots, and a follower who ships from open ones at least cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.data.shapes.parts import (
    column,
    equation,
    follower_columns,
    numbered,
    row,
    terms,
    whole,
)


def transport(options: GeneratorOptions, rng: np.random.Generator) -> dict[str, Any]:
    """Return a program with demands as equations and shipments without upper bounds.

    The leader pays for depots, and for shipments at prices of its own. All depots together
    hold at least twice the demand.
    """
    depots = max(1, options.upper_columns)
    customers = max(1, round(options.lower_columns / depots))
    x = numbered("x", depots)
    y = [[f"y{i}_{j}" for j in range(customers)] for i in range(depots)]
    largest = options.largest
    demand = whole(rng, 1, largest, customers)
    least = int(np.ceil(2.0 * demand.sum() / depots))
    stock = whole(rng, least, 2 * least, depots)
    names = [name for depot in y for name in depot]
    ones = [1.0] * max(depots, customers)
    return {
        "columns": [
            *(column(name, "upper", 1.0) for name in x),
            *follower_columns(names, options.lower_kind, rng),
        ],
        "rows": [
            *(
                equation(
                    f"demand{j}",
                    "lower",
                    [depot[j] for depot in y],
                    ones[:depots],
                    float(demand[j]),
                )
                for j in range(customers)
            ),
            *(
                row(
                    f"stock{i}",
                    "lower",
                    [*y[i], x[i]],
                    [*ones[:customers], -stock[i]],
                    upper=0.0,
                )
                for i in range(depots)
            ),
        ],
        "upper_objective": {
            "coefficients": terms(
                x + names,
                [
                    *whole(rng, largest, 5 * largest, depots),
                    *whole(rng, 1, largest, len(names)),
                ],
            )
        },
        "lower_objective": {
            "coefficients": terms(names, whole(rng, 1, largest, len(names)))
        },
    }
