"""Tests of rewriting models in whole numbers for CP-SAT, and of the refusals."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest

from optkit.backends import Termination, solve_model
from optkit.core.errors import UnavailableError


def _model(**bounds: object) -> pyo.ConcreteModel:
    model = pyo.ConcreteModel(name="m")
    model.x = pyo.Var(**bounds)
    model.n = pyo.Var(bounds=(0, 3), domain=pyo.Integers)
    model.c = pyo.Constraint(expr=model.x + model.n <= 2.5)
    model.o = pyo.Objective(expr=model.x + 2 * model.n, sense=pyo.maximize)
    return model


def test_cp_sat_refuses_continuous_variables() -> None:
    """CP-SAT would answer models with continuous variables wrongly, so they are refused."""
    with pytest.raises(UnavailableError, match=r"variable x is continuous.*highs"):
        solve_model(_model(bounds=(0, 1)), "cp-sat")


def test_cp_sat_refuses_unbounded_integers() -> None:
    """CP-SAT would invent a bound, and prove an optimum under it."""
    model = _model(domain=pyo.NonNegativeIntegers)
    with pytest.raises(UnavailableError, match="x has no finite bounds"):
        solve_model(model, "cp-sat")


@pytest.mark.parametrize("coefficient", [2**0.5, 1e-13, 1e17])
@pytest.mark.parametrize("place", ["row", "objective"])
def test_cp_sat_refuses_coefficients_it_would_round(
    coefficient: float, place: str
) -> None:
    """Coefficients without a common unit are refused; the error names their row."""
    model = pyo.ConcreteModel(name="m")
    model.x = pyo.Var(range(3), bounds=(0, 1000), domain=pyo.Integers)
    body = coefficient * model.x[0] + 3 * model.x[1] - 3**0.5 * model.x[2]
    model.row = pyo.Constraint(expr=(body if place == "row" else model.x[0]) <= 5)
    model.objective = pyo.Objective(expr=body if place == "objective" else model.x[0])
    with pytest.raises(UnavailableError, match=place):
        solve_model(model, "cp-sat")


def test_cp_sat_is_exact_on_decimal_coefficients() -> None:
    """0.1 + 0.2 is 0.3 for CP-SAT as for the others: rows are scaled to integers."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(2), bounds=(0, 1000), domain=pyo.Integers)
    model.c = pyo.Constraint(expr=0.1 * model.x[0] + 0.2 * model.x[1] <= 0.3 * 7)
    model.o = pyo.Objective(
        expr=0.07 * model.x[0] + 0.13 * model.x[1] - 1.5, sense=pyo.maximize
    )
    results = [solve_model(model, name) for name in ("highs", "scip", "cp-sat")]
    for result in results:
        assert result.termination is Termination.OPTIMAL
        assert result.objective == pytest.approx(0.07 * 21 - 1.5, abs=1e-9)
        assert result.bound == pytest.approx(0.07 * 21 - 1.5, abs=1e-7)
