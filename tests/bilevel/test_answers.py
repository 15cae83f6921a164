"""Integer data give integer answers, and a leader who maximises sees its own objective."""

from __future__ import annotations

import pytest

import optkit
from optkit.bilevel.family import FAMILY
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.solution import BilevelSolution
from optkit.bilevel.testing import random_instances
from tests.bilevel.examples import moore_bard


def test_integer_columns_have_integer_values() -> None:
    """Whatever the method, integer columns are integers to the last digit.

    So are both objectives and the bound if all their terms are integers.
    """
    whole = 0
    for label, program in random_instances(5, 16):
        result = optkit.solve(program, time_limit=20)
        if not isinstance(result.solution, BilevelSolution):
            continue
        values = {**result.solution.upper, **result.solution.lower}
        integer = {column.id for column in program.columns if column.integer}
        assert all(values[name].is_integer() for name in integer), label
        leader, follower = program.upper_objective, program.lower_objective
        if integer.issuperset(follower.coefficients):
            assert result.solution.follower_value.is_integer(), label
        if integer.issuperset(leader.coefficients) and leader.constant.is_integer():
            whole += 1
            assert result.objective is not None
            assert result.objective.is_integer(), label
            assert result.bound == result.objective, label
    assert whole >= 4


@pytest.mark.parametrize("sense", ["min", "max"])
def test_a_leader_who_maximises_sees_its_own_objective(sense: str) -> None:
    """The objective is minimised; words and metrics give the leader's own value.

    Negated, the costs of Moore and Bard's example are gains of the same program.
    """
    document = moore_bard().document()
    factor = -1.0 if sense == "max" else 1.0
    document["upper_objective"] = {
        "sense": sense,
        "coefficients": {"x": -factor, "y": -10.0 * factor},
    }
    result = optkit.solve(BilevelInstance.parse(document))
    assert result.objective == -22.0
    assert result.metrics["upper_objective"] == factor * -22.0
    words = FAMILY.meaning(result.instance, result.objective)
    assert ("22" in words) == (sense == "max")
