"""A point that the follower may choose whatever the leader does.

Where the follower can answer every decision of the leader by the same point, its optimal
value is never above the value of that point. No big-M has to be guessed then.
"""

from __future__ import annotations

import numpy as np

from optkit.backends.incremental import IncrementalModel
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline

_SLACK = 1e-9
"""Breach of a row, relative to its terms, that is put down to rounding."""


def robust_response(
    problem: ProblemData, least: Floats, largest: Floats, deadline: Deadline | None
) -> Floats | None:
    """Return a point that satisfies the follower's rows for all decisions.

    Parameters
    ----------
    problem
        The bilevel program.
    least, largest
        Range of the leader's part ``a x`` of each lower row, shape (lower rows,).
    deadline
        Ends the solve.

    Returns
    -------
    numpy.ndarray or None
        The best such point that was found, shape (lower columns,); None if none was.
    """
    rows, lower = problem.lower_rows, problem.lower
    row_lower = _less(problem.row_lower[rows], least)
    row_upper = _less(problem.row_upper[rows], largest)
    if (row_lower > row_upper).any():
        return None
    low, high = problem.column_lower[lower], problem.column_upper[lower]
    integer = problem.integer[lower]
    model = IncrementalModel(
        problem.follower_matrix,
        row_lower,
        row_upper,
        low,
        high,
        integer,
        problem.follower_cost[lower],
    )
    values = model.solve(deadline).values
    if values is None:
        return None
    point = np.clip(np.where(integer, np.rint(values), values), low, high)
    activity = problem.follower_matrix @ point
    slack = _SLACK * np.maximum(1.0, abs(problem.follower_matrix) @ np.abs(point))
    if (activity < row_lower - slack).any() or (activity > row_upper + slack).any():
        return None
    return np.asarray(point, dtype=np.float64)


def _less(sides: Floats, part: Floats) -> Floats:
    """Subtract the leader's part from the finite sides."""
    finite = np.isfinite(sides)
    return np.where(finite, np.where(finite, sides, 0.0) - part, sides)
