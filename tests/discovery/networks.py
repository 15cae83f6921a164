"""Generated networks that several tests solve."""

from __future__ import annotations

from typing import Any

import optkit
from optkit.discovery.data.generate import GeneratorOptions, generate
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.initial_choice import initial_choice
from optkit.discovery.problem.problem_data import problem_data


def network(seed: int = 1, **options: Any) -> DiscoveryInstance:
    """Return a small generated network that leaves the leader real choices."""
    settings = {
        "nodes": 24,
        "windows": 2,
        "resources": 2,
        "candidates": 8,
        "coverage": 0.6,
        "link_decay": 0.3,
        **options,
    }
    return DiscoveryInstance.parse(
        generate(GeneratorOptions.model_validate(settings), seed)
    )


AT_ODDS = {
    "qan_rule": "single",
    "connection": "optional",
    "connection_cost": "agent-mode",
    "accuracy_scope": "horizon",
    "required_agent": 0.5,
    "required_self": 0.45,
}
"""Options of networks in which the two levels have different interests."""

COUPLED = {
    "windows": 4,
    "candidates": 12,
    "coverage": 0.5,
    "link_decay": 0.3,
    "accuracy_scope": "horizon",
    "required_agent": 0.5,
    "required_self": 0.45,
}
"""Options of networks in which rows couple many requests over the horizon."""


def coupled_leader(**options: Any) -> LeaderProblem:
    """Return the leader's problem in a network of :data:`COUPLED` with other options."""
    settings = GeneratorOptions.model_validate({**COUPLED, **options})
    (leader,) = leader_problems(DiscoveryInstance.parse(generate(settings, 3)))
    return leader


def reacting_network(connection: str, **options: float) -> DiscoveryInstance:
    """Return a network in which the follower reacts, with rows over the horizon."""
    instance = optkit.generate(
        "discovery",
        seed=1,
        qan_rule="single",
        connection=connection,
        connection_cost="agent-mode",
        accuracy_scope="horizon",
        **options,
    )
    assert isinstance(instance, DiscoveryInstance)
    return instance


def leader_problems(instance: DiscoveryInstance) -> list[LeaderProblem]:
    """Return the leader's problem in every scope, each starting from simple rules."""
    problem = problem_data(instance)
    evaluator = ChoiceEvaluator(problem)
    choice, _ = initial_choice(problem, evaluator)
    return [
        LeaderProblem(problem, evaluator, scope, choice)
        for scope in range(problem.scopes)
    ]
