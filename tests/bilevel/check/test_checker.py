"""Tests of the checker: each kind of violation, planted, is caught."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

import optkit
from optkit.bilevel.check.checker import check, follower_optimum
from optkit.bilevel.solution import BilevelSolution
from optkit.bilevel.testing import random_instances
from tests.bilevel.examples import column, moore_bard
from tests.bilevel.examples import instance as make_instance

Plain = dict[str, Any]

RIGHT: Plain = {"upper": {"x": 2.0}, "lower": {"y": 2.0}, "follower_value": 2.0}
"""The optimum of the example of Moore and Bard."""


def _set(level: str, value: float, follower: float | None = None) -> Any:
    def spoil(plain: Plain) -> None:
        plain[level] = {next(iter(plain[level])): value}
        if follower is not None:
            plain["follower_value"] = follower

    return spoil


MUTATIONS: dict[str, tuple[str, Callable[[Plain], None]]] = {
    "a follower that could do better": ("follower-optimality", _set("lower", 3.0, 3.0)),
    "a broken lower row": ("lower-row", _set("lower", 5.0, 5.0)),
    "a broken bound": ("bound", _set("upper", 11.0)),
    "a broken lower bound": ("bound", _set("upper", -1.0)),
    "a fraction": ("integrality", _set("upper", 2.5)),
    "another value claimed": ("follower-value", lambda p: p.update(follower_value=1.0)),
    "a missing column": ("missing", lambda p: p.update(lower={})),
    "an unknown column": ("unknown", lambda p: p["upper"].update(z=1.0)),
    "a column on the wrong level": (
        "level",
        lambda p: p.update(upper={"x": 2.0, "y": 2.0}),
    ),
}


def test_the_right_answer_passes() -> None:
    """The optimum passes, and its objectives are recomputed."""
    report = check(moore_bard(), BilevelSolution.model_validate(RIGHT))
    assert report.feasible, report.violations
    assert report.objective == -22.0
    assert report.metrics["follower_optimum"] == 2.0


@pytest.mark.parametrize("name", MUTATIONS)
def test_planted_violation_is_caught(name: str) -> None:
    """Each rule, broken alone, is named."""
    kind, spoil = MUTATIONS[name]
    plain = copy.deepcopy(RIGHT)
    spoil(plain)
    report = check(moore_bard(), BilevelSolution.model_validate(plain))
    assert not report.feasible
    assert kind in {violation.kind for violation in report.violations}


def test_broken_upper_row_is_caught() -> None:
    """A response that breaks one of the leader's rows is caught."""
    coupled = make_instance(
        columns=[column("x", "upper", 1.0), column("y", "lower", 2.0)],
        rows=[
            {"id": "r", "level": "upper", "upper": 1.0, "coefficients": {"y": 1.0}},
        ],
        lower_objective={"coefficients": {"y": -1.0}},
    )
    plain = {"upper": {"x": 0.0}, "lower": {"y": 2.0}, "follower_value": -2.0}
    report = check(coupled, BilevelSolution.model_validate(plain))
    assert [violation.kind for violation in report.violations] == ["upper-row"]


def test_senses_constants_and_leaders_terms_count() -> None:
    """Senses, constants and terms in the leader's columns count in both objectives.

    The follower maximises y + 3 x + 4 over y <= 1: 8 at x = 1. The leader maximises
    2 y + 5, so its objective, minimised, is -7.
    """
    senses = make_instance(
        columns=[column("x", "upper", 1.0), column("y", "lower", 1.0)],
        upper_objective={"sense": "max", "constant": 5.0, "coefficients": {"y": 2.0}},
        lower_objective={
            "sense": "max",
            "constant": 4.0,
            "coefficients": {"x": 3.0, "y": 1.0},
        },
    )
    plain = {"upper": {"x": 1.0}, "lower": {"y": 1.0}, "follower_value": 8.0}
    report = check(senses, BilevelSolution.model_validate(plain))
    assert report.feasible, report.violations
    assert report.objective == -7.0
    assert report.metrics["upper_objective"] == 7.0
    lazy = {"upper": {"x": 1.0}, "lower": {"y": 0.0}, "follower_value": 7.0}
    assert not check(senses, BilevelSolution.model_validate(lazy)).feasible
    assert optkit.solve(senses).objective == -7.0


def test_unbounded_follower_is_no_optimum() -> None:
    """No response of an unbounded follower counts as optimal."""
    endless = make_instance(
        columns=[column("x", "upper", 1.0), column("y", "lower", None)],
        lower_objective={"coefficients": {"y": -1.0}},
    )
    plain = {"upper": {"x": 0.0}, "lower": {"y": 7.0}, "follower_value": -7.0}
    report = check(endless, BilevelSolution.model_validate(plain))
    assert [violation.kind for violation in report.violations] == [
        "follower-optimality"
    ]


def test_follower_moved_off_its_optimum_is_caught_everywhere() -> None:
    """A worse response of the follower never passes, on random instances."""
    moved = 0
    for label, instance in random_instances(21, 24):
        result = optkit.solve(instance)
        if result.status == "infeasible":
            continue
        solution = result.solution
        assert isinstance(solution, BilevelSolution), label
        objective = instance.lower_objective
        for name, value in solution.lower.items():
            change = objective.coefficients.get(name, 0.0)
            if not change:
                continue
            step = -1.0 if change < 0 else 1.0
            lower = {**solution.lower, name: value + step}
            spoilt = solution.model_copy(
                update={
                    "lower": lower,
                    "follower_value": solution.follower_value + change * step,
                }
            )
            moved += 1
            assert not check(instance, spoilt).feasible, label
    assert moved >= 20


def test_follower_optimum_rounds_the_leaders_integers() -> None:
    """The leader's integers are rounded first: x = 2 - 1e-9 is the decision 2."""
    assert follower_optimum(moore_bard(), {"x": 2.0 - 1e-9}) == pytest.approx(2.0)
