"""An MPS file as a plain mixed-integer program for the backends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse

from optkit.backends.linear import LinearModel
from optkit.bilevel.data.formats.mps import MpsModel


@dataclass(frozen=True)
class Named:
    """Stands where the backends expect a component of a Pyomo model.

    Parameters
    ----------
    name
        Its name.
    bounds
        A column's bounds, None where there is none.
    """

    name: str
    bounds: tuple[float | None, float | None] = (None, None)
    fixed: bool = False


def linear_model(model: MpsModel) -> LinearModel:
    """Return what :func:`optkit.backends.solve_model` solves, to be minimised."""
    starts = np.cumsum([0, *(len(entries) for entries in model.entries)])
    indices = [j for entries in model.entries for j in entries]
    data = [value for entries in model.entries for value in entries.values()]
    shape = (len(model.rows), len(model.columns))
    cost = np.zeros(len(model.columns))
    cost[list(model.cost)] = list(model.cost.values())
    low, high = np.array(model.lower), np.array(model.upper)
    return LinearModel(
        name=model.name or "mps",
        matrix=scipy.sparse.csr_array(
            (np.array(data, dtype=np.float64), np.array(indices, np.int32), starts),
            shape=shape,
        ),
        row_lower=np.array(model.low),
        row_upper=np.array(model.high),
        column_lower=low,
        column_upper=high,
        integer=np.array(model.integer, dtype=np.bool_),
        cost=cost,
        offset=model.constant,
        sign=1,
        variables=[
            Named(name, (_known(low[j]), _known(high[j])))
            for name, j in model.columns.items()
        ],
        constraints=[Named(name) for name in model.rows],
    )


def _known(bound: float) -> float | None:
    return float(bound) if np.isfinite(bound) else None
