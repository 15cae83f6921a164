"""Choices with a known response, compared with the follower's exact response."""

from __future__ import annotations

import numpy as np

from optkit.discovery.bounds.multiplier_triangles import single_agent_scope
from optkit.discovery.exact.unique_response import threshold_choice
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.problem_data import problem_data
from tests.discovery.networks import reacting_network


def test_the_follower_responds_as_planned() -> None:
    """With a margin, the follower responds with the modes that the choice plans."""
    instance = reacting_network(
        "optional", windows=10, nodes=30, required_agent=0.6, required_self=0.33
    )
    problem = problem_data(instance)
    scope = single_agent_scope(problem, 0)
    evaluator = ChoiceEvaluator(problem)
    planned = 0
    for multipliers in (
        np.random.default_rng(1).dirichlet(np.ones(3), 6) / scope.magnitudes
    ):
        choice = threshold_choice(problem, 0, scope, multipliers, 0.05)
        if choice is None:
            continue
        planned += 1
        evaluation = evaluator.evaluate_scope(choice, 0)
        assert evaluation.violation == 0.0
        reduced = (
            problem.extra_energy * multipliers[0] + problem.self_gain * multipliers[2]
        )
        reduced -= problem.agent_gain * multipliers[1]
        # No node of doubtful mode is connected; nodes that save by agent mode are in it.
        connected = evaluation.target >= 0
        assert np.array_equal(evaluation.agent, connected & (reduced < 0.0))
    assert planned > 3
