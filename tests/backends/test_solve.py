"""Tests of `solve_model`: every backend against brute force and the other backends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest

from optkit.backends import Termination, compile_model, solve_model
from optkit.core.errors import UsageError
from tests.backends.models import BACKENDS, EVERY, WITH_REALS, knapsack, random_arrays


@pytest.mark.parametrize("seed", range(70))
def test_pure_integer_models_agree_with_brute_force(seed: int) -> None:
    """Every backend proves the optimum that enumeration finds."""
    arrays = random_arrays(seed)
    expected = arrays.brute_force()
    compiled = compile_model(arrays.model())
    for backend in BACKENDS:
        result = solve_model(compiled, backend, time_limit=20)
        if expected is None:
            assert result.termination is Termination.INFEASIBLE, backend
            assert result.objective is None
            assert result.bound is None
        else:
            assert result.termination is Termination.OPTIMAL, (backend, result)
            assert result.objective == pytest.approx(expected, abs=1e-7), backend
            assert result.bound == pytest.approx(expected, abs=1e-6), backend
            assert np.array_equal(result.values, np.rint(result.values))


@pytest.mark.parametrize("seed", range(1000, 1040))
def test_mixed_models_agree(seed: int) -> None:
    """HiGHS and SCIP prove the same optimum of models with continuous variables."""
    compiled = compile_model(random_arrays(seed, mixed=True).model())
    highs = solve_model(compiled, "highs", time_limit=20)
    scip = solve_model(compiled, "scip", time_limit=20)
    assert highs.termination is scip.termination
    if highs.termination is Termination.INFEASIBLE:
        return
    assert highs.termination is Termination.OPTIMAL
    assert highs.objective == pytest.approx(scip.objective, abs=1e-6)
    for result in (highs, scip):
        assert result.bound == pytest.approx(result.objective, abs=1e-6)
        assert result.violation is not None
        assert result.violation <= 1e-6


def test_presolve_of_highs_1_14_is_kept_away_from_mixed_models() -> None:
    """HiGHS 1.14 with presolve calls 15 the optimum of this model; it is 9."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 10))
    model.z = pyo.Var(bounds=(0, 10), domain=pyo.Integers)
    model.c = pyo.Constraint(expr=model.x + model.z >= 4.5)
    model.o = pyo.Objective(expr=2 * model.x + 3 * model.z)
    assert solve_model(model, "highs").objective == pytest.approx(9)


@pytest.mark.parametrize("seed", range(2000, 2030))
def test_fractional_bounds_of_integers(seed: int) -> None:
    """HiGHS' presolve answers these wrongly unless the bounds are rounded first."""
    arrays = random_arrays(seed)
    halves = np.where(
        np.random.default_rng(seed).random(len(arrays.cost)) < 0.5, 0.5, 0
    )
    lower, upper = arrays.lower - halves, arrays.upper + halves
    widened = replace(arrays, lower=lower, upper=upper).model()
    expected = arrays.brute_force()
    for backend in BACKENDS:
        result = solve_model(widened, backend, load=False)
        if expected is None:
            assert result.termination is Termination.INFEASIBLE
        else:
            assert result.objective == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("backend", EVERY)
def test_large_bounds_are_not_cut_off(backend: str) -> None:
    """CP-SAT's default cuts variables off at 1e7; the optimum here lies beyond."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 10**9), domain=pyo.Integers)
    model.y = pyo.Var(bounds=(-(10**8), 10**8), domain=pyo.Integers)
    model.c = pyo.Constraint(expr=model.x + model.y <= 7 * 10**8 + 3)
    model.o = pyo.Objective(expr=2 * model.x + model.y, sense=pyo.maximize)
    result = solve_model(model, backend)
    assert result.termination is Termination.OPTIMAL
    assert result.objective == 2 * (8 * 10**8 + 3) - 10**8
    assert model.x.value == 8 * 10**8 + 3


@pytest.mark.parametrize("backend", WITH_REALS)
def test_linear_program_with_free_variables(backend: str) -> None:
    """A linear program is solved with its bound, free variables and an equality."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var()
    model.y = pyo.Var()
    model.sum = pyo.Constraint(expr=model.x + model.y == 3)
    model.difference = pyo.Constraint(expr=(-1, model.x - model.y, 1))
    model.o = pyo.Objective(expr=2 * model.x + model.y + 10)
    result = solve_model(model, backend)
    assert result.termination is Termination.OPTIMAL
    assert result.objective == pytest.approx(14)
    assert result.bound == pytest.approx(14)
    assert (model.x.value, model.y.value) == pytest.approx((1, 2))


@pytest.mark.parametrize("backend", EVERY)
def test_models_without_rows_columns_or_objective(backend: str) -> None:
    """Degenerate models are answered like any other."""
    empty = pyo.ConcreteModel()
    result = solve_model(empty, backend)
    assert (result.termination, result.objective, result.bound) == ("optimal", 0, 0)

    constant = pyo.ConcreteModel()
    constant.x = pyo.Var(domain=pyo.Integers)
    constant.x.fix(4)
    constant.c = pyo.Constraint(expr=constant.x <= 4)
    constant.o = pyo.Objective(expr=3 * constant.x + 1, sense=pyo.maximize)
    result = solve_model(constant, backend)
    assert (result.termination, result.objective, result.bound) == ("optimal", 13, 13)

    no_rows = pyo.ConcreteModel()
    no_rows.x = pyo.Var(bounds=(-2, 5), domain=pyo.Integers)
    no_rows.o = pyo.Objective(expr=no_rows.x, sense=pyo.maximize)
    assert solve_model(no_rows, backend).objective == 5

    no_objective = pyo.ConcreteModel()
    no_objective.x = pyo.Var(bounds=(0, 5), domain=pyo.Integers)
    no_objective.idle = pyo.Var(bounds=(2.5, 9))
    no_objective.c = pyo.Constraint(expr=2 * no_objective.x == 6)
    result = solve_model(no_objective, backend)
    assert (result.termination, result.objective) == ("optimal", 0)
    assert no_objective.x.value == 3
    assert no_objective.idle.value == 2.5


@pytest.mark.parametrize("backend", EVERY)
def test_infeasible(backend: str) -> None:
    """Infeasible models have neither an objective nor a bound."""
    parity = pyo.ConcreteModel()
    parity.x = pyo.Var(range(2), bounds=(0, 10), domain=pyo.Integers)
    parity.c = pyo.Constraint(expr=2 * parity.x[0] + 2 * parity.x[1] == 7)
    parity.o = pyo.Objective(expr=parity.x[0])
    crossed = pyo.ConcreteModel()
    crossed.x = pyo.Var(bounds=(3, 2), domain=pyo.Integers)
    crossed.o = pyo.Objective(expr=crossed.x)
    between = pyo.ConcreteModel()
    between.x = pyo.Var(bounds=(0.2, 0.8), domain=pyo.Integers)
    between.o = pyo.Objective(expr=between.x)
    constant = pyo.ConcreteModel()
    constant.x = pyo.Var(range(2), domain=pyo.Binary)
    constant.x[0].fix(1)
    constant.c = pyo.Constraint(expr=constant.x[0] <= 0)
    constant.d = pyo.Constraint(expr=constant.x[0] + constant.x[1] <= 2)
    constant.o = pyo.Objective(expr=constant.x[1])
    for model in (parity, crossed, between, constant):
        result = solve_model(model, backend)
        assert result.termination is Termination.INFEASIBLE, result
        assert result.objective is None
        assert result.bound is None
        assert result.values is None
    assert "constraint c" in solve_model(constant, backend).detail
    assert constant.c.active


@pytest.mark.parametrize("backend", WITH_REALS)
@pytest.mark.parametrize("domain", [pyo.NonNegativeReals, pyo.NonNegativeIntegers])
def test_unbounded_is_told_from_infeasible(backend: str, domain: object) -> None:
    """A model with no best solution is called unbounded only if it has a solution."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(domain=domain)
    model.y = pyo.Var(domain=pyo.NonNegativeReals)
    model.z = pyo.Var(range(2), bounds=(0, 3), domain=pyo.Integers)
    model.c = pyo.Constraint(expr=model.x - model.y <= 3)
    model.d = pyo.Constraint(expr=2 * model.z[0] + 2 * model.z[1] == 4)
    model.o = pyo.Objective(expr=model.x, sense=pyo.maximize)
    result = solve_model(model, backend)
    assert result.termination is Termination.UNBOUNDED, result
    assert result.bound is None

    model.parity = pyo.Constraint(expr=2 * model.z[0] + 4 * model.z[1] == 5)
    result = solve_model(model, backend)
    assert result.termination is Termination.INFEASIBLE, result
    assert result.values is None


@pytest.mark.parametrize("backend", EVERY)
def test_gap_is_kept_and_called_gap(backend: str) -> None:
    """A stop at the gap is not called optimal, and its bound holds."""
    compiled = compile_model(knapsack(35, 6))
    best = solve_model(compiled, "highs", time_limit=20)
    assert best.termination is Termination.OPTIMAL
    result = solve_model(compiled, backend, gap=0.05, time_limit=20)
    assert result.gap is not None
    assert result.gap <= 0.05
    expected = Termination.OPTIMAL if result.gap <= 1e-6 else Termination.GAP
    assert result.termination is expected
    assert result.objective <= best.objective <= result.bound + 1e-6


@pytest.mark.parametrize("backend", EVERY)
def test_target_stops_the_solve(backend: str) -> None:
    """The first solution as good as the target ends the solve, and says so."""
    compiled = compile_model(knapsack(120, 15))
    result = solve_model(compiled, backend, target=2000, time_limit=20)
    assert result.termination is Termination.TARGET
    assert result.objective >= 2000
    assert result.seconds < 10


@pytest.mark.slow
@pytest.mark.parametrize("backend", EVERY)
def test_same_seed_same_answer(backend: str) -> None:
    """The seed decides: two runs on one thread return the same point."""
    compiled = compile_model(knapsack(30, 5))
    first, second = (solve_model(compiled, backend, seed=7) for _ in range(2))
    assert np.array_equal(first.values, second.values)
    assert solve_model(compiled, backend, seed=2**33 + 7).objective == first.objective


def test_load_writes_values_only_when_asked() -> None:
    """``load=False`` leaves the Pyomo variables alone; ``load()`` writes them later."""
    model = knapsack(10, 2)
    result = solve_model(model, load=False)
    assert model.x[0].value is None
    result.load()
    assert pyo.value(model.worth) == pytest.approx(result.objective)
    assert result.values_by_name()["x[0]"] == model.x[0].value


def test_threads_may_change_between_calls() -> None:
    """HiGHS keeps one thread pool per process; changing its size must not fail or hang."""
    compiled = compile_model(knapsack(30, 5))
    for threads in (1, 2, 1):
        result = solve_model(compiled, "highs", threads=threads)
        assert result.termination is Termination.OPTIMAL


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("time_limit", 0),
        ("time_limit", float("nan")),
        ("gap", -0.1),
        ("target", float("inf")),
        ("seed", -1),
        ("threads", 0),
        ("feasibility_tolerance", 1.0),
    ],
)
def test_arguments_are_checked(argument: str, value: float) -> None:
    """A number that makes no sense is an error that names the argument."""
    with pytest.raises(UsageError, match=argument):
        solve_model(knapsack(3, 1), **{argument: value})  # type: ignore[arg-type]
