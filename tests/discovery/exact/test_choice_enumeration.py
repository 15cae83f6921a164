"""All choices of single agents, compared with brute force."""

from __future__ import annotations

import math

import pytest

import optkit
from optkit.core.solving import seeds
from optkit.core.solving.run import Run
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.exact import choice_enumeration as module
from optkit.discovery.exact.choice_enumeration import ChoiceEnumeration, enumerates
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData, problem_data
from optkit.discovery.solvers.bilevel_exact import ENUMERATED
from optkit.discovery.testing import random_document


def reacting(number: int, **sizes: int) -> DiscoveryInstance:
    """Return an instance in which the follower reacts to every choice of single agents."""
    reading = {
        "qan_rule": "single",
        "connection": "forced",
        "connection_cost": "agent-mode",
        "accuracy_form": ("mean", "sum")[number % 2],
        "accuracy_scope": "horizon",
    }
    weights = ((1.0, 0.0), (1.0, 0.3), (2.0, 1.0))[number % 3]
    rng = seeds.generator(number, "reacting")
    return DiscoveryInstance.parse(random_document(rng, reading, weights, **sizes))


def searched(
    instance: DiscoveryInstance, problem: ProblemData
) -> tuple[float | None, float]:
    """Return the bound of the enumeration, and the value of the best choice."""
    run = Run(optkit.Limits())
    incumbent = Incumbent(instance, problem, run)
    evaluator = ChoiceEvaluator(problem)
    bound = ChoiceEnumeration(problem, 0, evaluator, incumbent, run).search()
    return bound, incumbent.value(0)


@pytest.mark.slow
def test_the_best_choice_is_brute_force_s() -> None:
    """On tiny instances: the value agrees, the bound proves it, or that there is none."""
    infeasible = compared = 0
    for number in range(36):
        instance = reacting(number, windows=2, nodes=4, resources=2, candidates=3)
        problem = problem_data(instance)
        if not enumerates(problem):
            continue
        compared += 1
        bound, value = searched(instance, problem)
        least = brute_force(instance)
        if least is None:
            infeasible += 1
            assert bound == math.inf, number
            continue
        assert value == pytest.approx(least, rel=1e-9, abs=1e-12), number
        assert bound is not None
        assert bound <= least * (1.0 + 1e-9), number
        assert bound >= least * (1.0 - 1e-6), number
    assert compared > 25
    assert infeasible > 0


def test_too_many_choices_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is claimed; what was found stays."""
    instance = reacting(1, windows=2, nodes=6, resources=2, candidates=4)
    problem = problem_data(instance)
    assert enumerates(problem)
    monkeypatch.setattr(module, "MAX_SURVIVORS", 1)
    bound, value = searched(instance, problem)
    assert bound is None
    assert math.isfinite(value)


def test_only_reacting_followers_are_enumerated() -> None:
    """Not where connecting is optional, agents are many, or rows hold anyway."""
    instance = reacting(1, windows=2, nodes=6, resources=2, candidates=4)
    for change in (
        {"connection": "optional"},
        {"qan_rule": "cover"},
        {"connection_cost": "connected"},
        {"accuracy_scope": "window"},
    ):
        reading = instance.reading.model_copy(update=change)
        other = instance.model_copy(update={"reading": reading})
        assert not enumerates(problem_data(other))
    large = reacting(1, windows=20, nodes=6, resources=2, candidates=4)
    assert not enumerates(problem_data(large))


def test_bilevel_exact_needs_no_program_where_choices_are_few() -> None:
    """It proves the optimum by sums over groups and evaluations alone."""
    instance = reacting(4, windows=2, nodes=6, resources=2, candidates=4)
    assert enumerates(problem_data(instance))
    result = optkit.solve(instance, "bilevel-exact")
    assert result.status is optkit.Status.OPTIMAL
    assert result.termination.detail.endswith("0 programs solved")
    assert result.bound_source == ENUMERATED


@pytest.mark.slow
def test_samples_rule_out_no_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nearly all choices are left to samples, the best is still brute force's."""
    for name, value in (("FEW", 5), ("SAMPLE", 3), ("WORTH", 1), ("STARTS", 2)):
        monkeypatch.setattr(module, name, value)
    refined = 0
    for number in range(36, 76):
        instance = reacting(number, windows=2, nodes=4, resources=2, candidates=3)
        problem = problem_data(instance)
        if not enumerates(problem):
            continue
        refined += 1
        bound, value = searched(instance, problem)
        least = brute_force(instance)
        if least is None:
            assert bound == math.inf, number
            continue
        assert value == pytest.approx(least, rel=1e-9, abs=1e-12), number
        assert bound is not None
        assert least * (1.0 - 1e-6) <= bound <= least * (1.0 + 1e-9), number
    assert refined > 25
