"""A leader who builds arcs, and a follower who sends a flow at least cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.data.shapes.parts import (
    column,
    flow_balance,
    follower_columns,
    numbered,
    row,
    terms,
    whole,
)


def flow(options: GeneratorOptions, rng: np.random.Generator) -> dict[str, Any]:
    """Return a program whose arcs have no upper bound.

    One node sends, all others receive. A ring of dear arcs, which needs no building, makes
    every demand reachable. The first arcs beside the ring carry nothing unless the leader
    builds them; the leader pays for building, and for every unit of flow.
    """
    nodes = max(2, options.lower_rows)
    beside = max(options.lower_columns - nodes, options.upper_columns)
    tails = np.append(np.arange(nodes), rng.integers(0, nodes, beside))
    steps = np.append(np.ones(nodes, dtype=np.int64), rng.integers(1, nodes, beside))
    heads = (tails + steps) % nodes
    largest = options.largest
    demand = whole(rng, 1, max(1, largest // 4), nodes)
    demand[0] = -demand[1:].sum()
    arcs = nodes + beside
    x, y = numbered("x", options.upper_columns), numbered("y", arcs)
    costs = whole(rng, 1, largest, arcs)
    costs[:nodes] += largest
    building = whole(rng, 1, 4 * largest, len(x))
    return {
        "columns": [
            *(column(name, "upper", 1.0) for name in x),
            *follower_columns(y, options.lower_kind, rng),
        ],
        "rows": [
            *flow_balance(y, tails, heads, demand),
            *(
                row(
                    f"arc{k}",
                    "lower",
                    [y[nodes + k], x[k]],
                    [1.0, demand[0]],
                    upper=0.0,
                )
                for k in range(len(x))
            ),
        ],
        "upper_objective": {
            "coefficients": terms(x + y, [*building, *whole(rng, 0, largest, arcs)])
        },
        "lower_objective": {"coefficients": terms(y, costs)},
    }
