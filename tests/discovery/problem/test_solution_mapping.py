"""Conversion between choices and documents."""

from __future__ import annotations

import math

import numpy as np
import pytest

from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.initial_choice import initial_choice
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.problem.solution_mapping import choice_of, solution_of
from optkit.discovery.testing import random_instances


def test_solutions_and_choices_are_inverse() -> None:
    """A choice survives the conversion to a document and back."""
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
