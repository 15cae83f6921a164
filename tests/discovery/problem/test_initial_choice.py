"""The first choice of the leader."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.initial_choice import enough_requests, initial_choice
from optkit.discovery.problem.problem_data import ProblemData, problem_data


def optional_problem(form: str, agent: float) -> ProblemData:
    """Return a horizon where connecting is optional, and accuracies are required."""
    instance = optkit.generate(
        "discovery",
        seed=3,
        nodes=30,
        windows=3,
        connection="optional",
        connection_cost="agent-mode",
        accuracy_scope="horizon",
        accuracy_form=form,
        required_agent=agent,
        required_self=0.1,
    )
    assert isinstance(instance, DiscoveryInstance)
    return problem_data(instance)


def test_few_requests_are_asked_where_a_sum_is_required() -> None:
    """They add up to what is required, none too many, and the follower has a response."""
    problem = optional_problem("sum", 20.0)
    opened = np.ones((problem.groups, problem.candidates), dtype=bool)
    asked = enough_requests(problem, opened)
    total = problem.agent_gain[asked].sum()
    assert total >= 20.0
    assert total - problem.agent_gain[asked].max() < 20.0
    _, (evaluation,) = initial_choice(problem, ChoiceEvaluator(problem))
    assert evaluation.violation == pytest.approx(0.0)
    assert np.isfinite(evaluation.objective)


@pytest.mark.parametrize(("form", "agent"), [("mean", 0.5), ("sum", 1000.0)])
def test_all_are_asked_where_no_sum_can_be_filled(form: str, agent: float) -> None:
    """A mean needs no number of requests, and too large a sum has no answer."""
    problem = optional_problem(form, agent)
    opened = np.ones((problem.groups, problem.candidates), dtype=bool)
    assert enough_requests(problem, opened).all()
