"""The walk by increments, compared with whole evaluations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optkit.discovery.heuristics.incremental_walk import IncrementalWalk
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.problem_data import FOLLOWER_TOLERANCE
from optkit.discovery.testing import READINGS, random_document
from optkit.search import Neighbourhood
from tests.discovery.networks import coupled_leader, leader_problems


def _compare(leader: LeaderProblem, seed: int, steps: int) -> int:
    """Walk at random and compare each trial; return the number of feasible trials."""
    rng = np.random.default_rng(seed)
    moves = Neighbourhood(leader, rng)
    walk = IncrementalWalk(leader.encoding, leader.start(rng))
    problem, feasible = leader.problem, 0
    if moves.empty:
        return 0
    for _ in range(steps):
        flips = moves.draw(walk.bits)
        score = walk.trial(flips)
        neighbour = walk.bits.copy()
        neighbour[list(flips)] ^= True
        whole = leader.evaluate(neighbour)
        assert score.feasible == whole.feasible
        if not score.feasible:
            continue
        feasible += 1
        # Both responses are within the follower's tolerance of the least energy.
        near = FOLLOWER_TOLERANCE * max(1.0, whole.levels[1])
        assert score.levels[1] == pytest.approx(whole.levels[1], abs=1.01 * near)
        # The evaluator's response is the best for the leader, so it is never worse.
        slack = problem.energy_weight * near + 1e-9 * max(1.0, abs(whole.value))
        assert score.value >= whole.value - slack
        if rng.random() < 0.4:
            walk.apply(flips, score)
            assert np.array_equal(walk.bits, neighbour)
    return feasible


@pytest.mark.parametrize(
    "reading",
    [
        {
            "qan_rule": "single",
            "connection": "optional",
            "connection_cost": "agent-mode",
        },
        {"connection": "optional", "weight_energy": 0.3},
        {"qan_rule": "single", "connection_cost": "agent-mode", "weight_energy": 0.3},
        {"required_agent": 0.62, "required_self": 0.3},
    ],
    ids=lambda reading: " ".join(map(str, reading.values())),
)
def test_trials_are_worth_what_a_whole_evaluation_says(reading: dict[str, Any]) -> None:
    """Increments over a horizon agree with whole evaluations, step after step."""
    assert _compare(coupled_leader(**reading), 1, 80) >= 20


@pytest.mark.slow
def test_trials_agree_on_tiny_instances_of_every_reading() -> None:
    """Increments agree on ties, infeasible rows, and groups that no agent can serve."""
    feasible = 0
    for number, reading in enumerate(READINGS):
        document = random_document(
            np.random.default_rng(number), reading, (1.0, 0.3), nodes=5, tight=1.0
        )
        for leader in leader_problems(DiscoveryInstance.parse(document)):
            feasible += _compare(leader, number, 20)
    assert feasible >= 100
