"""Models in any unit: numbers far from 1 are scaled before a backend sees them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from optkit.backends import LinearModel, Termination, compile_model, solve_model
from optkit.backends.builder import ModelBuilder
from optkit.backends.incremental import IncrementalModel, SolveStatus
from optkit.backends.scaling import common_step, scaled_model
from optkit.core.errors import UnavailableError
from tests.backends.models import BACKENDS, WITH_REALS, random_arrays

FACTORS = (1e-12, 1e-9, 1e-7, 1e-3, 1e3, 1e6, 1e8, 1e12)


def rescaled(
    model: LinearModel, cost: float, rows: np.ndarray, columns: np.ndarray
) -> LinearModel:
    """Return the model with its objective, rows and columns in other units."""
    matrix = model.matrix.copy()
    matrix.data = (
        matrix.data * np.repeat(rows, np.diff(matrix.indptr)) * columns[matrix.indices]
    )
    return replace(
        model,
        matrix=matrix,
        row_lower=model.row_lower * rows,
        row_upper=model.row_upper * rows,
        column_lower=model.column_lower / columns,
        column_upper=model.column_upper / columns,
        cost=model.cost * cost * columns,
        offset=model.offset * cost,
    )


@pytest.mark.parametrize("seed", range(12))
def test_answers_do_not_depend_on_units(seed: int) -> None:
    """Objective, every row and the continuous columns in other units: the same answer."""
    rng = np.random.default_rng(seed)
    model = compile_model(random_arrays(seed, mixed=seed % 2 == 1).model())
    for backend in BACKENDS:
        if backend == "cp-sat" and not model.integer.all():
            continue
        base = solve_model(model, backend, load=False)
        for factor in FACTORS:
            rows = rng.choice([factor, 1.0 / factor, 1.0], size=model.rows)
            columns = np.where(model.integer, 1.0, np.clip(factor, 1e-6, 1e6))
            other = rescaled(model, factor, rows, columns)
            try:
                result = solve_model(other, backend, load=False)
            except UnavailableError:
                assert backend == "cp-sat"  # it says that there is no common unit
                continue
            assert result.termination is base.termination, (backend, factor)
            if base.objective is not None:
                size = factor * max(1.0, abs(base.objective))
                expected = pytest.approx(factor * base.objective, abs=1e-6 * size)
                assert result.objective == expected, (backend, factor)
                assert result.bound == expected, (backend, factor)


def test_numbers_of_ordinary_size_stay_as_they_are() -> None:
    """Nothing is copied or changed where nothing has to be scaled."""
    model = compile_model(random_arrays(3).model())
    assert scaled_model(model).model is model


def small_problem(unit: float) -> Any:
    """Return max 3x + 2y in a unit, x integer, with rows in that unit."""
    model = pyo.ConcreteModel("small")
    model.x = pyo.Var(domain=pyo.Integers, bounds=(0, 4))
    model.y = pyo.Var(bounds=(0, 10))
    model.row = pyo.Constraint(expr=unit * (model.x + model.y) <= 6.5 * unit)
    model.goal = pyo.Objective(expr=unit * (3 * model.x + 2 * model.y), sense=-1)
    return model


@pytest.mark.parametrize("unit", [1e-11, 1.0, 1e11])
def test_news_start_and_target_are_in_the_users_units(unit: float) -> None:
    """What is told on the way, the start and the target have the model's own unit."""
    model = small_problem(unit)
    news: list[Any] = []
    result = solve_model(
        model,
        start=[(model.x, 1), (model.y, 2.0)],
        target=16.9 * unit,
        on_progress=news.append,
    )
    assert result.termination in (Termination.OPTIMAL, Termination.TARGET)
    assert result.start.objective == pytest.approx(7.0 * unit)
    assert result.objective == pytest.approx(17.0 * unit)
    assert news[-1].objective == pytest.approx(17.0 * unit)
    assert pyo.value(model.goal) == pytest.approx(17.0 * unit)


@pytest.mark.parametrize("backend", WITH_REALS)
def test_coefficients_too_far_apart_are_refused(backend: str) -> None:
    """The refusal names the row, both coefficients and a remedy."""
    model = pyo.ConcreteModel("far")
    model.x = pyo.Var(domain=pyo.Integers, bounds=(0, 4))
    model.y = pyo.Var(domain=pyo.Integers, bounds=(0, 1e6))
    model.row = pyo.Constraint(expr=1e7 * model.x - 1e-7 * model.y <= 1)
    model.goal = pyo.Objective(expr=-model.x + 1e-3 * model.y)
    with pytest.raises(UnavailableError, match=r"row .* 1e\+07 at x and -1e-07 at y"):
        solve_model(model, backend)


def test_tiny_coefficients_are_not_dropped() -> None:
    """HiGHS takes 1e-9 for zero, which would make this row hold for x = 0."""
    builder = ModelBuilder("tiny")
    x = builder.add_columns([1.0], upper=10.0, integer=True)
    y = builder.add_columns([0.0], lower=1.5e9, upper=1e10, integer=True)
    builder.add_row([int(x[0]), int(y[0])], [-1.0, 1e-9], upper=0.0)
    result = solve_model(builder.model(), load=False)
    assert result.objective == 2.0


def test_a_common_step_survives_rounding() -> None:
    """3e-9 is written 3.0000000000000004e-09 by arithmetic, and still three times 1e-9."""
    assert common_step(np.array([3.0000000000000004e-09, -2e-09])) == 1e-9
    assert common_step(np.array([0.5e-9, 0.75e-9])) == 0.25e-9
    assert common_step(np.array([1e-9, np.pi * 1e-9])) is None


@pytest.mark.parametrize("unit", [1e-12, 1e-6, 1e6, 1e12])
def test_incremental_models_scale_what_is_changed(unit: float) -> None:
    """Rows and costs that come later are scaled, too; bounds are given back unscaled."""
    from scipy.sparse import csr_array

    model = IncrementalModel(
        csr_array(np.array([[unit, unit]])),
        np.array([-np.inf]),
        np.array([6.0 * unit]),
        np.zeros(2),
        np.full(2, 5.0),
        np.array([True, True]),
        np.array([-unit, -2.0 * unit]),
    )
    assert model.solve().bound == pytest.approx(-11.0 * unit)
    row = model.add_row(-np.inf, 3.0 * unit, np.array([1]), np.array([unit]))
    assert model.solve().bound == pytest.approx(-9.0 * unit)
    model.set_row_upper(row, 2.0 * unit)
    assert model.solve().bound == pytest.approx(-8.0 * unit)
    model.set_cost(np.array([-3.0 / unit, 1.0 / unit]))
    assert model.solve().bound == pytest.approx(-15.0 / unit)
    model.set_row_sides(np.array([row]), np.array([6.0 * unit]), np.array([np.inf]))
    assert model.solve().status is SolveStatus.INFEASIBLE
