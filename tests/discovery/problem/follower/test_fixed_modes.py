"""Modes that all responses of the follower share."""

from __future__ import annotations

from optkit.core.solving import seeds
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.follower.fixed_modes import fixed_modes
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.testing import random_instances


def test_fixed_modes_are_in_every_response() -> None:
    """Fixed modes are part of every response, whatever the leader connects."""
    fixed_nodes = 0
    for label, instance in random_instances(34, 48):
        problem = problem_data(instance)
        evaluator = ChoiceEvaluator(problem)
        rng = seeds.generator(7, "settled", label)
        for _ in range(8):
            opened = rng.random((problem.groups, problem.candidates)) < 0.7
            asked = rng.random(problem.requests) < 0.7
            for scope in range(problem.scopes):
                fixed = fixed_modes(problem, scope)
                evaluation = evaluator.evaluate_scope(Choice(opened, asked), scope)
                if evaluation.violation > 0.0:
                    continue
                connected = evaluation.target >= 0
                assert evaluation.agent[fixed.agent & connected].all(), label
                assert not evaluation.agent[fixed.self_directed].any(), label
                fixed_nodes += int((fixed.agent | fixed.self_directed).sum())
    assert fixed_nodes > 200
