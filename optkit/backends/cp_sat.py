"""CP-SAT as a backend, for models in bounded integers only."""

from __future__ import annotations

from typing import Any

import numpy as np
from ortools.math_opt.python import mathopt

from optkit.backends.base import Capability, Termination
from optkit.backends.integer_form import (
    LARGEST,
    IntegerForm,
    NotIntegerError,
    integer_form,
)
from optkit.backends.linear import LinearModel
from optkit.backends.mathopt import MathOptSession, to_proto
from optkit.backends.session import Monitor, RawResult, Request, Session


class CpSat:
    """CP-SAT: models whose variables are bounded integers.

    Everything else is refused. CP-SAT would accept other models, round their continuous
    variables and coefficients to a grid of its own choice, and call wrong values optimal.
    """

    name = "cp-sat"
    package = "ortools"
    loose = False
    capabilities = frozenset(
        {
            Capability.INTEGER,
            Capability.START,
            Capability.PARTIAL_START,
            Capability.THREADS,
            Capability.INCUMBENTS,
            Capability.BOUNDS,
        }
    )

    def refuse(self, model: LinearModel, tolerance: float) -> str | None:
        """Return why the model cannot be written in bounded integers; None if it can."""
        try:
            integer_form(model, tolerance)
        except NotIntegerError as error:
            return f"{error}; CP-SAT is exact on bounded integers only"
        return None

    def open(self, request: Request, monitor: Monitor) -> Session:
        """Prepare a solve."""
        form = integer_form(request.model, request.tolerance)
        return CpSatSession(request, monitor, form)


class CpSatSession(MathOptSession):
    """One solve by CP-SAT.

    Parameters
    ----------
    request
        The model to solve, and the limits.
    monitor
        Receives solutions and bounds.
    form
        The model in integers.
    """

    solver_type = mathopt.SolverType.CP_SAT
    label = "CP-SAT"
    counts_nodes = False
    reports_bounds = True
    accepted_line = "The solution hint is complete and is feasible"

    def __init__(self, request: Request, monitor: Monitor, form: IntegerForm) -> None:
        super().__init__(request, monitor)
        self.form = form

    def run(self) -> RawResult:
        """Solve."""
        row = self.form.empty_row
        if row is not None:
            # MathOpt refuses a row whose bounds have crossed.
            name = self.request.model.constraints[row].name
            return RawResult(
                Termination.INFEASIBLE,
                f"no integer lies between the bounds of constraint {name}",
            )
        return super().run()

    def model_proto(self) -> Any:
        """Return the model in MathOpt's form, its objective in integers."""
        form = self.form
        return to_proto(
            form.matrix,
            (form.row_lower, form.row_upper),
            (form.column_lower, form.column_upper),
            np.ones(self.request.model.columns, dtype=np.bool_),
            form.cost,
            0.0,
        )

    def parameters(self) -> Any:
        """Return CP-SAT's parameters; the monitor stops it at the requested gap."""
        # CP-SAT measures its gap against max(1, objective) in its own units.
        parameters = mathopt.SolveParameters(
            threads=self.request.threads,
            random_seed=self.request.seed,
            relative_gap_tolerance=0.0,
            absolute_gap_tolerance=0.0,
        )
        # By default CP-SAT silently cuts variables off at 1e7.
        parameters.cp_sat.mip_max_bound = float(LARGEST)
        return parameters

    def events(self) -> set[Any]:
        """Return the events of new solutions and new bounds."""
        return {mathopt.Event.MIP_SOLUTION, mathopt.Event.MIP}

    def model_bound(self, bound: float) -> float:
        """Turn a bound on the integer objective into one on the model's objective."""
        return bound / self.form.scale + self.request.model.offset
