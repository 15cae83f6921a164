"""The checker's solution of the follower's problem, compared with enumeration."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from optkit.core.solving import seeds
from optkit.discovery.check.follower import (
    FollowerScope,
    any_response,
    better_response,
)
from optkit.discovery.problem.follower.problem import FollowerProblem
from optkit.discovery.problem.follower.response import respond


def scopes(seed: int, count: int, size: int) -> Any:
    """Yield random scopes of up to ``size`` nodes, many of them with rows that bind."""
    for number in range(count):
        rng = seeds.generator(seed, "scope", number)
        n = int(rng.integers(1, size + 1))
        decimals = int(rng.choice([0, 1, 6]))
        level = 0.5 * (number % 2)
        needs = (0.0, 0.0) if level else tuple(rng.uniform(0.0, 0.5 * n, 2))
        yield FollowerScope(
            energy_agent=np.round(rng.uniform(0, 9, n), decimals),
            energy_self=np.round(rng.uniform(0, 9, n), decimals),
            gain_agent=np.round(rng.random(n), 2) - level,
            gain_self=np.round(rng.random(n), 2) - level,
            need_agent=float(needs[0]),
            need_self=float(needs[1]),
            connected=rng.random(n) < 0.8,
        )


def test_follower_is_solved_again_exactly() -> None:
    """Of all 2^n choices of modes, the optimal ones pass and no others do."""
    judged = rejected = 0
    for scope in scopes(4, 120, 7):
        n = len(scope.connected)
        modes = [
            np.array(choice)
            for choice in itertools.product((False, True), repeat=n)
            if not np.any(np.array(choice) & ~scope.connected)
        ]
        legal = [agent for agent in modes if scope.feasible(agent)]
        if not legal:
            assert any_response(scope) is None
            continue
        least = min(scope.energy(agent) for agent in legal)
        for agent in legal[:: max(1, len(legal) // 4)]:
            optimal = scope.energy(agent) <= least + scope.tolerance(least)
            better = better_response(scope, agent)
            assert (better is None) == optimal
            judged += 1
            rejected += not optimal
            if better is not None:
                assert scope.feasible(better)
                assert scope.energy(better) < scope.energy(agent)
    assert rejected > 50
    assert judged - rejected > 50


@pytest.mark.slow
def test_a_large_scope_is_judged() -> None:
    """The optimality of modes is decided for a thousand requests in one scope."""
    rng = seeds.generator(8, "large scope")
    n = 1200
    scope = FollowerScope(
        energy_agent=rng.uniform(0, 9, n),
        energy_self=rng.uniform(0, 9, n),
        gain_agent=rng.random(n) - 0.55,
        gain_self=rng.random(n) - 0.55,
        need_agent=0.0,
        need_self=0.0,
        connected=rng.random(n) < 0.8,
    )
    poor = any_response(scope)
    assert poor is not None
    better = better_response(scope, poor)
    assert better is not None
    assert scope.feasible(better)
    assert scope.energy(better) < scope.energy(poor)
    connected = scope.connected
    follower = FollowerProblem(
        extra=(scope.energy_agent - scope.energy_self)[connected],
        agent_gain=scope.gain_agent[connected],
        self_gain=scope.gain_self[connected],
        agent_need=0.0,
        self_room=float(scope.gain_self.sum()),
        price=None,
        base=float(scope.energy_self.sum()),
        largest=float(np.maximum(scope.energy_agent, scope.energy_self).max()),
    )
    response = respond(follower)
    assert response is not None
    best = np.zeros(n, dtype=bool)
    best[connected] = response.agent
    assert not np.array_equal(response.agent, follower.extra < 0.0), "no row binds"
    assert better_response(scope, best) is None
    saving = np.flatnonzero(best & (scope.energy_agent < scope.energy_self))
    without = [best & (np.arange(n) != node) for node in saving]
    worse = [agent for agent in without if scope.feasible(agent)]
    assert len(worse) > 2
    for agent in worse[:2]:
        assert better_response(scope, agent) is not None
