"""Strong duality of the follower's linear program, with its products linearised exactly."""

from __future__ import annotations

import numpy as np

from optkit.bilevel.bounds.multiplier_bounds import multiplier_bounds
from optkit.bilevel.exact.high_point import HighPointRelaxation
from optkit.bilevel.problem.kkt_conditions import (
    FollowerConstraint,
    Stationarity,
    follower_constraints,
)
from optkit.bilevel.problem.problem_data import ProblemData

FARTHEST = 1e8
"""Costs and sides of the follower may differ by this factor. They meet in one equation, and
a side that its tolerance swallows would make a point infeasible."""


def meet_in_one_equation(problem: ProblemData) -> bool:
    """Say whether the follower's costs and sides are near enough to be added up."""
    terms = [np.abs(problem.follower_cost[problem.lower])]
    for constraint in follower_constraints(problem):
        terms.append(np.abs([constraint.right, *constraint.a.tolist()]))
    sizes = np.concatenate(terms)
    sizes = sizes[sizes > 0.0]
    return not len(sizes) or bool(sizes.max() <= FARTHEST * sizes.min())


def add_dual(relaxation: HighPointRelaxation) -> None:
    """Add multipliers, dual feasibility and ``d y <= sum m (a x - r)`` to a relaxation.

    Parameters
    ----------
    relaxation
        The relaxation of a bilevel program whose multipliers have proven bounds.
    """
    problem, model = relaxation.problem, relaxation.model
    bounds = multiplier_bounds(problem)
    assert not isinstance(bounds, str), "the harness asks supports() first"
    row_position = {row: i for i, row in enumerate(problem.lower_rows.tolist())}
    stationarity = Stationarity(problem)
    equality: dict[int, float] = {
        int(j): float(problem.follower_cost[j]) for j in problem.lower
    }
    largest = 1.0
    for constraint in follower_constraints(problem):
        high = np.inf
        if constraint.row >= 0:
            high = float(bounds[row_position[constraint.row]])
        low = -high if constraint.sign == 0 else 0.0
        multiplier = model.add_column(low, high, False)
        stationarity.add(multiplier, constraint)
        equality[multiplier] = constraint.right
        sides = np.abs([constraint.right, *constraint.a.tolist()])
        if np.isfinite(high):
            largest = max(largest, high * float(sides.max()))
        pairs = zip(constraint.upper.tolist(), constraint.a.tolist(), strict=True)
        for j, a in pairs:
            _subtract_product(relaxation, equality, multiplier, constraint, high, j, a)
    stationarity.add_rows(model)
    # Both sides are equal at best: without slack, rounding would exclude points. Presolve
    # rounds by as much as the terms are large.
    slack = 1e-9 * max([largest, *map(abs, equality.values())])
    model.add_row(
        -np.inf,
        slack,
        np.array(list(equality), dtype=np.int64),
        np.array(list(equality.values())),
    )


def _subtract_product(
    relaxation: HighPointRelaxation,
    equality: dict[int, float],
    multiplier: int,
    constraint: FollowerConstraint,
    most: float,
    j: int,
    a: float,
) -> None:
    """Subtract ``a m x_j`` from the equality, where m is a multiplier.

    x_j is its lower bound plus a sum of binary digits. Each product of a multiplier in a
    bounded interval and a digit has an exact linear description.

    Parameters
    ----------
    relaxation
        The relaxation to which products are added.
    equality
        Coefficients of the equality by column; changed here.
    multiplier
        Column of m.
    constraint
        The constraint of m.
    most
        Upper bound of m.
    j, a
        Column x_j and its coefficient in the constraint.
    """
    low = float(relaxation.low[j])
    equality[multiplier] -= a * low
    least = -most if constraint.sign == 0 else 0.0
    for weight, digit in relaxation.digits(j):
        model = relaxation.model
        product = model.add_column(min(least, 0.0), most, False)
        equality[product] = -a * weight
        two = np.array([product, digit])
        three = np.array([product, multiplier, digit])
        model.add_row(-np.inf, 0.0, two, np.array([1.0, -most]))
        model.add_row(0.0, np.inf, two, np.array([1.0, -least]))
        model.add_row(-np.inf, -least, three, np.array([1.0, -1.0, -least]))
        model.add_row(-most, np.inf, three, np.array([1.0, -1.0, -most]))
