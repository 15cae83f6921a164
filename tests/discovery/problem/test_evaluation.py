"""Evaluations, compared with the checker and with brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optkit.core.solving import seeds
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.check.checker import check
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.problem.solution_mapping import solution_of
from optkit.discovery.testing import random_instances


@pytest.mark.slow
def test_evaluations_pass_the_check_and_never_beat_brute_force() -> None:
    """Evaluations pass the check, and none is better than brute force."""
    feasible = optimal = 0
    for label, instance in random_instances(21, 96):
        problem = problem_data(instance)
        evaluator = ChoiceEvaluator(problem)
        least = brute_force(instance)
        best = math.inf
        rng = seeds.generator(5, "choices", label)
        for _ in range(12):
            opened = rng.random((problem.groups, problem.candidates)) < 0.6
            asked = rng.random(problem.requests) < 0.7
            evaluation = evaluator(Choice(opened, asked))
            assert (evaluation.violation == 0.0) == math.isfinite(evaluation.objective)
            if not math.isfinite(evaluation.objective):
                continue
            solution = solution_of(instance, problem, opened, evaluation)
            verdict = check(instance, solution)
            assert verdict.feasible, (label, [str(v) for v in verdict.violations])
            assert verdict.objective == pytest.approx(evaluation.objective, abs=1e-9)
            assert verdict.metrics["time_s"] == pytest.approx(evaluation.time, abs=1e-9)
            best = min(best, evaluation.objective)
            feasible += 1
        if best < math.inf:
            assert least is not None, label
            assert best >= least - 1e-9 * max(1.0, least), label
            optimal += best <= least + 1e-9
    assert feasible > 100
    assert optimal > 5


def test_cached_parts_are_what_is_computed() -> None:
    """Cached parts give the same evaluation as computing anew."""
    for _, instance in random_instances(22, 24):
        problem = problem_data(instance)
        evaluator = ChoiceEvaluator(problem)
        rng = seeds.generator(6, "walk", instance.sha256)
        opened = rng.random((problem.groups, problem.candidates)) < 0.6
        asked = np.ones(problem.requests, dtype=bool)
        for _ in range(10):
            if opened.size:
                index = int(rng.integers(opened.size))
                opened = opened.copy()
                opened.flat[index] ^= True
            cached = evaluator(Choice(opened, asked))
            fresh = ChoiceEvaluator(problem)(Choice(opened, asked))
            assert cached.objective == fresh.objective
            assert np.array_equal(cached.target, fresh.target)
            assert np.array_equal(cached.agent, fresh.agent)
