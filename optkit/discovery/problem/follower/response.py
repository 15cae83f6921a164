"""The follower's exact answer, fast: a threshold rule, then a search in its core.

Of one scope and for given connections, the follower minimises energy under two rows, the
accuracies of both modes. Mostly the modes that are cheapest node by node keep both rows.
Where they do not, multipliers of the rows price every node's change of mode; the answer
differs from the priced threshold rule by changes whose prices add up to no more than the
gap between the bound and a known answer, which leaves few nodes to search over. Among
answers within the tolerance of the best, the one that is cheapest for the leader counts
(the optimistic reading); it is found by the same search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.discovery.problem.follower.core_search import search
from optkit.discovery.problem.follower.milp import least_energy_by_milp
from optkit.discovery.problem.follower.problem import FollowerProblem
from optkit.discovery.problem.problem_data import ROW_TOLERANCE

SAFETY = 1e-5
"""Share of the tolerance that answers keep clear of, for rounding."""

ENOUGH = 0.1
"""Share of the tolerance within which of the bound the search for the best may end."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What the follower answers.

    Parameters
    ----------
    agent
        Whether each connected request runs in agent mode, shape (n,).
    proven
        Whether no answer is better for the leader; it is optimal for the follower
        in any case.
    """

    agent: Bools
    proven: bool


def respond(task: FollowerProblem) -> Answer | None:
    """Return the follower's answer; None where no modes keep both rows."""
    cheapest = task.extra < 0.0
    if task.holds(cheapest):
        least = float(task.extra @ cheapest)
        return _for_the_leader(task, cheapest, least, 0.0, 0.0)
    if task.shortfall > ROW_TOLERANCE:
        return None
    agent_price, self_price = multipliers(task)
    found = _least_energy(task, agent_price, self_price)
    if found is None:
        return None
    return _for_the_leader(task, *found, agent_price, self_price)


# -- bounds by multipliers ---------------------------------------------------------


def bound(task: FollowerProblem, agent_price: float, self_price: float) -> float:
    """Return a lower bound on Σ extra over all answers, for multipliers ≥ 0."""
    reduced = task.extra - agent_price * task.agent_gain + self_price * task.self_gain
    return (
        float(np.minimum(reduced, 0.0).sum())
        + agent_price * (task.agent_need - ROW_TOLERANCE)
        - self_price * (task.self_room + ROW_TOLERANCE)
    )


def multipliers(task: FollowerProblem) -> tuple[float, float]:
    """Return multipliers of both rows whose bound is high; highest if one row binds.

    One at a time is raised to the best for the other; where both bind this may stop a
    little below the highest bound, which costs search and no exactness.
    """
    agent_price = self_price = 0.0
    best = bound(task, 0.0, 0.0)
    for _ in range(12):
        agent_price = _line_search(
            task.extra + self_price * task.self_gain, task.agent_gain, task.agent_need
        )
        self_price = _line_search(
            task.extra - agent_price * task.agent_gain, -task.self_gain, -task.self_room
        )
        now = bound(task, agent_price, self_price)
        if now <= best + 1e-9 * max(1.0, abs(best)):
            break
        best = now
    return agent_price, self_price


def highest_multipliers(task: FollowerProblem) -> tuple[float, float]:
    """Return multipliers of both rows with the highest bound, by linear programming."""
    from scipy.optimize import linprog

    ascended = multipliers(task)
    if min(ascended) <= 0.0:
        return ascended
    answer = linprog(
        task.extra,
        A_ub=np.array([-task.agent_gain, task.self_gain]),
        b_ub=np.array([-task.agent_need, task.self_room]),
        bounds=(0.0, 1.0),
        method="highs",
    )
    if answer.x is None:
        return ascended
    first, second = (max(0.0, -float(price)) for price in answer.ineqlin.marginals)
    return max(ascended, (first, second), key=lambda prices: bound(task, *prices))


def _line_search(cost: Floats, gain: Floats, need: float) -> float:
    """Return the multiplier ≥ 0 of gain·y ≥ need that is best for costs ``cost``.

    The bound Σ min(0, cost - v gain) + v need is concave in v, with kinks where
    cost = v gain; its slope at v is need less the gains of the y that v chooses.
    """
    moving = gain != 0.0
    with np.errstate(over="ignore"):
        kinks = np.where(moving, cost / np.where(moving, gain, 1.0), np.inf)
    chosen = (cost < 0.0) | ((cost == 0.0) & (gain > 0.0))
    slope = need - float(gain[chosen].sum())
    if slope <= 0.0:
        return 0.0
    # Past its kink a y with positive gain is chosen, one with negative gain is dropped.
    later = np.flatnonzero(moving & (kinks > 0.0) & np.isfinite(kinks))
    order = later[np.argsort(kinks[later], kind="stable")]
    slopes = slope - np.cumsum(np.abs(gain[order]))
    crossed = np.flatnonzero(slopes <= 0.0)
    if len(crossed) == 0:
        return float(kinks[order[-1]]) if len(order) else 0.0
    return float(kinks[order[crossed[0]]])


# -- exact answers -----------------------------------------------------------------


def _least_energy(
    task: FollowerProblem, agent_price: float, self_price: float
) -> tuple[Bools, float] | None:
    """Return modes of least energy that keep both rows, and a bound on their extra."""
    start, prices = _threshold(task, agent_price, self_price)
    begun = float(task.extra @ start)
    below = bound(task, agent_price, self_price)
    agent_change, self_change = _row_changes(task, start)
    found = search(
        prices=prices,
        changes=np.array([agent_change, self_change]),
        slack=_row_slack(task, start),
        values=np.where(start, -task.extra, task.extra),
        room=np.inf,
        linked=below - begun,
        enough=ENOUGH * task.slack(below),
    )
    if found.complete and found.flips is None:
        return None
    if found.flips is not None:
        agent = start ^ found.flips
        extra = float(task.extra @ agent)
        if found.exhausted:
            return agent, extra
        if extra - below <= 0.5 * task.slack(below):
            return agent, below
    return least_energy_by_milp(task)


def _for_the_leader(
    task: FollowerProblem, best: Bools, least: float, agent_price: float, self_price: float
) -> Answer:
    """Return, of the answers as good as the best, the one cheapest for the leader."""
    price = task.price
    if price is None:
        return Answer(best, proven=True)
    limit = max(float(task.extra @ best), least + (1.0 - SAFETY) * task.slack(least))
    start, prices = _threshold(task, agent_price, self_price)
    room = limit - bound(task, agent_price, self_price)
    if np.array_equal(best, start) and not np.any(prices <= room):
        return Answer(best, proven=True)
    found = search(
        prices=prices,
        changes=np.array(
            [*_row_changes(task, start), np.where(start, task.extra, -task.extra)]
        ),
        slack=np.append(
            _row_slack(task, start), limit - float(task.extra @ start) - ROW_TOLERANCE
        ),
        values=np.where(start, -price, price),
        room=room,
        linked=None,
        enough=0.0,
    )
    if found.flips is None:
        return Answer(best, found.complete)
    agent = start ^ found.flips
    if float(price @ agent) >= float(price @ best):
        return Answer(best, found.complete)
    return Answer(agent, found.complete)


def _row_changes(task: FollowerProblem, start: Bools) -> tuple[Floats, Floats]:
    """Return what changing each mode of ``start`` adds to the slack of both rows."""
    return (
        np.where(start, -task.agent_gain, task.agent_gain),
        np.where(start, task.self_gain, -task.self_gain),
    )


def _row_slack(task: FollowerProblem, start: Bools) -> Floats:
    return np.array(
        [
            float(task.agent_gain @ start) - task.agent_need,
            task.self_room - float(task.self_gain @ start),
        ]
    )


def _threshold(
    task: FollowerProblem, agent_price: float, self_price: float
) -> tuple[Bools, Floats]:
    """Return the modes that the multipliers choose, and the price of each change."""
    reduced = task.extra - agent_price * task.agent_gain + self_price * task.self_gain
    return reduced < 0.0, np.abs(reduced)
