"""Tests of what all solvers share: refusals, unboundedness, bounds and warm starts."""

from __future__ import annotations

import pytest

import optkit
from optkit.bilevel.instance import BilevelInstance
from optkit.core.errors import UnavailableError
from tests.bilevel.examples import column, instance, moore_bard


def test_continuous_linking_is_refused_with_the_reason() -> None:
    """A continuous linking column is refused with exit status 13; the reason names it."""
    document = moore_bard().document()
    document["columns"][0]["integer"] = False
    with pytest.raises(UnavailableError, match=r"linking.*'x'.*continuous") as caught:
        optkit.solve(BilevelInstance.parse(document))
    assert caught.value.exit_status == 13


def test_kkt_takes_continuous_linking_where_the_follower_is_linear() -> None:
    """``kkt`` solves instances with continuous linking columns, as the refusal says.

    Continuous throughout, the classic example of linear followers: -18 at x = 8, y = 1.
    """
    document = moore_bard(integer=False).document()
    document["columns"][0]["integer"] = False
    result = optkit.solve(BilevelInstance.parse(document), "kkt")
    assert result.status == "optimal"
    assert result.objective == pytest.approx(-18.0)


def test_unbounded_follower_is_said() -> None:
    """An unbounded follower has no optimal response: the instance is infeasible."""
    endless = instance(
        columns=[column("x", "upper", 1.0), column("y", "lower", None)],
        upper_objective={"coefficients": {"x": 1.0}},
        lower_objective={"coefficients": {"y": -1.0}},
    )
    result = optkit.solve(endless)
    assert result.status == "infeasible"
    assert "unbounded" in result.termination.detail


@pytest.mark.parametrize("method", ["value-function", "kkt"])
def test_unbounded_relaxation_is_said(method: str) -> None:
    """A relaxation that is unbounded for the leader ends the run with that reason."""
    endless = instance(
        columns=[
            {"id": "x", "level": "upper", "lower": 0.0},
            column("y", "lower", 1.0, integer=False),
        ],
        upper_objective={"coefficients": {"x": -1.0}},
        lower_objective={"coefficients": {"y": -1.0}},
    )
    result = optkit.solve(endless, method)
    assert result.status == "no-solution"
    assert "unbounded" in result.termination.detail


@pytest.mark.parametrize(("cost", "status"), [(0.0, "feasible"), (1.0, "optimal")])
def test_unbounded_linking_column(cost: float, status: str) -> None:
    """Only rows and an incumbent bound a linking column; no big-M is guessed.

    The follower takes y = 0. If x is free of charge, nothing bounds it. If it costs 1, the
    first answer, 2 at x = 2, bounds it: the best one is 0 at x = 0.
    """
    open_ended = instance(
        columns=[column("x", "upper", None), column("y", "lower", 3.0)],
        rows=[
            {
                "id": "r",
                "level": "lower",
                "upper": 1.0,
                "coefficients": {"x": -1.0, "y": 1.0},
            }
        ],
        upper_objective={"coefficients": {"x": cost, "y": -2.0}},
        lower_objective={"coefficients": {"y": 1.0}},
    )
    result = optkit.solve(open_ended, "value-function")
    assert result.status == status
    if cost:
        assert result.objective == 0.0
    else:
        assert "'x' has no bound" in result.termination.detail


def test_bounds_that_rows_imply_are_found() -> None:
    """Bounds of linking columns are derived from rows where no bound is given."""
    document = moore_bard().document()
    del document["columns"][0]["upper"]
    assert optkit.solve(BilevelInstance.parse(document)).objective == -22.0


def test_initial_solution_is_the_first_incumbent() -> None:
    """A bilevel feasible start becomes the first incumbent, and is reported."""
    problem = moore_bard()
    solution = optkit.solve(problem).solution
    again = optkit.solve(problem, initial=solution)
    assert again.initial is not None
    assert again.initial.used
    assert again.trajectory[0][1] == -22.0


def test_auto_takes_what_can_solve_continuous_linking_columns() -> None:
    """With a linear follower ``auto`` takes kkt; and the leader has x >= 1.5.

    The follower takes y = x + 2, so the leader pays 2 x + 2 at x = 1.5: 5.
    """
    program = instance(
        columns=[
            {"id": "x", "level": "upper", "lower": 0.0, "upper": 8.0},
            {"id": "y", "level": "lower", "lower": 0.0, "upper": 6.0},
        ],
        rows=[
            {"id": "cap", "level": "lower", "upper": 2.0,
             "coefficients": {"x": -1.0, "y": 1.0}},
            {"id": "floor", "level": "upper", "lower": 1.5, "coefficients": {"x": 1.0}},
        ],
        upper_objective={"coefficients": {"x": 1.0, "y": 1.0}},
        lower_objective={"sense": "max", "coefficients": {"y": 1.0}},
    )  # fmt: skip
    result = optkit.solve(program)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(5.0)
    assert result.solver.name == "kkt"


@pytest.mark.parametrize("level", ["upper", "lower"])
@pytest.mark.parametrize("integer", [True, False])
def test_crossed_bounds_are_infeasible(level: str, integer: bool) -> None:
    """A column whose bounds are crossed makes the program infeasible, with its name."""
    program = instance(
        columns=[
            {"id": "x", "level": level, "lower": 0.0, "upper": -3.0, "integer": integer},
            {"id": "y", "level": "lower", "lower": 0.0, "upper": 6.0, "integer": True},
        ],
        rows=[{"id": "r", "level": "lower", "lower": 1.0, "coefficients": {"y": 1.0}}],
        upper_objective={"coefficients": {"x": 1.0, "y": 1.0}},
        lower_objective={"coefficients": {"y": 1.0}},
    )  # fmt: skip
    result = optkit.solve(program)
    assert result.status == "infeasible"
    assert "'x'" in result.termination.detail
