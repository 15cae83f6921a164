"""Tests of the interdiction solver beyond its agreement with enumeration."""

from __future__ import annotations

import pytest

import optkit
from optkit.core.solving.registry import solver_class
from tests.bilevel.examples import column, instance


def test_dropping_an_item_that_breaks_the_follower() -> None:
    """The sharper cut is not used where dropping an item breaks an equation.

    The follower must pick exactly one of three items at cost 1, 5, 9. The leader may forbid
    one, and wants the pick to be expensive. Forbidding the first makes the cost 5. A cut
    that assumes that the follower merely loses the forbidden item would prove less than 5.
    """
    names = ["a", "b", "c"]
    assignment = instance(
        columns=[
            *(column(f"x_{n}", "upper", 1.0) for n in names),
            *(column(n, "lower", 1.0) for n in names),
        ],
        rows=[
            {
                "id": "budget",
                "level": "upper",
                "upper": 1.0,
                "coefficients": {f"x_{n}": 1.0 for n in names},
            },
            {
                "id": "one",
                "level": "lower",
                "lower": 1.0,
                "upper": 1.0,
                "coefficients": dict.fromkeys(names, 1.0),
            },
            *(
                {
                    "id": f"forbid_{n}",
                    "level": "lower",
                    "upper": 1.0,
                    "coefficients": {n: 1.0, f"x_{n}": 1.0},
                }
                for n in names
            ),
        ],
        upper_objective={"coefficients": {"a": -1.0, "b": -5.0, "c": -9.0}},
        lower_objective={"coefficients": {"a": 1.0, "b": 5.0, "c": 9.0}},
    )
    result = optkit.solve(assignment)
    assert (result.status, result.objective) == ("optimal", -5.0)
    assert not solver_class("bilevel", "interdiction")().supports(assignment).available


@pytest.mark.parametrize("solver", ["auto", "interdiction"])
def test_follower_column_without_upper_bound(solver: str) -> None:
    """No bound on the follower's value hides that the program is interdiction.

    The follower gains 2 by y and pays for z, which has no upper bound. The leader may
    forbid y: then the follower has 0.
    """
    forbidding = instance(
        columns=[
            column("x", "upper", 1.0),
            column("y", "lower", 1.0),
            column("z", "lower", None),
        ],
        rows=[
            {
                "id": "forbid",
                "level": "lower",
                "upper": 1.0,
                "coefficients": {"x": 1.0, "y": 1.0},
            }
        ],
        upper_objective={"coefficients": {"y": 2.0, "z": -1.0}},
        lower_objective={"sense": "max", "coefficients": {"y": 2.0, "z": -1.0}},
    )
    result = optkit.solve(forbidding, solver)
    assert (result.solver.name, result.status) == ("interdiction", "optimal")
    assert result.objective == 0.0
