"""Tests of recognising knapsack interdiction."""

from __future__ import annotations

import optkit
from optkit.bilevel.check.brute_force import brute_force
from optkit.bilevel.data.generate import generate
from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.problem_data import problem_data
from optkit.bilevel.problem.structure.knapsack import Knapsack, knapsack


def _instance(**changes: object) -> BilevelInstance:
    options = {"shape": "knapsack-interdiction", "upper_columns": 5, **changes}
    return BilevelInstance.parse(generate(GeneratorOptions.model_validate(options), 1))


def test_other_programs_are_not_taken_for_it() -> None:
    """Each deviation from the structure is refused with its own reason."""
    assert isinstance(knapsack(problem_data(_instance())), Knapsack)
    two = _instance(shape="interdiction", lower_rows=2)
    assert "2 rows" in str(knapsack(problem_data(two)))
    document = _instance().document()
    document["upper_objective"]["coefficients"]["y0"] += 1.0
    changed = BilevelInstance.parse(document)
    assert "opposite" in str(knapsack(problem_data(changed)))
    document = _instance().document()
    document["columns"][0]["lower"] = 1.0
    fixed = BilevelInstance.parse(document)
    assert "fixed" in str(knapsack(problem_data(fixed)))
    assert optkit.solve(fixed).objective == brute_force(fixed)
    document = _instance().document()
    document["rows"][0]["coefficients"]["x_y0"] = 1.5
    changed = BilevelInstance.parse(document)
    assert "whole" in str(knapsack(problem_data(changed)))
    document = _instance().document()
    document["upper_objective"]["coefficients"]["x_y0"] = 1.0
    changed = BilevelInstance.parse(document)
    assert "costs" in str(knapsack(problem_data(changed)))
