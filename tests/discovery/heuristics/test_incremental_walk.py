"""The walk by increments agrees with the whole evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optkit.discovery.data.generate import GeneratorOptions, generate
from optkit.discovery.heuristics import leader_problem
from optkit.discovery.heuristics.incremental_walk import IncrementalWalk
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.initial_choice import initial_choice
from optkit.discovery.problem.problem_data import FOLLOWER_TOLERANCE, problem_data
from optkit.discovery.testing import READINGS, random_document
from optkit.search import Neighbourhood

COUPLED = {
    "windows": 4,
    "candidates": 12,
    "coverage": 0.5,
    "link_decay": 0.3,
    "accuracy_scope": "horizon",
    "required_agent": 0.5,
    "required_self": 0.45,
}


def _leader(instance: DiscoveryInstance) -> LeaderProblem | None:
    """Return the leader's problem in the first scope; None if there is none."""
    problem = problem_data(instance)
    if problem.scopes == 0:
        return None
    evaluator = ChoiceEvaluator(problem)
    choice, _ = initial_choice(problem, evaluator)
    return LeaderProblem(problem, evaluator, 0, choice)


def _agree(leader: LeaderProblem, seed: int, steps: int) -> int:
    """Walk at random and compare each case; return how many were feasible."""
    rng = np.random.default_rng(seed)
    moves = Neighbourhood(leader, rng)
    walk = IncrementalWalk(leader, leader.start(rng))
    problem, feasible = leader.problem, 0
    if moves.empty:
        return 0
    for _ in range(steps):
        flips = moves.draw(walk.bits)
        score = walk.trial(flips)
        there = walk.bits.copy()
        there[list(flips)] ^= True
        whole = leader.evaluate(there)
        assert score.feasible == whole.feasible
        if not score.feasible:
            continue
        feasible += 1
        # Both answers are within the follower's tolerance of the least energy.
        near = FOLLOWER_TOLERANCE * max(1.0, whole.levels[1])
        assert score.levels[1] == pytest.approx(whole.levels[1], abs=1.01 * near)
        # The evaluator picks what suits the leader best, so it is never behind.
        slack = problem.energy_weight * near + 1e-9 * max(1.0, abs(whole.value))
        assert score.value >= whole.value - slack
        if rng.random() < 0.4:
            walk.apply(flips, score)
            assert np.array_equal(walk.bits, there)
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
    """Protects the search over a horizon: increments are exact, walk after walk."""
    options = GeneratorOptions.model_validate({**COUPLED, **reading})
    leader = _leader(DiscoveryInstance.parse(generate(options, 3)))
    assert leader is not None
    assert _agree(leader, 1, 80) >= 20


def test_trials_agree_on_tiny_instances_of_every_reading() -> None:
    """Protects the edges: ties, rows without an answer, groups that nobody can serve."""
    feasible = 0
    for number, reading in enumerate(READINGS):
        document = random_document(
            np.random.default_rng(number), reading, (1.0, 0.3), nodes=5, tight=1.0
        )
        leader = _leader(DiscoveryInstance.parse(document))
        if leader is not None:
            feasible += _agree(leader, number, 20)
    assert feasible >= 100


def test_large_coupled_scopes_are_walked_by_increments() -> None:
    """Protects speed: where rows may tie many requests, engines get the fast walk."""
    options = GeneratorOptions.model_validate({**COUPLED, "qan_rule": "single"})
    leader = _leader(DiscoveryInstance.parse(generate(options, 3)))
    assert leader is not None
    requests = leader.part.stop - leader.part.start
    assert requests >= leader_problem.COUPLED
    walk = leader.walk(leader.start(np.random.default_rng(0)))
    assert isinstance(walk, IncrementalWalk)
