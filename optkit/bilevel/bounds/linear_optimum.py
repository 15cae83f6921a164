"""The largest value of a linear function over a linear relaxation."""

from __future__ import annotations

import math

import numpy as np

from optkit.backends.incremental import SolveStatus
from optkit.backends.rebuilt import ChangingModel
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline

ROUNDING = 1e-9
"""Margin for the tolerances of a linear program."""


class StoppedError(Exception):
    """The run was stopped before the bounds were known."""


def largest_value(
    model: ChangingModel,
    cost: Floats,
    deadline: Deadline | None,
    *,
    margin: float = 0.0,
) -> float | None:
    """Return the largest ``cost z`` of a linear program; its own costs are replaced.

    Parameters
    ----------
    model
        The linear program.
    cost
        Shape (columns,).
    deadline
        Ends the solve.
    margin
        Share of the terms' magnitudes that is added.

    Returns
    -------
    float or None
        Minus infinity if there is no point, None if there is no bound.

    Raises
    ------
    StoppedError
        If the deadline was reached.
    """
    model.set_cost(-cost)
    result = model.solve(deadline)
    if result.status is SolveStatus.STOPPED:
        raise StoppedError
    if result.status is SolveStatus.INFEASIBLE:
        return -math.inf
    if result.status is SolveStatus.UNBOUNDED or result.bound is None:
        return None
    size = 0.0
    if result.values is not None:
        size = float(np.abs(cost) @ np.abs(result.values))
    return -result.bound + margin * size
