"""Choices of the leader found while the dual of a scope is raised by cutting planes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.solving.run import Run
from optkit.discovery.bounds.group_lagrangian import GroupOptimum
from optkit.discovery.bounds.scope_lagrangian import DualPoint, ScopeLagrangian
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent

ROUNDING = 1e-10
"""Relative gap at which a scope is solved."""

STALLED = 1e-9
"""Relative increase that the planes must allow for another round."""

LARGEST_BOX = 1e12
"""Upper limit on prices."""


@dataclass(frozen=True, eq=False)
class PricedBound:
    """The result of a search for prices.

    Parameters
    ----------
    bound
        A lower bound on the scope's objective.
    prices
        The prices with the highest bound, shape (rows,).
    """

    bound: float
    prices: Floats


def search_prices(
    lagrangian: ScopeLagrangian,
    first: DualPoint,
    evaluator: ChoiceEvaluator,
    incumbent: Incumbent,
    run: Run,
    *,
    lower: float,
    rounds: int,
) -> PricedBound:
    """Raise a scope's dual by cutting planes; offer each group's best as a choice.

    Parameters
    ----------
    lagrangian
        The scope.
    first
        Its dual without prices.
    evaluator, incumbent, run
        For the choices that are met, and the limits.
    lower
        A lower bound that is known already.
    rounds
        Largest number of prices to try.

    Returns
    -------
    PricedBound
        A lower bound on the scope's objective, and the prices that prove it or more.
    """
    scope, best = lagrangian.scope, lower
    points: list[DualPoint] = []
    infeasible: Choice | None = None
    point, box, stalled = first, 1.0, False
    for _ in range(rounds):
        points.append(point)
        best = max(best, point.value)
        choice = choice_of_groups(lagrangian, point.optima, incumbent.choice)
        evaluation = evaluator.evaluate_scope(choice, scope)
        incumbent.offer(scope, choice, evaluation)
        if evaluation.violation > 0.0 and point.value >= best:
            infeasible = choice
        if np.all(point.slope <= 0.0) and not np.any(point.prices):
            break  # both rows hold without prices: nothing to raise
        if incumbent.value(scope) - best <= ROUNDING * abs(best) or run.should_stop():
            break
        if stalled:
            break
        prices = lagrangian.next_prices(points, box)
        if prices is None:
            break
        if prices.max() >= box:
            box *= 4.0
        highest = min(point.plane(prices) for point in points)
        if highest - best <= STALLED * max(1.0, abs(best)) and prices.max() < box:
            break
        following = lagrangian.at(prices)
        if following is None or box > LARGEST_BOX:
            break
        point = following
        if point.upper > point.value:
            # Where groups are not solved, the bound stays below the planes. So the search
            # ends when their choices, of which the planes are made, raise no new one.
            stalled = highest - point.upper <= STALLED * max(1.0, abs(best))
    if infeasible is not None and math.isfinite(incumbent.value(scope)):
        groups = range(lagrangian.groups.start, lagrangian.groups.stop)
        for order in (groups, groups[::-1]):
            repair(lagrangian, order, infeasible, evaluator, incumbent)
    return PricedBound(best, max(points, key=lambda point: point.value).prices)


def choice_of_groups(
    lagrangian: ScopeLagrangian, optima: Sequence[GroupOptimum], around: Choice
) -> Choice:
    """Return the leader's choice in every group's optimum; elsewhere as ``around``."""
    opened, asked = around.opened.copy(), around.asked.copy()
    for number, optimum in enumerate(optima):
        opened[lagrangian.groups.start + number] = optimum.opened
    asked[lagrangian.requests] = np.concatenate([o.connected for o in optima])
    return Choice(opened, asked)


def repair(
    lagrangian: ScopeLagrangian,
    order: Sequence[int],
    infeasible: Choice,
    evaluator: ChoiceEvaluator,
    incumbent: Incumbent,
) -> None:
    """Replace groups of a choice that misses rows by the incumbent's, until it keeps them.

    Bisection along ``order`` finds how many groups have to be replaced; every choice on
    the way is offered to the incumbent.
    """
    problem, scope = lagrangian.problem, lagrangian.scope
    feasible = incumbent.choice
    few, many = 0, len(order)
    while many - few > 1:
        middle = (few + many) // 2
        opened, asked = infeasible.opened.copy(), infeasible.asked.copy()
        for group in order[:middle]:
            opened[group] = feasible.opened[group]
            members = problem.members(group)
            asked[members] = feasible.asked[members]
        choice = Choice(opened, asked)
        evaluation = evaluator.evaluate_scope(choice, scope)
        incumbent.offer(scope, choice, evaluation)
        if evaluation.violation > 0.0:
            few = middle
        else:
            many = middle
