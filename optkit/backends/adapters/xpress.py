"""FICO Xpress, by its Python package ``xpress``."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import xpress

from optkit.backends.adapters.isolation import ENDING_SECONDS
from optkit.backends.adapters.session import (
    AdapterSession,
    finite,
    sides,
    within,
)
from optkit.backends.base import Termination
from optkit.backends.session import RawResult

_TERMINATIONS = {
    xpress.SolStatus.OPTIMAL: Termination.OPTIMAL,
    xpress.SolStatus.INFEASIBLE: Termination.INFEASIBLE,
    xpress.SolStatus.UNBOUNDED: Termination.UNBOUNDED,
}

_STOPS = {
    xpress.StopType.TIMELIMIT: Termination.TIME_LIMIT,
    xpress.StopType.USER: Termination.INTERRUPTED,
    xpress.StopType.CTRLC: Termination.INTERRUPTED,
}

_LICENCE_WORDS = ("licen", "too many rows and columns")
"""Parts of Xpress' messages of a missing licence, or of one for smaller models."""

_SEARCHED = (
    xpress.MIPStatus.NO_SOL_FOUND,
    xpress.MIPStatus.SOLUTION,
    xpress.MIPStatus.OPTIMAL,
)


class XpressSession(AdapterSession):
    """One solve by Xpress."""

    label = "xpress"

    def stop(self) -> None:
        """Do nothing: the whole process is ended."""

    def solve(self) -> RawResult:
        """Load the model, solve it, and read the result."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                problem = xpress.problem()
        except (xpress.InterfaceError, xpress.ModelError, xpress.SolverError) as error:
            raise self.no_licence(error) from error
        try:
            self._load(problem)
            problem.optimize()
            return self._result(problem)
        except (xpress.InterfaceError, xpress.ModelError, xpress.SolverError) as error:
            if any(words in str(error).lower() for words in _LICENCE_WORDS):
                raise self.no_licence(error) from error
            return RawResult(Termination.ERROR, f"Xpress: {error}")

    def _load(self, problem: Any) -> None:
        request, model = self.request, self.request.model
        problem.setOutputEnabled(False)
        controls = problem.controls
        controls.threads = request.threads
        controls.randomseed = request.seed
        # Xpress measures the gap otherwise; the monitor stops it at the requested one.
        controls.miprelstop = 0.0
        controls.mipabsstop = 0.0
        # By default Xpress looks only for solutions that are better by 1e-5.
        controls.mipaddcutoff = 0.0
        controls.feastol = self.tolerance
        controls.miptol = self.tolerance
        controls.optimalitytol = self.tolerance
        remaining = request.remaining()
        if remaining is not None:
            controls.timelimit = max(1e-3, 0.97 * remaining - ENDING_SECONDS)
        rows = sides(model)
        matrix = model.matrix.tocsc()
        arrays: dict[str, Any] = {
            "rowtype": rows.kinds,
            "rhs": rows.right,
            "rng": rows.width,
            "objcoef": model.cost,
            "start": matrix.indptr,
            "rowind": matrix.indices,
            "rowcoef": matrix.data,
            "lb": within(model.column_lower, xpress.infinity),
            "ub": within(model.column_upper, xpress.infinity),
        }
        whole = np.flatnonzero(model.integer)
        if self.discrete:
            problem.loadMIP(**arrays, coltype=["I"] * len(whole), entind=whole)
        else:
            problem.loadLP(**arrays)
        problem.chgObj([-1], [-model.offset])
        start = self.start_values()
        if start is not None:
            problem.addMipSol(start[1], start[0])
        if self.discrete:
            problem.addIntsolCallback(self._on_solution, None)
            problem.addCheckTimeCallback(self._on_time, None)

    def _on_solution(self, problem: Any, _: Any) -> None:
        if self.news(problem.getCallbackSolution, _bound(problem.attributes)):
            problem.interrupt(xpress.StopType.USER)

    def _on_time(self, problem: Any, _: Any) -> None:
        if self.news(bound=_bound(problem.attributes)):
            problem.interrupt(xpress.StopType.USER)

    def _result(self, problem: Any) -> RawResult:
        attributes = problem.attributes
        status, stop = attributes.solstatus, xpress.StopType(attributes.stopstatus)
        termination = _TERMINATIONS.get(status, _STOPS.get(stop, Termination.ERROR))
        found = (xpress.SolStatus.OPTIMAL, xpress.SolStatus.FEASIBLE)
        values, bound = None, None
        if status in found and (self.discrete or status is xpress.SolStatus.OPTIMAL):
            values = np.array(problem.getSolution())
        if self.discrete:
            bound = finite(_bound(attributes))
        elif termination is Termination.OPTIMAL:
            bound = finite(attributes.objval)
        return RawResult(
            termination=termination,
            detail=f"Xpress: {status.name.lower()}, {stop.name.lower()}",
            values=values,
            bound=bound,
            nodes=int(attributes.nodes) if self.discrete else None,
            start=self.start_report(),
        )


def _bound(attributes: Any) -> float | None:
    """Return the bound; None before the search, when Xpress shows a zero."""
    searched = attributes.mipstatus in _SEARCHED
    return float(attributes.bestbound) if searched else None
