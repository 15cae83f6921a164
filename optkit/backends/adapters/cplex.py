"""CPLEX, by its Python package ``cplex``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cplex
import numpy as np
from cplex.callbacks import Context
from cplex.exceptions import CplexError, CplexSolverError

from optkit.backends.adapters.session import (
    Adapter,
    AdapterSession,
    finite,
    sides,
    within,
)
from optkit.backends.base import StartReport, StartStatus, Termination
from optkit.backends.session import Monitor, RawResult, Request

_TERMINATIONS = {
    1: Termination.OPTIMAL,
    2: Termination.UNBOUNDED,
    3: Termination.INFEASIBLE,
    4: Termination.INFEASIBLE_OR_UNBOUNDED,
    11: Termination.TIME_LIMIT,
    13: Termination.INTERRUPTED,
    101: Termination.OPTIMAL,
    102: Termination.OPTIMAL,
    103: Termination.INFEASIBLE,
    107: Termination.TIME_LIMIT,
    108: Termination.TIME_LIMIT,
    113: Termination.INTERRUPTED,
    114: Termination.INTERRUPTED,
    118: Termination.UNBOUNDED,
    119: Termination.INFEASIBLE_OR_UNBOUNDED,
}
"""By CPLEX's solution status."""

_SEARCHED = 101
"""Status of a search that left nothing out; stopping at a gap has another one."""

_SIZE_LIMIT = 1016
_FIRST_LICENCE_ERROR = 32000


class CplexSession(AdapterSession):
    """One solve by CPLEX."""

    label = "cplex"
    _aborter: Any = None

    def __init__(self, request: Request, monitor: Monitor) -> None:
        super().__init__(request, monitor)
        self._log = _Log()

    def stop(self) -> None:
        """End the solve at CPLEX's next look."""
        aborter = self._aborter
        if aborter is not None:
            aborter.abort()

    def solve(self) -> RawResult:
        """Load the model, solve it, and read the result."""
        try:
            with cplex.Cplex() as solver:
                for silence in (
                    solver.set_log_stream,
                    solver.set_warning_stream,
                    solver.set_error_stream,
                ):
                    silence(None)
                solver.set_results_stream(self._log if self.start else None)
                self._load(solver)
                with cplex.Aborter() as aborter:
                    solver.use_aborter(aborter)
                    self._aborter = aborter
                    late = self.too_late()
                    if late is not None:
                        return late
                    try:
                        solver.solve()
                    finally:
                        self._aborter = None
                        solver.remove_aborter()
                return self._result(solver)
        except CplexSolverError as error:
            code = error.args[2] if len(error.args) > 2 else 0
            if code == _SIZE_LIMIT or code >= _FIRST_LICENCE_ERROR:
                raise self.no_licence(error.args[0]) from error
            return RawResult(Termination.ERROR, f"CPLEX: {error}")
        except CplexError as error:
            raise self.no_licence(error) from error

    def _load(self, solver: Any) -> None:
        request, model = self.request, self.request.model
        parameters = solver.parameters
        parameters.threads.set(request.threads)
        parameters.randomseed.set(request.seed)
        parameters.mip.tolerances.mipgap.set(min(request.gap, 1.0))
        parameters.mip.tolerances.absmipgap.set(0.0)
        parameters.mip.tolerances.integrality.set(self.tolerance)
        parameters.simplex.tolerances.feasibility.set(self.tolerance)
        parameters.simplex.tolerances.optimality.set(self.tolerance)
        remaining = request.remaining()
        if remaining is not None:
            parameters.timelimit.set(remaining)
        # A list of types, even of continuous ones, would make it a mixed-integer program.
        types = "".join(np.where(model.integer, "I", "C")) if self.discrete else ""
        solver.variables.add(
            obj=model.cost.tolist(),
            lb=within(model.column_lower, cplex.infinity).tolist(),
            ub=within(model.column_upper, cplex.infinity).tolist(),
            types=types,
        )
        solver.objective.set_offset(model.offset)
        rows = sides(model)
        held = np.flatnonzero(np.array(rows.kinds) != "N")
        # CPLEX has no free rows; it counts a range from the right side, downwards if the
        # range is negative.
        solver.linear_constraints.add(
            rhs=rows.right[held].tolist(),
            senses="".join(rows.kinds[i] for i in held),
            range_values=(-rows.width[held]).tolist(),
        )
        entries = model.matrix[held].tocoo()
        if entries.nnz:
            solver.linear_constraints.set_coefficients(
                zip(
                    entries.coords[0].tolist(),
                    entries.coords[1].tolist(),
                    entries.data.tolist(),
                    strict=True,
                )
            )
        start = self.start_values()
        if start is not None:
            solver.MIP_starts.add(
                [start[0].tolist(), start[1].tolist()],
                solver.MIP_starts.effort_level.auto,
            )
        if self.discrete:
            solver.set_callback(self, Context.id.global_progress)

    def invoke(self, context: Any) -> None:
        """Take CPLEX's news; it calls this method by its name."""
        best = context.get_double_info(Context.info.best_solution)
        known = self.monitor.objective
        values = None
        if abs(best) < cplex.infinity and (known is None or best < known):
            values = context.get_incumbent
        if self.news(values, context.get_double_info(Context.info.best_bound)):
            context.abort()

    def _result(self, solver: Any) -> RawResult:
        solution = solver.solution
        status = solution.get_status()
        termination = _TERMINATIONS.get(status, Termination.ERROR)
        values, bound = None, None
        if solution.is_primal_feasible() and termination is not Termination.UNBOUNDED:
            values = np.array(solution.get_values())
        if self.discrete:
            if status == _SEARCHED:
                # CPLEX does not raise its bound when a cutoff ends the search.
                bound = finite(solution.get_objective_value())
            elif termination is not Termination.INFEASIBLE:
                bound = _best_bound(solution)
        elif termination is Termination.OPTIMAL:
            bound = finite(solution.get_objective_value())
        else:
            values = (
                None  # the point of a linear program that was not solved to its end
            )
        return RawResult(
            termination=termination,
            detail=f"CPLEX: {solution.get_status_string()}",
            values=values,
            bound=bound,
            nodes=solution.progress.get_num_nodes_processed()
            if self.discrete
            else None,
            start=self.start_report(),
        )

    def start_report(self) -> StartReport | None:
        """Judge by CPLEX's log whether it took the start."""
        start = self.start
        if start is None or not (start.complete and self._log.took_start):
            return None
        detail = "CPLEX took it as a solution"
        return replace(start.report, status=StartStatus.ACCEPTED, detail=detail)


class _Log:
    """CPLEX's messages, of which only one is read.

    CPLEX passes on its start as a solution only if nothing better comes at once.
    """

    took_start = False

    def write(self, text: str) -> None:
        """Look for the message that a start was taken."""
        if "defined initial solution" in text:
            self.took_start = True

    def flush(self) -> None:
        """Do nothing: nothing is kept."""


def _best_bound(solution: Any) -> float | None:
    """Return the bound; None if CPLEX has none, for example because it just began."""
    try:
        return finite(solution.MIP.get_best_objective())
    except CplexSolverError:
        return None


class Cplex(Adapter):
    """CPLEX; its package solves up to 1,000 columns and rows without a licence."""

    name = "cplex"
    package = "cplex"
    session = CplexSession
