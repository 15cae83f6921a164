"""The follower's exact response: a threshold rule, then a search in its core.

In one scope and for given connections, the follower minimises energy under two rows, the
accuracies of both modes. Mostly the modes that are cheapest node by node keep both rows.
Where they do not, multipliers of the rows price every node's change of mode. The response
differs from the priced threshold rule by changes whose prices add up to no more than the
gap between the bound and a known response, which leaves few nodes to search over. Among
responses within the tolerance of the best, the one that is cheapest for the leader counts
(the optimistic reading); the same search finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.discovery.problem.follower.core_search import search
from optkit.discovery.problem.follower.milp import least_energy_by_milp
from optkit.discovery.problem.follower.problem import FollowerProblem
from optkit.discovery.problem.problem_data import ROW_TOLERANCE

SAFETY = 1e-5
"""Share of the tolerance that responses keep clear of, for rounding."""

ENOUGH = 0.1
"""Share of the tolerance within which of the bound the search for the best may end."""

GOOD_ENOUGH = 0.95
"""Share of the tolerance within which of the bound modes are taken where the search for the
best was not complete."""


@dataclass(frozen=True, eq=False)
class Response:
    """The follower's response.

    Parameters
    ----------
    agent
        Whether each connected request runs in agent mode, shape (n,).
    proven
        Whether no other response is better for the leader; it is optimal for the follower
        in any case.
    """

    agent: Bools
    proven: bool


@dataclass(frozen=True, eq=False)
class LeastEnergy:
    """Modes of least energy that keep both rows.

    Parameters
    ----------
    agent
        Whether each connected request runs in agent mode, shape (n,).
    bound
        Lower bound on Σ extra, from which they are within the follower's tolerance.
    agent_price, self_price
        Multipliers of the rows; 0 where the modes that are cheapest one by one keep both.
    """

    agent: Bools
    bound: float
    agent_price: float = 0.0
    self_price: float = 0.0


def least_energy(follower: FollowerProblem) -> LeastEnergy | None:
    """Return modes of least energy that keep both rows; None where none do."""
    cheapest = follower.extra < 0.0
    if follower.feasible(cheapest):
        return LeastEnergy(cheapest, float(follower.extra @ cheapest))
    if follower.shortfall > ROW_TOLERANCE:
        return None
    return _least_energy(follower)


def respond(follower: FollowerProblem) -> Response | None:
    """Return the follower's response; None where no modes keep both rows."""
    least = least_energy(follower)
    return None if least is None else best_for_leader(follower, least)


# -- bounds by multipliers ---------------------------------------------------------


def bound(follower: FollowerProblem, agent_price: float, self_price: float) -> float:
    """Return a lower bound on Σ extra over all responses, for multipliers ≥ 0."""
    reduced = follower.reduced_costs(agent_price, self_price)
    return (
        float(np.minimum(reduced, 0.0).sum())
        + agent_price * (follower.agent_need - ROW_TOLERANCE)
        - self_price * (follower.self_room + ROW_TOLERANCE)
    )


def multipliers(follower: FollowerProblem) -> tuple[float, float]:
    """Return multipliers of both rows whose bound is high; highest if one row binds.

    Each in turn is set to the best value for the other. Where both rows bind this may stop
    a little below the highest bound, which costs search time but not exactness.
    """
    agent_price = self_price = 0.0
    best = bound(follower, 0.0, 0.0)
    for _ in range(12):
        agent_price = _line_search(
            follower.extra + self_price * follower.self_gain,
            follower.agent_gain,
            follower.agent_need,
        )
        self_price = _line_search(
            follower.extra - agent_price * follower.agent_gain,
            -follower.self_gain,
            -follower.self_room,
        )
        current = bound(follower, agent_price, self_price)
        if current <= best + 1e-9 * max(1.0, abs(best)):
            break
        best = current
    return agent_price, self_price


def highest_multipliers(follower: FollowerProblem) -> tuple[float, float]:
    """Return multipliers of both rows with the highest bound, by linear programming."""
    ascended = multipliers(follower)
    if min(ascended) <= 0.0:
        return ascended
    optimal = optimal_multipliers(
        follower.extra,
        np.array([-follower.agent_gain, follower.self_gain]),
        np.array([-follower.agent_need, follower.self_room]),
    )
    if optimal is None:
        return ascended
    first, second = optimal.tolist()
    return max(ascended, (first, second), key=lambda prices: bound(follower, *prices))


def optimal_multipliers(cost: Floats, rows: Floats, sides: Floats) -> Floats | None:
    """Return the dual solution of: least ``cost`` · y, rows y ≤ sides, 0 ≤ y ≤ 1.

    Parameters
    ----------
    cost, rows, sides
        Shapes (n,), (m, n) and (m,).

    Returns
    -------
    Floats or None
        A multiplier ≥ 0 of each row, shape (m,); None if no y keeps the rows.
    """
    from scipy.optimize import linprog

    relaxation = linprog(cost, A_ub=rows, b_ub=sides, bounds=(0.0, 1.0), method="highs")
    if relaxation.x is None:
        return None
    return np.asarray(np.maximum(0.0, -relaxation.ineqlin.marginals))


def _line_search(cost: Floats, gain: Floats, need: float) -> float:
    """Return the multiplier ≥ 0 of gain·y ≥ need that is best for costs ``cost``.

    The bound Σ min(0, cost - v gain) + v need is concave in v, with kinks where
    cost = v gain; its slope at v is ``need`` minus the gains of the y that v chooses.
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


# -- exact responses ---------------------------------------------------------------


def _least_energy(follower: FollowerProblem) -> LeastEnergy | None:
    """Return modes of least energy where rows bind; None where none keep both rows."""
    most = float(np.maximum(follower.extra, 0.0).sum())
    most += 1e-6 * (most + follower.largest)
    for prices in _multipliers_to_try(follower):
        if bound(follower, *prices) > most:
            return None  # by weak duality
        decided, found = _search_near(follower, *prices)
        if decided:
            return found
    optimum = least_energy_by_milp(follower)
    return None if optimum is None else LeastEnergy(*optimum, *prices)


def _multipliers_to_try(follower: FollowerProblem) -> Iterator[tuple[float, float]]:
    """Yield multipliers; higher ones, which leave fewer modes to search over, come last."""
    ascended = multipliers(follower)
    yield ascended
    if min(ascended) > 0.0:
        yield highest_multipliers(follower)


def _search_near(
    follower: FollowerProblem, agent_price: float, self_price: float
) -> tuple[bool, LeastEnergy | None]:
    """Search near the threshold rule; return whether that decided, and what was found."""
    start, prices = _threshold_rule(follower, agent_price, self_price)
    start_extra = float(follower.extra @ start)
    lower = bound(follower, agent_price, self_price)
    agent_change, self_change = _row_changes(follower, start)
    result = search(
        prices=prices,
        changes=np.array([agent_change, self_change]),
        slack=_row_slack(follower, start),
        values=np.where(start, -follower.extra, follower.extra),
        row_prices=np.array([agent_price, self_price]),
        budget=np.inf,
        value_floor=lower - start_extra,
        enough=ENOUGH * follower.slack(lower),
    )
    if result.flips is None:
        return result.complete, None
    agent = start ^ result.flips
    extra = float(follower.extra @ agent)
    if result.exhausted:
        return True, LeastEnergy(agent, extra, agent_price, self_price)
    if extra - lower <= GOOD_ENOUGH * follower.slack(lower):
        return True, LeastEnergy(agent, lower, agent_price, self_price)
    return False, None


def best_for_leader(follower: FollowerProblem, found: LeastEnergy) -> Response:
    """Return, of all responses of least energy, the one cheapest for the leader.

    Parameters
    ----------
    follower
        The problem, with what agent mode costs the leader.
    found
        Modes of least energy, which do not depend on that.
    """
    price, best, least = follower.price, found.agent, found.bound
    if price is None:
        return Response(best, proven=True)
    limit = max(
        float(follower.extra @ best), least + (1.0 - SAFETY) * follower.slack(least)
    )
    prices_of_rows = found.agent_price, found.self_price
    start, prices = _threshold_rule(follower, *prices_of_rows)
    budget = limit - bound(follower, *prices_of_rows)
    if np.array_equal(best, start) and not np.any(prices <= budget):
        return Response(best, proven=True)
    result = search(
        prices=prices,
        changes=np.array(
            [
                *_row_changes(follower, start),
                np.where(start, follower.extra, -follower.extra),
            ]
        ),
        slack=np.append(
            _row_slack(follower, start),
            limit - float(follower.extra @ start) - ROW_TOLERANCE,
        ),
        values=np.where(start, -price, price),
        row_prices=np.array([*prices_of_rows, 0.0]),
        budget=budget,
        value_floor=None,
        enough=0.0,
    )
    if result.flips is None:
        return Response(best, result.complete)
    agent = start ^ result.flips
    if float(price @ agent) >= float(price @ best):
        return Response(best, result.complete)
    return Response(agent, result.complete)


def _row_changes(follower: FollowerProblem, start: Bools) -> tuple[Floats, Floats]:
    """Return what changing each mode of ``start`` adds to the slack of both rows."""
    return (
        np.where(start, -follower.agent_gain, follower.agent_gain),
        np.where(start, follower.self_gain, -follower.self_gain),
    )


def _row_slack(follower: FollowerProblem, start: Bools) -> Floats:
    return np.array(
        [
            float(follower.agent_gain @ start) - follower.agent_need,
            follower.self_room - float(follower.self_gain @ start),
        ]
    )


def _threshold_rule(
    follower: FollowerProblem, agent_price: float, self_price: float
) -> tuple[Bools, Floats]:
    """Return the modes that the multipliers choose, and the price of each change.

    Where the multipliers leave the choice, as many requests as the row of agent mode needs
    run in it: with many equal requests, changing them one by one would take long.
    """
    reduced = follower.reduced_costs(agent_price, self_price)
    start = reduced < 0.0
    missing = follower.agent_need - float(follower.agent_gain @ start)
    if missing > 0.0:
        free = np.flatnonzero((reduced == 0.0) & (follower.agent_gain > 0.0))
        gained = np.cumsum(follower.agent_gain[free])
        start[free[: 1 + int(np.searchsorted(gained, missing))]] = True
    return start, np.abs(reduced)
