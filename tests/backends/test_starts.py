"""Starts: used, completed or refused, and always said."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
import pytest
from pyomo.common.collections import ComponentMap

from optkit.backends import Progress, StartStatus, Termination, solve_model
from tests.backends.models import EVERY, SLOW_TO_START, knapsack


def _greedy(model: Any) -> ComponentMap:
    """Return a feasible start: the first items, as long as they fit."""
    start = ComponentMap((variable, 0.0) for variable in model.x.values())
    for j in range(10):
        start[model.x[j]] = 1.0
    return start


@pytest.mark.slow
@pytest.mark.parametrize("backend", EVERY)
def test_complete_start_is_accepted(backend: str) -> None:
    """Each backend confirms that a feasible complete start became its incumbent."""
    solve_model(knapsack(3, 1), backend)  # imports must not use up the time limit
    model = knapsack(60, 10)
    start = _greedy(model)
    news: list[Progress] = []
    result = solve_model(
        model,
        backend,
        start=start,
        time_limit=SLOW_TO_START.get(backend, 0.8),
        on_progress=news.append,
    )
    worth = sum(model.worth.expr.args[j].args[0] for j in range(10))
    assert result.start.status is StartStatus.ACCEPTED, result.start
    assert result.start.given == 60
    assert result.start.objective == worth
    assert result.objective >= worth
    assert news[0].objective == worth


@pytest.mark.parametrize("backend", EVERY)
def test_partial_start_is_reported(backend: str) -> None:
    """A start with gaps is completed or handed over, and the report says which."""
    model = knapsack(40, 5)
    start = [(model.x[j], 1.0) for j in range(5)]
    result = solve_model(model, backend, start=start, time_limit=10)
    expected = StartStatus.COMPLETED if backend == "highs" else StartStatus.HANDED_OVER
    assert result.start.status is expected, result.start
    assert "5 of 40" in result.start.detail
    assert result.termination is Termination.OPTIMAL
    assert result.objective == solve_model(model, "highs").objective


def test_completing_a_start_does_not_leak_bounds() -> None:
    """Bounds of the small problem that completes a start are no bounds of the model."""
    model = knapsack(40, 5)
    best = solve_model(model).objective
    # Leaving out the first ten items makes the small problem's optimum worse.
    start = [(model.x[j], 0.0) for j in range(10)]
    news: list[Progress] = []
    result = solve_model(model, start=start, gap=0.02, on_progress=news.append)
    assert result.start.status is StartStatus.COMPLETED
    bounds = [item.bound for item in news if item.bound is not None]
    assert bounds
    assert min(bounds) >= best - 1e-6
    assert result.bound >= best - 1e-6


@pytest.mark.parametrize("backend", EVERY)
def test_bad_starts_are_refused_with_the_reason(backend: str) -> None:
    """An unusable start is named and left out; the optimum is found regardless."""
    model = knapsack(15, 3)
    model.fixed = pyo.Var(bounds=(0, 1))
    model.fixed.fix(1)
    stranger = knapsack(2, 1)
    best = solve_model(model).objective
    cases = [
        ([(variable, 1.0) for variable in model.x.values()], "not feasible: constrain"),
        ([(model.x[0], 0.5)], r"x\[0\] = 0.5 is not an integer"),
        ([(model.x[0], 2.0)], r"x\[0\] = 2 is outside \[0, 1\]"),
        ([(model.x[0], float("nan"))], "not a finite number"),
        ([(model.fixed, 0.0)], "fixes it at 1"),
        ([(stranger.x[0], 0.0)], "not a variable of this model"),
        ([], "gives no variable"),
    ]
    for start, reason in cases:
        result = solve_model(model, backend, start=start)
        assert result.start.status is StartStatus.REFUSED
        with pytest.raises(AssertionError, match=reason):
            raise AssertionError(result.start.detail)
        assert result.objective == best
    assert solve_model(model, backend).start.status is StartStatus.NOT_GIVEN


def test_partial_start_without_completion_is_refused() -> None:
    """HiGHS says so when no solution has the values of the start."""
    model = knapsack(20, 2)
    model.pair = pyo.Constraint(expr=model.x[0] + model.x[1] + model.x[2] == 2)
    start = [(model.x[j], 1.0) for j in range(3)]
    result = solve_model(model, start=start)
    assert result.start.status is StartStatus.REFUSED
    assert "no solution of the model has these values" in result.start.detail
    assert result.termination is Termination.OPTIMAL


def test_start_for_a_linear_program() -> None:
    """HiGHS cannot use a point for a linear program, and the report says so."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 4))
    model.o = pyo.Objective(expr=model.x, sense=pyo.maximize)
    result = solve_model(model, start=[(model.x, 1.0)])
    assert result.start.status is StartStatus.REFUSED
    assert "linear program" in result.start.detail
    assert result.objective == 4


@pytest.mark.parametrize("backend", EVERY)
def test_start_as_good_as_the_target_ends_at_once(backend: str) -> None:
    """No solver runs where the start is already good enough; the start is returned."""
    model = knapsack(60, 10)
    result = solve_model(model, backend, start=_greedy(model), target=1)
    assert result.termination is Termination.TARGET
    assert result.objective == result.start.objective
    assert result.bound is None
