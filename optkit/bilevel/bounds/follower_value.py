"""A proven upper bound on the follower's optimal value, for followers without bounds.

A follower whose columns have no upper bounds is bounded by its objective alone: it pays for
large values. The relaxations ignore what the follower wants, so its objective is unbounded
there, and so may be the leader's. A bound U on its optimal value makes both finite again:
every bilevel feasible point satisfies ``d y <= U``. Three arguments, proven in
``docs/bilevel.md``, give one:

* a point that the follower may choose whatever the leader does;
* bounds of single columns that the follower pays for;
* bounds on the multipliers of a follower whose linear program has the same optimum.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import scipy.sparse

from optkit.backends.rebuilt import ChangingModel
from optkit.bilevel.bounds.leader_part import leader_part_range
from optkit.bilevel.bounds.linear_optimum import ROUNDING, largest_value
from optkit.bilevel.bounds.multiplier_bounds import is_unimodular, multiplier_bounds
from optkit.bilevel.bounds.optimality_bounds import optimality_bounds
from optkit.bilevel.bounds.robust_response import robust_response
from optkit.bilevel.problem.models import high_point_model
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline

LARGEST_USEFUL = 1e9
"""With tolerances of 1e-9, a larger bound says nothing."""

_WHOLE = 1e-6
"""Distance below an integer that is put down to rounding."""


def with_follower_bound(
    problem: ProblemData, deadline: Deadline | None = None
) -> ProblemData:
    """Bound the follower's objective where the rows do not.

    Parameters
    ----------
    problem
        The bilevel program. The follower is bounded for every decision.
    deadline
        Ends the solves.

    Returns
    -------
    ProblemData
        The program with one more upper row, ``d y <= U``, which all bilevel feasible
        points satisfy. The program itself if the rows bound the objective, or if no bound
        is found.

    Raises
    ------
    StoppedError
        If the deadline was reached.
    """
    cost = problem.own_follower_cost
    model = high_point_model(problem, relaxed=True)
    if largest_value(model, cost, deadline) is not None:
        return problem
    bound = follower_value_bound(problem, deadline)
    if bound is None:
        return problem
    return dataclasses.replace(
        problem,
        matrix=scipy.sparse.vstack(
            [problem.matrix, scipy.sparse.csr_array(cost[None, :])], format="csr"
        ),
        row_lower=np.append(problem.row_lower, -np.inf),
        row_upper=np.append(problem.row_upper, bound),
        row_is_lower=np.append(problem.row_is_lower, False),
    )


def follower_value_bound(
    problem: ProblemData, deadline: Deadline | None = None
) -> float | None:
    """Return an upper bound on ``d y`` at all bilevel feasible points.

    Parameters
    ----------
    problem, deadline
        As :func:`with_follower_bound` takes them.

    Returns
    -------
    float or None
        None if none of the arguments applies, or if the bound is too large to be of use.

    Raises
    ------
    StoppedError
        If the deadline was reached.
    """
    model = high_point_model(problem, relaxed=True)
    ranges = leader_part_range(problem, model, deadline)
    bounds = [
        _value_of_robust_response(problem, ranges, deadline),
        _value_within_bounds(problem, model, deadline),
        _value_of_multipliers(problem, ranges),
    ]
    known = [bound for bound in bounds if bound is not None]
    if not known or min(known) > LARGEST_USEFUL:
        return None
    if problem.follower_value_is_whole:
        return float(math.floor(min(known) + _WHOLE))
    return min(known)


def _value_of_robust_response(
    problem: ProblemData,
    ranges: tuple[Floats, Floats],
    deadline: Deadline | None,
) -> float | None:
    """Bound the follower's value by a point that is always open to it."""
    point = robust_response(problem, *ranges, deadline)
    if point is None:
        return None
    cost = problem.follower_cost[problem.lower]
    return float(cost @ point) + ROUNDING * float(np.abs(cost) @ np.abs(point))


def _value_within_bounds(
    problem: ProblemData, model: ChangingModel, deadline: Deadline | None
) -> float | None:
    """Bound the follower's value by bounds of the columns that it pays for."""
    low, high = optimality_bounds(problem, deadline)
    lower = problem.lower
    model.set_column_bounds(lower, low[lower], high[lower])
    largest = largest_value(model, problem.own_follower_cost, deadline, margin=ROUNDING)
    return largest if largest is not None and math.isfinite(largest) else None


def _value_of_multipliers(
    problem: ProblemData, ranges: tuple[Floats, Floats]
) -> float | None:
    """Bound the follower's value by its dual, whose multipliers are bounded.

    The dual's objective is the sum of the multipliers times the sides of rows and bounds.
    """
    if not (problem.follower_is_linear or _linear_program_is_exact(problem)):
        return None
    multipliers = multiplier_bounds(problem)
    if isinstance(multipliers, str):
        return None
    rows, lower = problem.lower_rows, problem.lower
    farthest = np.zeros(len(rows))
    for side in (problem.row_lower[rows], problem.row_upper[rows]):
        finite = np.isfinite(side)
        for part in ranges:
            distance = np.abs(np.where(finite, side, 0.0) - part)
            farthest = np.maximum(farthest, np.where(finite, distance, 0.0))
    reduced = np.abs(problem.follower_cost[lower]) + (
        abs(problem.follower_matrix).T @ multipliers
    )
    ends = np.zeros(len(lower))
    for bound in (problem.column_lower[lower], problem.column_upper[lower]):
        ends = np.maximum(ends, np.where(np.isfinite(bound), np.abs(bound), 0.0))
    total = float(multipliers @ farthest) + float(reduced @ ends)
    return total if math.isfinite(total) else None


def _linear_program_is_exact(problem: ProblemData) -> bool:
    """Say whether dropping integrality never changes the follower's optimal value.

    That holds where the rows are totally unimodular, and sides and bounds are integers for
    every decision.
    """
    rows, lower = problem.lower_rows, problem.lower
    sides = (
        problem.row_lower[rows],
        problem.row_upper[rows],
        problem.column_lower[lower],
        problem.column_upper[lower],
        problem.linking_matrix.data,
    )
    return (
        bool(problem.integer[problem.linking].all())
        and all(bool((side == np.rint(side)).all()) for side in sides)
        and is_unimodular(problem.follower_matrix.toarray())
    )
