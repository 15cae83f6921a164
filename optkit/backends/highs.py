"""HiGHS, called directly through highspy."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from optkit.backends.base import Capability, StartReport, StartStatus, Termination
from optkit.backends.linear import LinearModel
from optkit.backends.session import Monitor, Outcome, Request, Session
from optkit.backends.starts import ACCEPTED_BREACH, VerifiedStart
from optkit.core.errors import OptkitError

_core = highspy._core
_Callback = _core.cb.HighsCallbackType
_Status = _core.HighsModelStatus

_CLAIMS = {
    _Status.kOptimal: Termination.OPTIMAL,
    _Status.kInfeasible: Termination.INFEASIBLE,
    _Status.kUnbounded: Termination.UNBOUNDED,
    _Status.kUnboundedOrInfeasible: Termination.INFEASIBLE_OR_UNBOUNDED,
    _Status.kTimeLimit: Termination.TIME_LIMIT,
    _Status.kInterrupt: Termination.INTERRUPTED,
}

_FEASIBLE_POINT = 2
"""HiGHS' ``kSolutionStatusFeasible``."""

_COMPLETION_SHARE = 0.1
"""Part of the time that is left which may go into completing a start."""

_COMPLETION_SECONDS = 10.0
"""At most so long, s."""


class Highs:
    """HiGHS: linear and mixed-integer linear models."""

    name = "highs"
    package = "highspy"
    capabilities = frozenset(
        {
            Capability.CONTINUOUS,
            Capability.INTEGER,
            Capability.UNBOUNDED_INTEGERS,
            Capability.REAL_COEFFICIENTS,
            Capability.START,
            Capability.PARTIAL_START,
            Capability.THREADS,
            Capability.INCUMBENTS,
            Capability.BOUNDS,
        }
    )

    def refuse(self, model: LinearModel, tolerance: float) -> str | None:
        """HiGHS takes every linear model."""
        return None

    def open(self, request: Request, monitor: Monitor) -> Session:
        """Prepare a solve."""
        return HighsSession(request, monitor)


class HighsSession:
    """One solve by HiGHS.

    Parameters
    ----------
    request
        What to solve, and how long.
    monitor
        Is told of solutions and bounds.
    """

    def __init__(self, request: Request, monitor: Monitor) -> None:
        self.request = request
        self.monitor = monitor
        self.stopped = False
        self.failure: BaseException | None = None

    def interrupt(self) -> None:
        """Make the next callback of HiGHS end the solve."""
        self.stopped = True

    def run(self) -> Outcome:
        """Solve."""
        try:
            return self._run()
        finally:
            # The scheduler belongs to this thread, which ends now; its worker threads
            # would otherwise end some time later.
            _core._Highs.resetGlobalScheduler(True)

    def _run(self) -> Outcome:
        request = self.request
        report = None
        start = request.start
        discrete = bool(request.model.integer.any())
        if start is not None and not discrete:
            report = replace(
                start.report,
                status=StartStatus.REFUSED,
                detail="HiGHS cannot start a linear program from a point",
            )
            start = None
        if start is not None and not start.complete:
            start, report = self._complete(start)
        solver = self._load(request.model, request.remaining())
        if start is not None and start.values is not None:
            point = _core.HighsSolution()
            point.col_value = start.values.tolist()
            _check(solver.setSolution(point), "setSolution")
        self._subscribe(solver, self._on_event)
        solver.run()
        if self.failure is not None:
            raise self.failure
        if start is not None and start.values is not None and report is None:
            report = self._report(start)
        return _outcome(solver, discrete, report)

    def _load(self, model: LinearModel, seconds: float | None) -> Any:
        """Return a HiGHS object that holds the model and the options."""
        request = self.request
        solver = _core._Highs()
        options: dict[str, Any] = {
            "output_flag": False,
            "threads": request.threads,
            "parallel": "off" if request.threads == 1 else "on",
            "random_seed": request.seed,
            "mip_rel_gap": request.gap,
            "mip_abs_gap": 0.0,
            "mip_feasibility_tolerance": request.tolerance,
            "primal_feasibility_tolerance": request.tolerance,
        }
        if _presolve_is_wrong(solver, model):
            options["presolve"] = "off"
        if seconds is not None:
            options["time_limit"] = seconds
        for name, value in options.items():
            _check(solver.setOptionValue(name, value), f"option {name} = {value}")
        _check(solver.passModel(_highs_lp(model)), "passModel")
        return solver

    def _subscribe(self, solver: Any, handler: Any) -> None:
        solver.setCallback(handler, None)
        for kind in (
            _Callback.kCallbackMipImprovingSolution,
            _Callback.kCallbackMipInterrupt,
            _Callback.kCallbackSimplexInterrupt,
            _Callback.kCallbackIpmInterrupt,
        ):
            solver.startCallback(kind)

    def _on_event(self, kind: Any, message: str, out: Any, back: Any, _: Any) -> None:
        """Pass news on, and the wish to stop back."""
        # An exception must not travel through HiGHS' own frames.
        try:
            if kind == _Callback.kCallbackMipImprovingSolution:
                self.monitor.offer(np.array(out.mip_solution, dtype=np.float64))
                self.monitor.raise_bound(out.mip_dual_bound)
            elif kind == _Callback.kCallbackMipInterrupt:
                self.monitor.raise_bound(out.mip_dual_bound)
        except BaseException as error:
            self.failure = error
            self.stopped = True
        self._pass_on_stop(back)

    def _pass_on_stop(self, back: Any) -> None:
        if back is not None and (self.stopped or self.monitor.halted is not None):
            back.user_interrupt = True

    def _complete(self, start: VerifiedStart) -> tuple[VerifiedStart | None, Any]:
        """Find values for what a start leaves open, by a small solve of its own.

        HiGHS can do so itself, but then reports bounds of that small problem as if
        they were bounds of the model.
        """
        model = self.request.model
        assert start.values is not None
        known = ~np.isnan(start.values)
        restricted = replace(
            model,
            column_lower=np.where(known, start.values, model.column_lower),
            column_upper=np.where(known, start.values, model.column_upper),
        )
        remaining = self.request.remaining()
        seconds = _COMPLETION_SECONDS
        if remaining is not None:
            seconds = min(seconds, _COMPLETION_SHARE * remaining)
        solver = self._load(restricted, seconds)
        # The first solution will do: improving it is the main solve's task.
        _check(solver.setOptionValue("mip_max_improving_sols", 1), "one solution")
        self._subscribe(solver, self._only_stop)
        solver.run()
        point = _point(solver)
        if point is not None:
            point = model.rounded(point)
            if model.worst_breach(point).amount <= ACCEPTED_BREACH:
                self.monitor.offer(point, by_solver=False)
                report = StartReport(
                    StartStatus.COMPLETED,
                    f"{start.report.detail}; HiGHS found the others",
                    start.report.given,
                    model.in_sense_of_model(model.evaluate(point)),
                )
                return VerifiedStart(point, True, report), report
        if solver.getModelStatus() == _Status.kInfeasible:
            reason = "no solution of the model has these values"
        else:
            reason = f"HiGHS found no values for the others within {seconds:.3g} s"
        detail = f"{start.report.detail}; {reason}"
        return None, replace(start.report, status=StartStatus.REFUSED, detail=detail)

    def _only_stop(self, kind: Any, message: str, out: Any, back: Any, _: Any) -> None:
        self._pass_on_stop(back)

    def _report(self, start: VerifiedStart) -> StartReport:
        """Tell from HiGHS' first solution whether it took the start."""
        first = self.monitor.first
        integer = self.request.model.integer
        if first is None or start.values is None:
            return start.report
        if not np.array_equal(first[integer], start.values[integer]):
            return start.report
        detail = "it is HiGHS' first solution"
        return replace(start.report, status=StartStatus.ACCEPTED, detail=detail)


def _highs_lp(model: LinearModel) -> Any:
    """Return the model in HiGHS' own form."""
    lp = _core.HighsLp()
    lp.num_col_, lp.num_row_ = model.columns, model.rows
    lp.col_cost_, lp.offset_ = model.cost, model.offset
    lp.col_lower_, lp.col_upper_ = model.column_lower, model.column_upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = _core.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = model.columns, model.rows
    lp.a_matrix_.start_ = model.matrix.indptr
    lp.a_matrix_.index_ = model.matrix.indices
    lp.a_matrix_.value_ = model.matrix.data
    if model.integer.any():
        kinds = (_core.HighsVarType.kContinuous, _core.HighsVarType.kInteger)
        lp.integrality_ = [kinds[integer] for integer in model.integer.tolist()]
    return lp


def _presolve_is_wrong(solver: Any, model: LinearModel) -> bool:
    """Say whether presolve of this version must not see this model.

    HiGHS 1.14 calls wrong values of mixed-integer models optimal: presolve's stuffing
    of singleton columns does not recompute a row once it has met an integer column
    that it cannot use (ERGO-Code/HiGHS issues 2957, 3043, 3073). Models whose variables
    are all integer, or all continuous, are not affected.
    """
    version = (solver.versionMajor(), solver.versionMinor())
    mixed = bool(model.integer.any()) and not bool(model.integer.all())
    return mixed and version == (1, 14)


def _check(status: Any, what: str) -> None:
    """Refuse to go on after HiGHS refused something."""
    if status == _core.HighsStatus.kError:
        raise OptkitError(f"HiGHS refused {what}")


def _point(solver: Any) -> NDArray[np.float64] | None:
    """Return HiGHS' point if HiGHS calls it feasible."""
    if solver.getInfo().primal_solution_status != _FEASIBLE_POINT:
        return None
    return np.array(solver.getSolution().col_value, dtype=np.float64)


def _outcome(solver: Any, discrete: bool, report: StartReport | None) -> Outcome:
    """Read HiGHS' claims."""
    status = solver.getModelStatus()
    info = solver.getInfo()
    claim = _CLAIMS.get(status, Termination.ERROR)
    bound = None
    if discrete:
        bound = info.mip_dual_bound
    elif claim is Termination.OPTIMAL:
        bound = info.objective_function_value
    if bound is not None and not math.isfinite(bound):
        bound = None
    return Outcome(
        claim=claim,
        detail=f"HiGHS: {solver.modelStatusToString(status)}",
        values=_point(solver),
        bound=bound,
        nodes=max(0, int(info.mip_node_count)) if discrete else None,
        start=report,
    )
