"""An MPS file as a plain mixed-integer program for the backends."""

from __future__ import annotations

import numpy as np
import scipy.sparse

from optkit.backends.linear import LinearModel, NamedComponent
from optkit.bilevel.data.formats.mps import MpsModel


def linear_model(model: MpsModel) -> LinearModel:
    """Return the program that :func:`optkit.backends.solve_model` minimises."""
    starts = np.cumsum([0, *(len(entries) for entries in model.entries)])
    indices = [j for entries in model.entries for j in entries]
    data = [value for entries in model.entries for value in entries.values()]
    shape = (len(model.rows), len(model.columns))
    cost = np.zeros(len(model.columns))
    cost[list(model.cost)] = list(model.cost.values())
    return LinearModel(
        name=model.name or "mps",
        matrix=scipy.sparse.csr_array(
            (np.array(data, dtype=np.float64), np.array(indices, np.int32), starts),
            shape=shape,
        ),
        row_lower=np.array(model.low),
        row_upper=np.array(model.high),
        column_lower=np.array(model.lower),
        column_upper=np.array(model.upper),
        integer=np.array(model.integer, dtype=np.bool_),
        cost=cost,
        offset=model.constant,
        sign=1,
        variables=[
            NamedComponent(name, (model.lower[j], model.upper[j]))
            for name, j in model.columns.items()
        ],
        constraints=[NamedComponent(name) for name in model.rows],
    )
