"""The rule on requests to connect, compared with enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.connection_rule import requests_to_connect
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.problem.separation import rows_may_bind
from optkit.discovery.testing import READINGS, random_document


def test_asking_by_rule_is_optimal_where_no_row_binds() -> None:
    """Where no row binds, no other set of requests to connect is better."""
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
        asked = requests_to_connect(
            problem, problem.requests_in(0), problem.group, seconds
        )
        by_rule = evaluator.evaluate_scope(Choice(opened, asked), 0)
        best = min(
            evaluator.evaluate_scope(Choice(opened, np.array(requests)), 0).objective
            for requests in itertools.product((False, True), repeat=problem.requests)
        )
        if np.isfinite(best):
            tried += 1
            assert by_rule.objective == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert tried >= 20
