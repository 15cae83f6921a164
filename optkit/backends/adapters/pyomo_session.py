"""One solve by Pyomo's interface; it runs in a process of its own."""

from __future__ import annotations

import logging
import math
import time
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from optkit.backends.adapters.session import AdapterSession
from optkit.backends.base import Termination
from optkit.backends.linear import LinearModel
from optkit.backends.session import Monitor, RawResult, Request
from optkit.core.errors import UnavailableError

_GAP_OPTIONS = {
    "cbc": ("ratioGap", "allowableGap"),
    "glpk": ("mipgap", None),
    "scip": ("limits/gap", "limits/absgap"),
    "highs": ("mip_rel_gap", "mip_abs_gap"),
    "gurobi": ("MIPGap", "MIPGapAbs"),
    "cplex": ("mip_tolerances_mipgap", "mip_tolerances_absmipgap"),
    "xpress": ("miprelstop", "mipabsstop"),
}
"""Options of a relative and an absolute gap, by a part of the solver's name.

The last digits of a bound are worthless if a solver stops at a gap of its own choice.
"""

_ENDING_SECONDS = 0.2
"""Time that is kept for reading the answer, s."""

_Condition = pyo.TerminationCondition

_TERMINATIONS = {
    _Condition.optimal: Termination.OPTIMAL,
    _Condition.globallyOptimal: Termination.OPTIMAL,
    _Condition.infeasible: Termination.INFEASIBLE,
    _Condition.unbounded: Termination.UNBOUNDED,
    _Condition.infeasibleOrUnbounded: Termination.INFEASIBLE_OR_UNBOUNDED,
    _Condition.maxTimeLimit: Termination.TIME_LIMIT,
}


class PyomoSession(AdapterSession):
    """One solve by a solver that Pyomo calls.

    Parameters
    ----------
    request, monitor
        The solve.
    solver
        The solver's name in Pyomo.
    """

    def __init__(self, request: Request, monitor: Monitor, solver: str) -> None:
        super().__init__(request, monitor)
        self._solver = solver

    def stop(self) -> None:
        """Do nothing: the whole process is ended."""

    def solve(self) -> RawResult:
        """Build the model, have it solved, and read the result."""
        logging.getLogger("pyomo").setLevel(logging.CRITICAL)
        began = time.monotonic()
        solver = self._find()
        model = pyomo_model(self.request.model)
        arguments: dict[str, Any] = {"load_solutions": False}
        remaining = self.request.remaining()
        if remaining is not None:
            # Writing the model takes Pyomo about as long as building it has. Some solvers
            # get whole seconds only.
            left = remaining - (time.monotonic() - began) - _ENDING_SECONDS
            arguments["timelimit"] = max(1, math.floor(left))
        exact = self._set_gap(solver) or not self.discrete
        try:
            results = solver.solve(model, **arguments)
        except Exception as error:  # every interface raises errors of its own
            return RawResult(Termination.ERROR, self._words(error))
        return self._result(model, results, exact)

    def _find(self) -> Any:
        """Return Pyomo's interface of the solver."""
        try:
            solver = pyo.SolverFactory(self._solver)
            available = bool(solver.available(exception_flag=False))
        except Exception as error:  # an interface whose package is damaged
            raise UnavailableError(
                f"backend pyomo:{self._solver} cannot be used: {error}"
            ) from error
        if not available:
            raise UnavailableError(
                f"backend pyomo:{self._solver}: Pyomo finds no solver {self._solver!r}"
                " here (or no licence for it). Install it, or take the backend highs."
            )
        return solver

    def _set_gap(self, solver: Any) -> bool:
        """Tell the solver the gap; return whether that is possible."""
        for part, (relative, absolute) in _GAP_OPTIONS.items():
            if part in self._solver:
                solver.options[relative] = self.request.gap
                if absolute is not None:
                    solver.options[absolute] = 0.0
                return True
        return False

    def _result(self, model: Any, results: Any, exact: bool) -> RawResult:
        condition = results.solver.termination_condition
        termination = _TERMINATIONS.get(condition, Termination.ERROR)
        words = [str(condition)]
        message = results.solver.message
        if isinstance(message, str) and message:
            words.append(message)
        values, bound = None, None
        if termination not in (Termination.INFEASIBLE, Termination.UNBOUNDED):
            values = _values(model, results)
        if termination is Termination.OPTIMAL and values is not None:
            if exact:
                bound = _bound(model, results)
            else:
                words.append("its gap is not known, so its optimum is not proven")
        return RawResult(termination, self._words(*words), values, bound)

    def _words(self, *parts: object) -> str:
        text = "; ".join(" ".join(str(part).split()) for part in parts)
        return f"Pyomo, {self._solver}: {text}"


def pyomo_model(arrays: LinearModel) -> Any:
    """Return a linear model as Pyomo's: variables ``x``, constraints ``rows``, ``goal``."""

    def side(value: float) -> float | None:
        return value if math.isfinite(value) else None

    model = pyo.ConcreteModel()
    model.x = pyo.Var(
        range(arrays.columns),
        domain=lambda _, j: pyo.Integers if arrays.integer[j] else pyo.Reals,
        bounds=lambda _, j: (
            side(arrays.column_lower.item(j)),
            side(arrays.column_upper.item(j)),
        ),
    )
    columns = list(model.x.values())
    matrix = arrays.matrix
    model.rows = pyo.ConstraintList()
    for i in range(arrays.rows):
        lower, upper = side(arrays.row_lower.item(i)), side(arrays.row_upper.item(i))
        entries = slice(matrix.indptr[i], matrix.indptr[i + 1])
        if entries.start == entries.stop or (lower is None and upper is None):
            continue  # a row without columns holds: solve_model has looked
        body = LinearExpression(
            linear_coefs=matrix.data[entries].tolist(),
            linear_vars=[columns[j] for j in matrix.indices[entries]],
        )
        equal = lower is not None and lower == upper
        model.rows.add(body == lower if equal else (lower, body, upper))
    used = np.flatnonzero(arrays.cost)
    model.goal = pyo.Objective(
        expr=LinearExpression(
            constant=arrays.offset,
            linear_coefs=arrays.cost[used].tolist(),
            linear_vars=[columns[j] for j in used],
        )
    )
    return model


def _values(model: Any, results: Any) -> Any:
    """Return the values of all columns, shape (columns,); None if there is no solution."""
    loader = getattr(results, "solution_loader", None)
    try:
        if loader is not None:
            loader.load_vars()
        else:
            model.solutions.load_from(results)
    except Exception:  # every interface has its own way of saying that there is none
        return None
    values = [variable.value for variable in model.x.values()]
    if all(value is None for value in values):
        return None
    # Columns in no row and not in the objective are not written; any value will do.
    return np.array(
        [
            _nearest_to_zero(variable) if value is None else float(value)
            for variable, value in zip(model.x.values(), values, strict=True)
        ]
    )


def _nearest_to_zero(variable: Any) -> float:
    low, high = variable.bounds
    value = 0.0 if low is None else max(0.0, low)
    return float(value if high is None else min(value, high))


def _bound(model: Any, results: Any) -> float:
    """Return the bound that an exact search has proved.

    Where Pyomo passes on none, or none that can be, it is the optimum.
    """
    objective = float(pyo.value(model.goal))
    try:
        bound = float(results.problem.lower_bound)
    except (TypeError, ValueError):
        return objective
    return bound if math.isfinite(bound) and bound < objective else objective
