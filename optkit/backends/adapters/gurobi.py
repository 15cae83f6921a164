"""Gurobi, by its Python package ``gurobipy``."""

from __future__ import annotations

from typing import Any

import gurobipy
import numpy as np
from gurobipy import GRB

from optkit.backends.adapters.session import (
    Adapter,
    AdapterSession,
    Environments,
    finite,
)
from optkit.backends.base import Termination
from optkit.backends.session import RawResult

_TERMINATIONS = {
    GRB.OPTIMAL: Termination.OPTIMAL,
    GRB.INFEASIBLE: Termination.INFEASIBLE,
    GRB.UNBOUNDED: Termination.UNBOUNDED,
    GRB.INF_OR_UNBD: Termination.INFEASIBLE_OR_UNBOUNDED,
    GRB.TIME_LIMIT: Termination.TIME_LIMIT,
    GRB.INTERRUPTED: Termination.INTERRUPTED,
}

_STATUS_NAMES = {
    getattr(GRB.Status, name): name.lower().replace("_", " ")
    for name in dir(GRB.Status)
    if name.isupper()
}


_LICENCE_ERRORS = (
    GRB.Error.NO_LICENSE,
    GRB.Error.SIZE_LIMIT_EXCEEDED,
    GRB.Error.NETWORK,
    GRB.Error.CLOUD,
    GRB.Error.CSWORKER,
    GRB.Error.JOB_REJECTED,
)


_FINEST_TOLERANCE = 1e-6
"""Gurobi's own, for rows. With 1e-8 or less, presolve of Gurobi 13.0 calls wrong solutions
optimal."""


def _environment() -> Any:
    environment = gurobipy.Env(empty=True)
    # Without this the licence is announced on stdout.
    environment.setParam("OutputFlag", 0)
    environment.setParam("LogToConsole", 0)
    environment.start()
    return environment


_ENVIRONMENTS = Environments(_environment)


class GurobiSession(AdapterSession):
    """One solve by Gurobi."""

    label = "gurobi"
    _model: Any = None

    def stop(self) -> None:
        """End the solve at Gurobi's next look."""
        model = self._model
        if model is not None:
            model.terminate()

    def solve(self) -> RawResult:
        """Load the model, solve it, and read the result."""
        try:
            with (
                _ENVIRONMENTS.borrow() as environment,
                gurobipy.Model(env=environment) as model,
            ):
                self._load(model)
                late = self.too_late()
                if late is not None:
                    return late
                self._model = model
                try:
                    model.optimize(self._on_event)
                finally:
                    self._model = None
                return self._result(model)
        except gurobipy.GurobiError as error:
            if error.errno in _LICENCE_ERRORS:
                raise self.no_licence(error) from error
            return RawResult(Termination.ERROR, f"Gurobi: {error}")

    def _load(self, model: Any) -> None:
        request, arrays = self.request, self.request.model
        model.Params.Threads = request.threads
        model.Params.Seed = request.seed % GRB.MAXINT
        model.Params.MIPGap = request.gap
        model.Params.MIPGapAbs = 0.0
        model.Params.FeasibilityTol = max(self.tolerance, _FINEST_TOLERANCE)
        model.Params.IntFeasTol = self.tolerance
        model.Params.OptimalityTol = self.tolerance
        remaining = request.remaining()
        if remaining is not None:
            model.Params.TimeLimit = remaining
        x = model.addMVar(
            arrays.columns,
            lb=arrays.column_lower,
            ub=arrays.column_upper,
            obj=arrays.cost,
            vtype=np.where(arrays.integer, GRB.INTEGER, GRB.CONTINUOUS),
        )
        model.ObjCon = arrays.offset
        # Gurobi has no rows with two different sides.
        low, high = arrays.row_lower, arrays.row_upper
        equal = low == high
        for chosen, sense, right in (
            (equal, "=", high),
            (np.isfinite(high) & ~equal, "<", high),
            (np.isfinite(low) & ~equal, ">", low),
        ):
            if chosen.any():
                model.addMConstr(arrays.matrix[chosen], x, sense, right[chosen])
        start = self.start_values()
        if start is not None:
            values = np.full(arrays.columns, GRB.UNDEFINED)
            values[start[0]] = start[1]
            x.Start = values
        model.update()

    def _on_event(self, model: Any, where: int) -> None:
        stop = self.must_stop
        if where == GRB.Callback.MIPSOL:
            stop = self.news(
                lambda: model.cbGetSolution(model.getVars()),
                model.cbGet(GRB.Callback.MIPSOL_OBJBND),
            )
        elif where == GRB.Callback.MIP:
            stop = self.news(bound=model.cbGet(GRB.Callback.MIP_OBJBND))
        if stop:
            model.terminate()

    def _result(self, model: Any) -> RawResult:
        status = model.Status
        termination = _TERMINATIONS.get(status, Termination.ERROR)
        values = np.array(model.getAttr("X")) if model.SolCount else None
        bound = None
        if self.discrete:
            bound = finite(model.ObjBound)
        elif termination is Termination.OPTIMAL:
            bound = finite(model.ObjVal)
        else:
            values = (
                None  # the point of a linear program that was not solved to its end
            )
        return RawResult(
            termination=termination,
            detail=f"Gurobi: {_STATUS_NAMES.get(status, status)}",
            values=values,
            bound=bound,
            nodes=int(model.NodeCount) if self.discrete else None,
            start=self.start_report(),
        )


class Gurobi(Adapter):
    """Gurobi; its package solves up to 2,000 columns and rows without a licence."""

    name = "gurobi"
    package = "gurobipy"
    session = GurobiSession
