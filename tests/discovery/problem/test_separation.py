"""Splitting a horizon into windows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.problem.separation import rows_may_bind, split_by_window
from optkit.discovery.testing import READINGS, random_document
from tests.discovery.networks import AT_ODDS, network


def test_windows_are_separated_only_where_nothing_ties_them() -> None:
    """Split windows have the horizon's value; rows that may bind prevent the split."""
    loose = problem_data(network(accuracy_scope="horizon"))
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
    tight = problem_data(network(**AT_ODDS))
    assert split_by_window(tight) is tight
    by_window = problem_data(network(accuracy_scope="window"))
    assert split_by_window(by_window) is by_window


def test_rows_may_bind_never_says_no_where_a_row_binds() -> None:
    """Where rows cannot bind, removing them changes no evaluation."""
    cannot_bind = 0
    for number in range(120):
        reading = READINGS[number % len(READINGS)]
        document = random_document(
            np.random.default_rng(number), reading, windows=1, nodes=5, tight=0.2
        )
        problem = problem_data(DiscoveryInstance.parse(document))
        if problem.scopes == 0 or rows_may_bind(problem, 0):
            continue
        cannot_bind += 1
        zeros = np.zeros(problem.requests)
        free = replace(
            problem,
            agent_gain=zeros,
            self_gain=zeros,
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
    assert cannot_bind >= 10
