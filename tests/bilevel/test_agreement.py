"""Every solver finds and proves the optimum that enumeration finds."""

from __future__ import annotations

import pytest

import optkit
from optkit.bilevel.check.brute_force import brute_force
from optkit.bilevel.testing import random_cases
from optkit.core.solving.registry import solver_class
from tests.bilevel.examples import column, instance, moore_bard

pytestmark = pytest.mark.slow

SOLVERS = (
    "value-function",
    "kkt",
    "strong-duality",
    "interdiction",
    "knapsack-interdiction",
    "branch-and-cut",
)


@pytest.mark.parametrize("seed", range(8))
def test_solvers_agree_with_brute_force(seed: int) -> None:
    """Each solver proves the optimum of every random instance that it supports."""
    solved = 0
    for case in random_cases(100 + seed, 40):
        for name in SOLVERS:
            solver = solver_class("bilevel", name)()
            if not solver.supports(case.instance).available:
                continue
            solved += 1
            result = optkit.solve(case.instance, solver)
            label = f"{name}: {case.label}"
            if case.optimum is None:
                assert result.status == "infeasible", label
                continue
            assert result.status == "optimal", f"{label}: {result.termination}"
            assert result.objective == pytest.approx(
                case.optimum, rel=1e-9, abs=1e-9
            ), label
    assert solved >= 60


@pytest.mark.parametrize(
    ("integer", "method", "optimum"),
    [
        (True, "value-function", -22.0),
        (False, "value-function", -18.0),
        (False, "kkt", -18.0),
        (False, "strong-duality", -18.0),
    ],
)
def test_moore_and_bard(integer: bool, method: str, optimum: float) -> None:
    """The example of Moore and Bard, whose relaxation is misleading, is solved."""
    result = optkit.solve(moore_bard(integer), method)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(optimum)


def test_optimistic_follower_helps_the_leader() -> None:
    """Of two optima the follower takes the one that is better for the leader."""
    indifferent = instance(
        columns=[column("x", "upper", 1.0), column("y", "lower", 1.0)],
        upper_objective={"coefficients": {"y": -1.0}},
    )
    assert optkit.solve(indifferent).objective == -1.0


def test_rows_of_the_leader_do_not_bind_the_follower() -> None:
    """A decision is infeasible if the response to it breaks an upper row.

    The follower takes y = 2 - x; the leader's row demands y <= 1, so x = 0 is out.
    """
    coupled = instance(
        columns=[column("x", "upper", 2.0), column("y", "lower", 2.0)],
        rows=[
            {
                "id": "room",
                "level": "lower",
                "upper": 2.0,
                "coefficients": {"x": 1.0, "y": 1.0},
            },
            {"id": "wish", "level": "upper", "upper": 1.0, "coefficients": {"y": 1.0}},
        ],
        upper_objective={"coefficients": {"x": 1.0}},
        lower_objective={"coefficients": {"y": -1.0}},
    )
    result = optkit.solve(coupled)
    assert result.objective == 1.0
    assert brute_force(coupled) == 1.0
