"""Choices of the leader found while the dual of a scope is raised by cutting planes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.core.solving.run import Run
from optkit.discovery.bounds.group_lagrangian import GroupOptimum
from optkit.discovery.bounds.scope_lagrangian import DualPoint, ScopeLagrangian
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator, Evaluation
from optkit.discovery.problem.follower.problem import follower_problem
from optkit.discovery.problem.follower.response import least_energy
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData

ROUNDING = 1e-10
"""Relative gap at which a scope is solved."""


FILLED = 3
"""Number of prices, the best ones, at which the rows are filled at least cost."""


RESPONSE_GAP = 1e-5
"""Relative gap at which the agents of a group count as best for a known response."""

RESPONSE_NODES = 50
"""Most nodes of branch and bound for them."""


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
    for point in lagrangian.points(first, lower, rounds):
        points.append(point)
        best = max(best, point.value)
        choice, evaluation = offer_point(lagrangian, point, evaluator, incumbent)
        if evaluation.violation > 0.0 and point.value >= best:
            infeasible = choice
        if incumbent.value(scope) - best <= ROUNDING * abs(best) or run.should_stop():
            break
    points.sort(key=lambda point: point.value, reverse=True)
    for point in points[:FILLED]:
        offer_filled(lagrangian, point, evaluator, incumbent)
    if infeasible is not None and math.isfinite(incumbent.value(scope)):
        groups = range(lagrangian.groups.start, lagrangian.groups.stop)
        for order in (groups, groups[::-1]):
            repair(lagrangian, order, infeasible, evaluator, incumbent)
    return PricedBound(best, points[0].prices)


def offer_point(
    lagrangian: ScopeLagrangian,
    point: DualPoint,
    evaluator: ChoiceEvaluator,
    incumbent: Incumbent,
) -> tuple[Choice, Evaluation]:
    """Offer the best choices of all groups at a point of the dual, and return them."""
    choice = choice_of_groups(lagrangian, point.optima, incumbent.choice)
    evaluation = evaluator.evaluate_scope(choice, lagrangian.scope)
    incumbent.offer(lagrangian.scope, choice, evaluation)
    return choice, evaluation


def offer_filled(
    lagrangian: ScopeLagrangian,
    point: DualPoint,
    evaluator: ChoiceEvaluator,
    incumbent: Incumbent,
) -> None:
    """Offer requests that fill the rows at least cost, with two sets of agents.

    Where connecting is optional and rows may fail; the agents are those of a point of the
    dual, and those of the incumbent.
    """
    problem, scope = lagrangian.problem, lagrangian.scope
    if problem.reading.connection == "forced" or not len(lagrangian.needs):
        return
    choice = choice_of_groups(lagrangian, point.optima, incumbent.choice)
    for opened in (choice.opened, incumbent.choice.opened):
        filled = fill_rows(problem, scope, replace(choice, opened=opened))
        if filled is not None:
            evaluation = evaluator.evaluate_scope(filled, scope)
            incumbent.offer(scope, filled, evaluation)


def offer_for_response(
    lagrangian: ScopeLagrangian,
    evaluator: ChoiceEvaluator,
    incumbent: Incumbent,
    run: Run,
) -> None:
    """Offer the best agents for the follower's response, which no choice changes.

    Every linked node connects, and only agent mode's connections take time.
    """
    problem, scope = lagrangian.problem, lagrangian.scope
    linked: Bools = np.asarray(
        problem.usable[lagrangian.requests].any(axis=1), dtype=np.bool_
    )
    least = evaluator.least_energy(scope, linked)
    if least is None:
        return
    modes: Bools = np.zeros(len(linked), dtype=np.bool_)
    modes[linked] = least.agent
    fitted = ScopeLagrangian(problem, scope, modes)
    point = fitted.at(
        np.zeros(0),
        tolerance=RESPONSE_GAP,
        nodes=RESPONSE_NODES,
        should_stop=run.should_stop,
    )
    if point is not None:
        offer_point(fitted, point, evaluator, incumbent)


def fill_rows(problem: ProblemData, scope: int, choice: Choice) -> Choice | None:
    """Return a choice that asks the requests that fill the rows at least cost.

    Parameters
    ----------
    problem, scope
        The instance, and the scope.
    choice
        Says which agents are open.

    Returns
    -------
    Choice or None
        With the same agents; None if no requests fill the rows.
    """
    requests = problem.requests_in(scope)
    seconds = np.where(
        choice.opened[problem.group[requests]], problem.connect[requests], np.inf
    ).min(axis=1, initial=np.inf)
    reached = np.isfinite(seconds)
    follower = follower_problem(problem, scope, reached)
    cost = (
        problem.time_weight * seconds[reached] + problem.energy_weight * follower.extra
    )
    cheapest = least_energy(replace(follower, extra=cost, base=0.0))
    if cheapest is None:
        return None
    asked = choice.asked.copy()
    wanted = np.zeros(len(seconds), dtype=bool)
    wanted[reached] = cheapest.agent
    asked[requests] = wanted
    return Choice(choice.opened, asked)


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
