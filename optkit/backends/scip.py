"""SCIP, as OR-Tools ships it."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

import ortools
from ortools.math_opt.python import mathopt

from optkit.backends.base import Capability
from optkit.backends.linear import LinearModel
from optkit.backends.mathopt import MathOptSession, to_proto
from optkit.backends.session import Monitor, Request, Session

_FINEST_TOLERANCE = 1e-9
"""SCIP takes numbers nearer than this for equal, whatever its tolerance is."""


class Scip:
    """SCIP: linear and mixed-integer linear models, on one thread."""

    name = "scip"
    package = "ortools"
    loose = False
    capabilities = frozenset(
        {
            Capability.CONTINUOUS,
            Capability.INTEGER,
            Capability.UNBOUNDED_INTEGERS,
            Capability.REAL_COEFFICIENTS,
            Capability.START,
            Capability.PARTIAL_START,
            Capability.INCUMBENTS,
        }
    )

    def refuse(self, model: LinearModel, tolerance: float) -> str | None:
        """Return None: SCIP solves every linear model."""
        return None

    def open(self, request: Request, monitor: Monitor) -> Session:
        """Prepare a solve."""
        silence_errors()
        return ScipSession(request, monitor)


class ScipSession(MathOptSession):
    """One solve by SCIP."""

    solver_type = mathopt.SolverType.GSCIP
    label = "SCIP"
    counts_nodes = True
    # While SCIP looks at a start, MathOpt reports a bound of zero that SCIP has not got.
    reports_bounds = False
    accepted_line = "feasible solution given by solution candidate storage"

    def model_proto(self) -> Any:
        """Return the model in MathOpt's form."""
        model = self.request.model
        return to_proto(
            model.matrix,
            (model.row_lower, model.row_upper),
            (model.column_lower, model.column_upper),
            model.integer,
            model.cost,
            model.offset,
        )

    def parameters(self) -> Any:
        """Return SCIP's parameters."""
        request = self.request
        parameters = mathopt.SolveParameters(
            threads=1,
            random_seed=request.seed,
            relative_gap_tolerance=request.gap,
            absolute_gap_tolerance=0.0,
        )
        tolerance = max(request.tolerance, _FINEST_TOLERANCE)
        parameters.gscip.real_params["numerics/feastol"] = tolerance
        # Python handles Ctrl-C; SCIP's own handler would replace Python's.
        parameters.gscip.bool_params["misc/catchctrlc"] = False
        return parameters

    def events(self) -> set[Any]:
        """Return the event of a new solution, if solutions must be reported."""
        # Reporting makes SCIP half as slow again on small models.
        if self.request.wants_incumbents:
            return {mathopt.Event.MIP_SOLUTION}
        return set()


@cache
def silence_errors() -> None:
    """Keep SCIP from writing on stderr.

    MathOpt's interrupter subscribes to a kind of event that SCIP 10 does not know, and
    SCIP then writes two lines on stderr at every solve. Interrupting works
    nevertheless, and errors that matter come back as MathOpt's status. If OR-Tools does
    not ship SCIP as a separate library, the lines stay.
    """
    libraries = Path(ortools.__file__).parent / ".libs"
    for path in sorted(libraries.glob("libscip*")):
        function = getattr(ctypes.CDLL(str(path)), "SCIPmessageSetErrorPrinting", None)
        if function is not None:
            function(None, None)
