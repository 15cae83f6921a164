"""Bits of the leader's choices."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.problem.solution_mapping import choice_of
from optkit.discovery.testing import random_instances
from tests.discovery.networks import leader_problems


@pytest.mark.slow
def test_bits_and_choices_translate_back_and_forth() -> None:
    """The bits of a solution lead to a choice that is at least as good."""
    for _, instance in random_instances(7, 48):
        exact = optkit.solve(instance, solver="bilevel-exact")
        if exact.solution is None:
            continue
        problem = problem_data(instance)
        choice = choice_of(instance, problem, exact.solution)
        for leader in leader_problems(instance):
            encoding = leader.encoding
            bits = encoding.bits_of(choice)
            assert leader.columns.legal(bits)
            score = leader.evaluate(bits)
            assert score.feasible
            evaluation = leader.evaluator.evaluate_scope(choice, leader.scope)
            assert score.value <= evaluation.objective + 1e-9 * max(
                1.0, evaluation.objective
            )
            assert np.array_equal(
                leader.encoding.bits_of(leader.encoding.choice(bits)), bits
            )
