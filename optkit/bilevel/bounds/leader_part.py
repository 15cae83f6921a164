"""The range of the leader's part of the follower's rows."""

from __future__ import annotations

import math

import numpy as np

from optkit.backends.rebuilt import ChangingModel
from optkit.bilevel.bounds.linear_optimum import ROUNDING, largest_value
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline


def leader_part_range(
    problem: ProblemData, model: ChangingModel, deadline: Deadline | None
) -> tuple[Floats, Floats]:
    """Return the least and the largest ``a x`` of each lower row.

    Parameters
    ----------
    problem
        The bilevel program.
    model
        The linear relaxation of its high-point relaxation; its costs are replaced.
    deadline
        Ends the solves.

    Returns
    -------
    tuple of numpy.ndarray
        Shape (lower rows,); infinite where there is no bound.

    Raises
    ------
    StoppedError
        If the deadline was reached.
    """
    count = len(problem.lower_rows)
    ranges = (np.zeros(count), np.zeros(count))
    linking = problem.linking_matrix
    for i in np.flatnonzero(np.diff(linking.indptr)).tolist():
        cost = np.zeros(problem.columns)
        cost[problem.upper] = linking[[i]].toarray()[0]
        for sign, ends in zip((-1.0, 1.0), ranges, strict=True):
            largest = largest_value(model, sign * cost, deadline, margin=ROUNDING)
            ends[i] = sign * (math.inf if largest is None else largest)
    return ranges
