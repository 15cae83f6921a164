"""Random problems of the follower."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from optkit.core.solving import seeds
from optkit.discovery.problem.follower.problem import FollowerProblem


def follower_problems(seed: int, count: int, size: int) -> Iterator[FollowerProblem]:
    """Yield random problems of up to ``size`` nodes, many of them with rows that bind."""
    for number in range(count):
        rng = seeds.generator(seed, "task", number)
        n = int(rng.integers(1, size + 1))
        decimals = int(rng.choice([0, 1, 6]))
        level = 0.5 * (number % 2)
        gains = np.round(rng.random((2, n)), 2) - level
        needs = np.zeros(2) if level else rng.uniform(0.0, 0.5 * n, 2)
        yield FollowerProblem(
            extra=np.round(rng.uniform(-9, 9, n), decimals),
            agent_gain=gains[0],
            self_gain=gains[1],
            agent_need=float(needs[0]),
            self_room=float(gains[1].sum() - needs[1]),
            price=np.round(rng.uniform(0, 3, n), 1) if number % 3 else None,
            base=10.0 * n,
            largest=20.0,
        )


def feasible_modes(follower: FollowerProblem) -> list[np.ndarray]:
    """Return every choice of modes that keeps both rows."""
    choices = itertools.product((False, True), repeat=len(follower.extra))
    return [agent for agent in map(np.array, choices) if follower.feasible(agent)]
