"""Tests of compiling Pyomo models to arrays."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest

from optkit.backends import compile_model, solve_model
from optkit.core.errors import UsageError


def test_ranges_and_equalities_are_one_row_each() -> None:
    """Pyomo's compiler splits ranges; the compiled model joins them again."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(2), bounds=(0, 9))
    model.fixed = pyo.Var()
    model.fixed.fix(2)
    model.range = pyo.Constraint(expr=(1, model.x[0] + model.x[1] + model.fixed, 7))
    model.equal = pyo.Constraint(expr=model.x[0] - model.x[1] == 1)
    model.above = pyo.Constraint(expr=model.x[0] >= 0.5)
    model.o = pyo.Objective(expr=model.x[0] + 3 * model.fixed, sense=pyo.maximize)
    compiled = compile_model(model)
    assert compiled.rows == 3
    assert compiled.row_lower.tolist() == [-1, 1, 0.5]
    assert compiled.row_upper.tolist() == [5, 1, np.inf]
    assert (compiled.sign, compiled.offset) == (-1, -6)
    assert compiled.column_names == ["x[0]", "x[1]"]
    assert solve_model(compiled).objective == pytest.approx(9)


def test_what_is_not_linear_is_refused_with_its_name() -> None:
    """Products, odd domains and several objectives are errors that name the place."""
    model = pyo.ConcreteModel(name="bent")
    model.x = pyo.Var(range(2), bounds=(0, 1))
    model.product = pyo.Constraint(expr=model.x[0] * model.x[1] <= 1)
    with pytest.raises(UsageError, match=r"product.*nonlinear"):
        solve_model(model)
    model.product.deactivate()
    model.one = pyo.Objective(expr=model.x[0])
    model.two = pyo.Objective(expr=model.x[1])
    with pytest.raises(UsageError, match="2 active objectives"):
        solve_model(model)
    model.two.deactivate()
    model.steps = pyo.Var(domain=pyo.RangeSet(0, 10, 2))
    model.c = pyo.Constraint(expr=model.steps >= 1)
    with pytest.raises(UsageError, match="steps"):
        solve_model(model)
    with pytest.raises(UsageError, match="ConcreteModel"):
        solve_model("model")  # type: ignore[arg-type]


def test_tiny_excess_of_a_constant_row_is_no_proof_of_infeasibility() -> None:
    """A constraint on fixed variables that is broken by rounding alone holds."""
    model = pyo.ConcreteModel()
    model.a = pyo.Var(range(2))
    model.x = pyo.Var(bounds=(0, 1))
    model.a[0].fix(0.1)
    model.a[1].fix(0.2)
    model.c = pyo.Constraint(expr=model.a[0] + model.a[1] == 0.3)
    model.o = pyo.Objective(expr=model.x, sense=pyo.maximize)
    assert solve_model(model).objective == pytest.approx(1)
