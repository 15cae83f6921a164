"""The best choice so far is put together once, however often it is reported."""

from __future__ import annotations

from dataclasses import replace

import pytest

import optkit
from optkit.core.solving.run import Run
from optkit.discovery.problem import incumbent as module
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.initial_choice import initial_choice
from optkit.discovery.problem.problem_data import problem_data
from tests.discovery.networks import network


def test_reports_do_not_put_the_whole_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many scopes would cost time squared; the last report has the whole solution."""
    instance = network(windows=6)
    problem, run = problem_data(instance), Run(optkit.Limits())
    incumbent = Incumbent(instance, problem, run)
    choice, evaluations = initial_choice(problem, ChoiceEvaluator(problem))
    combined = module.combined
    calls = []
    monkeypatch.setattr(
        module, "combined", lambda parts: calls.append(1) or combined(parts)
    )
    for worse in (2.0, 1.0, 0.0):
        for scope, evaluation in enumerate(evaluations):
            value = evaluation.objective + worse
            incumbent.offer(scope, choice, replace(evaluation, objective=value))
            incumbent.report()
    assert not calls
    assert run.objective == pytest.approx(sum(e.objective for e in evaluations))
