"""The bound of a triangle: its prices are optimal."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from optkit.discovery.bounds.follower_terms import follower_terms
from optkit.discovery.bounds.multiplier_triangles import (
    SingleAgentScope,
    halves,
    simplex,
    single_agent_scope,
)
from optkit.discovery.bounds.triangle_bound import ROWS, FollowerTerms, raise_prices
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.testing import reacting_instances


def _by_linear_program(scope: SingleAgentScope, terms: FollowerTerms) -> float:
    """Return the least cost over options, modes y and modes z of the relaxation."""
    links, option = scope.links, scope.option
    n, options = len(option), len(links.option_cost)
    assert links.forced
    member = np.zeros((n, options))
    member[np.arange(n), option] = 1.0
    none = np.zeros((n, n))
    on = np.diag((terms.relaxed_mode > 0).astype(float))
    # Where the mode of z is known, it is that of the option.
    z_bound = np.where(terms.relaxed_mode == 0, 1.0, 0.0)
    y_limit = np.hstack([-member, np.eye(n), none])
    z_limit = np.hstack([-np.diag(z_bound) @ member, none, np.eye(n)])
    sign = np.where(terms.relaxed_mode > 0, -1.0, 1.0)

    def row(connected: object, y: object, z: object) -> np.ndarray:
        return np.concatenate([np.asarray(connected) @ member, np.asarray(y), z])

    zero = np.zeros(n)
    agent, own = links.agent_gain, links.self_gain
    need, room = links.agent_need, links.self_room
    known = np.diag(on)
    rows = [
        (row(zero, -agent, zero), -need),
        (row(zero, own, zero), room),
        (row(-agent * known, zero, -agent), -need),
        (row(own * known, zero, own), room),
        (
            row(
                terms.regret * known,
                sign * terms.regret
                + terms.agent_price * agent
                - terms.self_price * own,
                zero,
            ),
            1.0 + terms.agent_price * need - terms.self_price * room,
        ),
    ]
    if terms.agent_price > 0.0:
        rows.append((row(agent * known, zero, agent), need))
    if terms.self_price > 0.0:
        unused = float(terms.fractional.room[0]) - room
        rows.append((row(-own * known, zero, -own), unused))
    tied = terms.regret > 1.0
    tie = np.hstack([-np.diag(known * tied) @ member, np.diag(tied * 1.0), none])
    groups = len(links.group_start) - 1
    one = np.zeros((groups, options))
    one[scope.option_group, np.arange(options)] = 1.0
    program = linprog(
        np.concatenate([links.option_cost, links.cost, zero]),
        A_ub=np.vstack([y_limit, z_limit, *[r for r, _ in rows]]),
        b_ub=np.concatenate([np.zeros(2 * n), [side for _, side in rows]]),
        A_eq=np.vstack([np.hstack([one, np.zeros((groups, 2 * n))]), tie]),
        b_eq=np.concatenate([np.ones(groups), zero]),
    )
    return float(program.fun) if program.status == 0 else np.inf


def test_prices_are_optimal() -> None:
    """The bound is that of a linear program, or at least the target."""
    compared = 0
    for instance in reacting_instances(3, 40):
        problem = problem_data(instance)
        if instance.reading.connection == "optional":
            continue
        scope = single_agent_scope(problem, 0)
        whole = simplex(scope)
        for triangle in (whole, *halves(scope, whole)):
            terms = follower_terms(scope, triangle)
            target = scope.ceiling - scope.base
            priced = raise_prices(scope.links, terms, np.zeros(ROWS), target, 200)
            optimum = _by_linear_program(scope, terms)
            assert priced.bound <= optimum + 1e-7
            assert priced.bound >= min(optimum, target) - 0.02
            compared += optimum < target
    assert compared > 20
