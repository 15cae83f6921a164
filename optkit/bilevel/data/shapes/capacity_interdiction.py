"""The leader forbids items of a knapsack with one or more capacities."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.bilevel.data.formats.interdiction import interdiction
from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.data.shapes.parts import column, numbered, row, whole


def capacity_interdiction(
    options: GeneratorOptions, rng: np.random.Generator
) -> dict[str, Any]:
    """Return a program with one budget; the shape says how many capacities."""
    count = options.upper_columns
    rows = 1 if options.shape == "knapsack-interdiction" else options.lower_rows
    items = numbered("y", count)
    weights = whole(rng, 1, options.largest, (rows + 1, count))
    limits = np.floor(options.capacity * weights.sum(axis=1))
    profits = whole(rng, 1, options.largest, count)
    return interdiction(
        columns=[column(item, "lower", 1.0) for item in items],
        rows=[
            row(f"capacity{i}", "lower", items, weights[i], upper=float(limits[i]))
            for i in range(rows)
        ],
        objective=profits.tolist(),
        maximised=True,
        costs=weights[rows].tolist(),
        budget=float(limits[rows]),
    )
