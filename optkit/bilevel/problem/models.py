"""The programs that are solved for more than one method."""

from __future__ import annotations

import numpy as np

from optkit.backends.rebuilt import ChangingModel, changing_model
from optkit.bilevel.problem.problem_data import ProblemData


def high_point_model(
    problem: ProblemData,
    *,
    relaxed: bool = False,
    relaxed_first: bool = False,
    backend: str = "highs",
) -> ChangingModel:
    """Return the high-point relaxation: all rows, the leader's objective, no follower.

    Parameters
    ----------
    problem
        The bilevel program.
    relaxed
        Whether to drop integrality, too.
    relaxed_first
        Whether it is often solved by its linear relaxation.
    backend
        Name of the backend that solves it.
    """
    return changing_model(
        backend,
        problem.matrix,
        problem.row_lower,
        problem.row_upper,
        problem.column_lower,
        problem.column_upper,
        np.zeros(problem.columns, dtype=np.bool_) if relaxed else problem.integer,
        problem.cost,
        relaxed_first=relaxed_first,
    )


def follower_model(problem: ProblemData, backend: str = "highs") -> ChangingModel:
    """Return the follower's program; its sides are those at ``x = 0``."""
    rows, lower = problem.lower_rows, problem.lower
    return changing_model(
        backend,
        problem.follower_matrix,
        problem.row_lower[rows],
        problem.row_upper[rows],
        problem.column_lower[lower],
        problem.column_upper[lower],
        problem.integer[lower],
        problem.follower_cost[lower],
        relaxed_first=True,
    )


def leader_model(problem: ProblemData, backend: str = "highs") -> ChangingModel:
    """Return the leader's program: upper rows and columns, where ``y = 0``."""
    rows, upper = problem.upper_rows, problem.upper
    return changing_model(
        backend,
        problem.matrix[rows][:, upper],
        problem.row_lower[rows],
        problem.row_upper[rows],
        problem.column_lower[upper],
        problem.column_upper[upper],
        problem.integer[upper],
        problem.cost[upper],
    )
