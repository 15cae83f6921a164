"""The follower's answer, and what a choice of the leader leads to, against enumeration."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from optkit.core.solving import seeds
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.check.checker import check
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.follower import core_search
from optkit.discovery.problem.follower.milp import least_energy_by_milp
from optkit.discovery.problem.follower.problem import FollowerProblem
from optkit.discovery.problem.follower.response import bound, multipliers, respond
from optkit.discovery.problem.initial_choice import initial_choice
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.problem.solution_mapping import choice_of, solution_of
from optkit.discovery.testing import random_instances


def tasks(seed: int, count: int, size: int) -> Iterator[FollowerProblem]:
    """Yield random tasks of up to ``size`` nodes, many of them with rows that bind."""
    for number in range(count):
        draw = seeds.generator(seed, "task", number)
        n = int(draw.integers(1, size + 1))
        decimals = int(draw.choice([0, 1, 6]))
        level = 0.5 * (number % 2)
        gains = np.round(draw.random((2, n)), 2) - level
        needs = np.zeros(2) if level else draw.uniform(0.0, 0.5 * n, 2)
        yield FollowerProblem(
            extra=np.round(draw.uniform(-9, 9, n), decimals),
            agent_gain=gains[0],
            self_gain=gains[1],
            agent_need=float(needs[0]),
            self_room=float(gains[1].sum() - needs[1]),
            price=np.round(draw.uniform(0, 3, n), 1) if number % 3 else None,
            base=10.0 * n,
        )


def legal_modes(task: FollowerProblem) -> list[np.ndarray]:
    """Return every choice of modes that keeps both rows."""
    choices = itertools.product((False, True), repeat=len(task.extra))
    return [agent for agent in map(np.array, choices) if task.holds(agent)]


def test_answer_is_the_best_of_all_and_the_leaders_favourite() -> None:
    """Protects the follower: least energy, and of equals the cheapest for the leader."""
    bound_rows = ties = 0
    for task in tasks(1, 300, 7):
        answer = respond(task)
        legal = legal_modes(task)
        if not legal:
            assert answer is None
            continue
        assert answer is not None
        assert answer.proven
        least = min(float(task.extra @ agent) for agent in legal)
        taken = float(task.extra @ answer.agent)
        assert task.holds(answer.agent)
        assert taken <= least + task.slack(least)
        bound_rows += not task.holds(task.extra < 0.0)
        if task.price is not None:
            equals = [
                float(task.price @ agent)
                for agent in legal
                if task.extra @ agent <= least + task.slack(least)
            ]
            ties += len(equals) > 1
            assert task.price @ answer.agent == pytest.approx(min(equals), abs=1e-9)
    assert bound_rows > 60
    assert ties > 5


def test_multipliers_give_a_bound() -> None:
    """Protects the bound that the search is cut by: no answer is below it."""
    for task in tasks(2, 200, 7):
        below = bound(task, *multipliers(task))
        for agent in legal_modes(task):
            assert task.extra @ agent >= below - 1e-9


def test_program_and_search_agree() -> None:
    """Protects the way out where the search is too long."""
    for task in tasks(3, 25, 12):
        answer, program = respond(replace(task, price=None)), least_energy_by_milp(task)
        assert (answer is None) == (program is None)
        if answer is not None and program is not None:
            assert task.extra @ answer.agent == pytest.approx(task.extra @ program[0])


def test_compiled_search_is_the_interpreted_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Protects large searches: past a limit the same source runs compiled."""
    expected = [respond(task) for task in tasks(4, 60, 9)]
    monkeypatch.setattr(core_search, "INTERPRETED", 2)
    for task, answer in zip(tasks(4, 60, 9), expected, strict=True):
        again = respond(task)
        assert (again is None) == (answer is None)
        if again is not None and answer is not None:
            assert np.array_equal(again.agent, answer.agent)


def test_equal_nodes_are_no_harder_than_few() -> None:
    """Protects against 2^n ways to choose among nodes that are all the same."""
    n = 60
    task = FollowerProblem(
        extra=np.full(n, -3.0),
        agent_gain=np.zeros(n),
        self_gain=np.full(n, 0.2),
        agent_need=0.0,
        self_room=1.5,
        price=None,
        base=300.0,
    )
    answer = respond(task)
    assert answer is not None
    assert answer.agent.sum() == 7  # 7 · 0.2 ≤ 1.5 < 8 · 0.2


def test_evaluations_pass_the_check_and_never_beat_brute_force() -> None:
    """Protects every solver's figures: whatever is chosen, the checker agrees."""
    feasible = optimal = 0
    for label, instance in random_instances(21, 96):
        problem = problem_data(instance)
        evaluator = ChoiceEvaluator(problem)
        least = brute_force(instance)
        best = math.inf
        draw = seeds.generator(5, "choices", label)
        for _ in range(12):
            opened = draw.random((problem.groups, problem.candidates)) < 0.6
            asked = draw.random(problem.requests) < 0.7
            evaluation = evaluator(Choice(opened, asked))
            assert (evaluation.violation == 0.0) == math.isfinite(evaluation.objective)
            if not math.isfinite(evaluation.objective):
                continue
            solution = solution_of(instance, problem, opened, evaluation)
            report = check(instance, solution)
            assert report.feasible, (label, [str(v) for v in report.violations])
            assert report.objective == pytest.approx(evaluation.objective, abs=1e-9)
            assert report.metrics["time_s"] == pytest.approx(evaluation.time, abs=1e-9)
            best = min(best, evaluation.objective)
            feasible += 1
        if best < math.inf:
            assert least is not None, label
            assert best >= least - 1e-9 * max(1.0, least), label
            optimal += best <= least + 1e-9
    assert feasible > 100 < optimal + 95


def test_what_is_remembered_is_what_is_computed() -> None:
    """Protects the memory of the evaluator: a change of one group changes what it must."""
    for _, instance in random_instances(22, 24):
        problem = problem_data(instance)
        remembering = ChoiceEvaluator(problem)
        draw = seeds.generator(6, "walk", instance.sha256)
        opened = draw.random((problem.groups, problem.candidates)) < 0.6
        asked = np.ones(problem.requests, dtype=bool)
        for _ in range(10):
            if opened.size:
                flip = int(draw.integers(opened.size))
                opened = opened.copy()
                opened.flat[flip] ^= True
            one = remembering(Choice(opened, asked))
            other = ChoiceEvaluator(problem)(Choice(opened, asked))
            assert one.objective == other.objective
            assert np.array_equal(one.target, other.target)
            assert np.array_equal(one.agent, other.agent)


def test_solutions_and_choices_are_inverse() -> None:
    """Protects the way from arrays to documents and back."""
    for label, instance in random_instances(23, 48):
        problem = problem_data(instance)
        evaluator = ChoiceEvaluator(problem)
        choice, parts = initial_choice(problem, evaluator)
        evaluation = evaluator(choice)
        assert len(parts) == problem.scopes
        if not math.isfinite(evaluation.objective):
            continue
        solution = solution_of(instance, problem, choice.opened, evaluation)
        back = choice_of(instance, problem, solution)
        assert np.array_equal(back.opened, choice.opened), label
        assert evaluator(back).objective == pytest.approx(evaluation.objective)
