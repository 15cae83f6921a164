"""Random programs in the way of DeNegre's ``miblp_20_20_50_0110_5_*``.

All rows are the follower's, packing rows over both levels' columns, with wide bounds that
the rows imply. Source: DeNegre, Interdiction and Discrete Bilevel Linear Programming, PhD
thesis, Lehigh University (2011); ranges measured on the published files.
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

_HIGH = 1500.0
"""Upper bound of every column, as in the published files."""


def denegre(options: GeneratorOptions, rng: np.random.Generator) -> dict[str, Any]:
    """Return a program without rows of the leader."""
    x = numbered("x", options.upper_columns)
    y = numbered("y", options.lower_columns)
    shape = (options.lower_rows, len(x) + len(y))
    matrix = whole(rng, 1, options.largest, shape)
    matrix *= rng.random(shape) < options.density
    sides = np.rint(matrix.sum(axis=1) * rng.uniform(0.5, 2.5, options.lower_rows))
    # A column in no row would be bounded by its wide bound alone.
    idle = np.flatnonzero(~matrix.any(axis=0))
    if options.lower_rows:
        matrix[rng.integers(0, options.lower_rows, len(idle)), idle] = 1.0
    largest = options.largest
    return {
        "columns": [
            *(column(name, "upper", _HIGH) for name in x),
            *follower_columns(y, options.lower_kind, rng, _HIGH),
        ],
        "rows": [
            row(f"lower{i}", "lower", x + y, values, upper=float(side))
            for i, (values, side) in enumerate(zip(matrix, sides, strict=True))
        ],
        "upper_objective": {
            "coefficients": terms(x + y, whole(rng, -largest, largest, len(x + y)))
        },
        "lower_objective": {
            "coefficients": terms(y, whole(rng, -largest, largest, len(y)))
        },
    }
