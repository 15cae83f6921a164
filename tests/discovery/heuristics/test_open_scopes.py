"""Search engines on the scopes whose gap is open."""

import math

import pytest

import optkit
from optkit.core.solving.run import Run
from optkit.discovery.exact.value_function_cuts import ScopeProof
from optkit.discovery.heuristics.open_scopes import OpenScopes
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.initial_choice import initial_choice
from optkit.discovery.problem.problem_data import problem_data


def open_scopes(scope: str) -> OpenScopes:
    """Return the scopes of a network at its first choice, with nothing proven."""
    instance = optkit.generate(
        "discovery",
        seed=3,
        nodes=20,
        windows=3,
        coverage=0.5,
        qan_rule="single",
        connection_cost="agent-mode",
        accuracy_scope=scope,
        required_agent=0.5,
        required_self=0.35,
    )
    assert isinstance(instance, DiscoveryInstance)
    problem, run = problem_data(instance), Run(optkit.Limits())
    evaluator, incumbent = ChoiceEvaluator(problem), Incumbent(instance, problem, run)
    choice, evaluations = initial_choice(problem, evaluator)
    for number, evaluation in enumerate(evaluations):
        incumbent.offer(number, choice, evaluation)
    proofs = [ScopeProof() for _ in range(problem.scopes)]
    return OpenScopes(problem, proofs, evaluator, incumbent, run, 1e-6)


def test_engines_improve_the_first_choice_and_never_beat_the_optimum() -> None:
    """What they find is what the evaluator says, and is above the proven optimum."""
    scopes = open_scopes("horizon")
    before = scopes.incumbent.value(0)
    scopes.search(scopes.run.deadline())
    after = scopes.incumbent.value(0)
    evaluation = scopes.evaluator.evaluate_scope(scopes.incumbent.choice, 0)
    assert evaluation.objective == pytest.approx(after, rel=1e-12)
    assert after < 0.95 * before
    least = optkit.solve(scopes.incumbent.instance, "bilevel-exact")
    assert least.status is optkit.Status.OPTIMAL
    assert least.objective is not None
    assert after >= least.objective * (1.0 - 1e-9)


def test_only_open_scopes_are_searched() -> None:
    """A scope whose gap is closed keeps its choice; one without a choice is open."""
    scopes = open_scopes("window")
    closed = scopes.incumbent.evaluations[0]
    assert closed is not None
    scopes.proofs[0].bound = closed.objective
    scopes.incumbent.evaluations[1] = None
    assert sorted(scopes.numbers()) == [1, 2]
    scopes.search(scopes.run.deadline())
    assert scopes.incumbent.evaluations[0] is closed
    assert math.isfinite(scopes.incumbent.value(1))


def test_small_scopes_are_left_to_programs() -> None:
    """Scopes below the least size are not searched."""
    scopes = open_scopes("window")
    before = list(scopes.incumbent.evaluations)
    scopes.search(scopes.run.deadline(), least_size=100)
    assert scopes.incumbent.evaluations == before
