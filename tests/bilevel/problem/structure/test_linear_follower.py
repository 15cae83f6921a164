"""Tests of the choice between multipliers and cuts for linear followers."""

from __future__ import annotations

from typing import Any

import pytest

from optkit.bilevel.problem.problem_data import problem_data
from optkit.bilevel.problem.structure.linear_follower import prefers_kkt
from tests.bilevel.examples import column, instance


@pytest.mark.parametrize(
    ("leader", "follower", "expected"),
    [
        ({"upper": 5.0}, {"upper": 5.0}, False),
        ({"upper": 4.0}, {"upper": 5.0}, False),
        ({"upper": 3.0}, {"upper": 5.0}, True),
        ({"upper": 5.0, "integer": False}, {"upper": 5.0}, True),
        ({"upper": 5.0}, {"upper": None}, True),
        ({"upper": 1.0}, {"upper": 5.0, "integer": True}, False),
    ],
)
def test_choice_by_structure(
    leader: dict[str, Any], follower: dict[str, Any], expected: bool
) -> None:
    """Multipliers suit linear followers, unless the leader's integers are wide."""
    lower = {**column("y", "lower", follower["upper"], integer=False), **follower}
    program = instance(
        columns=[
            {**column("x", "upper", leader["upper"]), **leader},
            {key: value for key, value in lower.items() if value is not None},
        ],
        rows=[
            {
                "id": "r",
                "level": "lower",
                "upper": 4.0,
                "coefficients": {"x": 1.0, "y": 1.0},
            }
        ],
        lower_objective={"coefficients": {"y": -1.0}},
    )
    assert prefers_kkt(problem_data(program)) is expected
