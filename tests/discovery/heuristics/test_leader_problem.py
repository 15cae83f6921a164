"""The six heuristics of Table 5: what they search, and what they may claim."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Reason
from optkit.discovery.data.generate import GeneratorOptions, generate
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.connection_rule import requests_to_connect
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.problem.separation import rows_may_bind, split_by_window
from optkit.discovery.problem.solution_mapping import choice_of
from optkit.discovery.testing import READINGS, random_document, random_instances
from optkit.search import Neighbourhood

HEURISTICS = ("stra", "tabu", "ga", "sa", "pso", "aco")


def _instance(seed: int = 1, **options: Any) -> DiscoveryInstance:
    """Return a network of the generator, small and with real choices."""
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


def _leaders(instance: DiscoveryInstance) -> list[LeaderProblem]:
    problem = problem_data(instance)
    nothing = Choice(
        np.zeros((problem.groups, problem.candidates), dtype=bool),
        np.ones(problem.requests, dtype=bool),
    )
    evaluator = ChoiceEvaluator(problem)
    return [
        LeaderProblem(problem, evaluator, scope, nothing)
        for scope in range(problem.scopes)
    ]


@pytest.mark.parametrize("solver", HEURISTICS)
@pytest.mark.parametrize("options", [{}, AT_ODDS], ids=["cover", "at odds"])
def test_answers_are_bilevel_feasible_and_near_the_optimum(
    solver: str, options: dict[str, Any]
) -> None:
    """Protects every claim: checked, not below the proven optimum, and worth having."""
    instance = _instance(**options)
    exact = optkit.solve(instance, solver="bilevel-exact")
    assert exact.bound is not None
    result = optkit.solve(
        instance, solver=solver, limits=Limits(evaluations=600), seed=2
    )
    assert result.objective is not None
    assert result.solution is not None
    assert optkit.check(instance, result.solution).feasible
    assert result.objective >= exact.bound - 1e-6 * abs(exact.bound)
    assert result.objective <= 1.1 * exact.bound


def test_stra_is_within_one_percent_of_the_optimum() -> None:
    """Protects the bar of Table 5 on the networks of the generator's defaults."""
    for seed in range(3):
        instance = DiscoveryInstance.parse(
            generate(GeneratorOptions.model_validate({"windows": 3}), seed)
        )
        exact = optkit.solve(instance, solver="bilevel-exact")
        stra = optkit.solve(
            instance, solver="stra", limits=Limits(evaluations=600), seed=seed
        )
        assert exact.bound is not None
        assert stra.objective is not None
        assert stra.objective <= 1.01 * exact.bound


@pytest.mark.parametrize("solver", HEURISTICS)
@pytest.mark.parametrize("evaluations", [1, 25, 200])
def test_evaluations_are_equal(solver: str, evaluations: int) -> None:
    """Protects the comparison: each solver uses its budget and not one evaluation more."""
    result = optkit.solve(
        _instance(nodes=40, candidates=12),
        solver=solver,
        limits=Limits(evaluations=evaluations),
    )
    assert result.termination.detail.startswith(f"{evaluations} evaluations")
    assert result.termination.reason is Reason.EVALUATION_LIMIT
    assert result.objective is not None


@pytest.mark.parametrize("solver", HEURISTICS)
def test_initial_solution_is_never_lost(solver: str) -> None:
    """Protects warm starts: the optimum handed in comes out, however short the search."""
    instance = _instance(**AT_ODDS)
    exact = optkit.solve(instance, solver="bilevel-exact")
    result = optkit.solve(
        instance,
        solver=solver,
        initial=exact.solution,
        limits=Limits(evaluations=5),
    )
    assert result.objective == pytest.approx(exact.objective, rel=1e-6)
    assert result.initial is not None
    assert result.initial.used


def test_bits_and_choices_translate_back_and_forth() -> None:
    """Protects warm starts: the bits of a solution lead to that solution's value."""
    for _, instance in random_instances(7, 48):
        exact = optkit.solve(instance, solver="bilevel-exact")
        if exact.solution is None:
            continue
        problem = problem_data(instance)
        choice = choice_of(instance, problem, exact.solution)
        for leader in _leaders(instance):
            bits = leader.bits_of(choice)
            assert leader.columns.legal(bits)
            score = leader.evaluate(bits)
            assert score.feasible
            given = leader.evaluator.evaluate_scope(choice, leader.index)
            assert score.value <= given.objective + 1e-9 * max(1.0, given.objective)
            assert np.array_equal(leader.bits_of(leader.choice(bits)), bits)


def test_moves_and_repairs_keep_the_rule_where_they_can() -> None:
    """Protects cover: repaired samples serve everybody, corrected moves go on doing so."""
    instance = _instance(qan_rule="cover")
    rng = np.random.default_rng(0)
    for leader in _leaders(instance):
        moves = Neighbourhood(leader, rng)
        kept = 0
        for _ in range(60):
            bits = leader.sample(rng)
            assert leader.evaluate(bits).feasible
            flips = moves.draw(bits)
            there = bits.copy()
            there[list(flips)] ^= True
            assert leader.columns.legal(there)
            kept += leader.evaluate(there).feasible
        assert kept >= 50


def test_asking_by_rule_is_optimal_where_no_row_binds() -> None:
    """Protects the rule on whom to ask: no other asking is better for these agents."""
    tried = 0
    for number in range(60):
        reading = dict(READINGS[number % len(READINGS)])
        reading.update(connection="optional", accuracy_form="mean")
        document = random_document(
            np.random.default_rng(number), reading, (1.0, 0.5), windows=1
        )
        document["required_accuracy"] = {"agent": 0.0, "self": 0.0}
        problem = problem_data(DiscoveryInstance.parse(document))
        if problem.scopes == 0:
            continue
        assert not rows_may_bind(problem, 0)
        evaluator = ChoiceEvaluator(problem)
        opened = np.ones((problem.groups, problem.candidates), dtype=bool)
        if reading["qan_rule"] == "single":
            opened[:, 1:] = False
        seconds = np.where(opened[problem.group], problem.connect, np.inf).min(axis=1)
        asked = requests_to_connect(problem, problem.requests_in(0), problem.group, seconds)
        by_rule = evaluator.evaluate_scope(Choice(opened, asked), 0)
        best = min(
            evaluator.evaluate_scope(Choice(opened, np.array(some)), 0).objective
            for some in itertools.product((False, True), repeat=problem.requests)
        )
        if np.isfinite(best):
            tried += 1
            assert by_rule.objective == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert tried >= 20


def test_windows_are_separated_only_where_nothing_ties_them() -> None:
    """Protects separation: values agree with the horizon's, and binding rows stop it."""
    loose = problem_data(_instance(accuracy_scope="horizon"))
    parts = split_by_window(loose)
    assert parts.scopes == 2
    rng = np.random.default_rng(1)
    whole, split = ChoiceEvaluator(loose), ChoiceEvaluator(parts)
    for _ in range(50):
        choice = Choice(
            rng.random((loose.groups, loose.candidates)) < 0.5,
            np.ones(loose.requests, dtype=bool),
        )
        assert split(choice).objective == pytest.approx(whole(choice).objective)
    tight = problem_data(_instance(**AT_ODDS))
    assert split_by_window(tight) is tight
    by_window = problem_data(_instance(accuracy_scope="window"))
    assert split_by_window(by_window) is by_window


def test_may_bind_never_says_no_where_a_row_binds() -> None:
    """Protects separation and asking: where it says no, rows can go and nothing changes."""
    said_no = 0
    for number in range(120):
        reading = READINGS[number % len(READINGS)]
        document = random_document(
            np.random.default_rng(number), reading, windows=1, nodes=5, tight=0.2
        )
        problem = problem_data(DiscoveryInstance.parse(document))
        if problem.scopes == 0 or rows_may_bind(problem, 0):
            continue
        said_no += 1
        nothing = np.zeros(problem.requests)
        free = replace(
            problem,
            agent_gain=nothing,
            self_gain=nothing,
            agent_need=0.0,
            self_need=0.0,
        )
        rng = np.random.default_rng(number)
        with_rows, without = ChoiceEvaluator(problem), ChoiceEvaluator(free)
        for _ in range(20):
            choice = Choice(
                rng.random((problem.groups, problem.candidates)) < 0.6,
                rng.random(problem.requests) < 0.6,
            )
            assert with_rows(choice).objective == without(choice).objective
    assert said_no >= 10


def test_strict_test_worsens_no_level() -> None:
    """Protects STRA's strict variant: both levels end no worse than they began."""
    instance = _instance(**AT_ODDS, weight_energy=0.2)
    begun = optkit.solve(instance, solver="stra", limits=Limits(evaluations=1))
    ended = optkit.solve(
        instance,
        solver="stra",
        options={"strict": True, "restarts": 0},
        limits=Limits(evaluations=400),
    )
    for level in ("time_s", "energy_j"):
        assert ended.metrics[level] <= begun.metrics[level] * (1.0 + 1e-6)
    assert ended.objective is not None
    assert begun.objective is not None
    assert ended.objective < begun.objective
