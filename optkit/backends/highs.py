"""HiGHS as a backend."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import highspy
import numpy as np

from optkit.backends.base import Capability, StartReport, StartStatus, Termination
from optkit.backends.direct import (
    check_status,
    feasible_point,
    new_solver,
    pass_program,
    proven_bound,
    run,
    set_callback,
    set_options,
    set_start,
)
from optkit.backends.linear import LinearModel
from optkit.backends.session import Monitor, RawResult, Request, Session
from optkit.backends.starts import VerifiedStart, accepted_as_first_point
from optkit.backends.tolerances import ACCEPTED_BREACH

_core = highspy._core
_Callback = _core.cb.HighsCallbackType
_Status = _core.HighsModelStatus

_TERMINATIONS = {
    _Status.kOptimal: Termination.OPTIMAL,
    _Status.kInfeasible: Termination.INFEASIBLE,
    _Status.kUnbounded: Termination.UNBOUNDED,
    _Status.kUnboundedOrInfeasible: Termination.INFEASIBLE_OR_UNBOUNDED,
    _Status.kTimeLimit: Termination.TIME_LIMIT,
    _Status.kInterrupt: Termination.INTERRUPTED,
}

_COMPLETION_SHARE = 0.1
"""Share of the remaining time that may be spent on completing a start."""

_COMPLETION_SECONDS = 10.0
"""Most time that may be spent on completing a start, s."""


class Highs:
    """HiGHS: linear and mixed-integer linear models."""

    name = "highs"
    package = "highspy"
    loose = False
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
        """Return None: HiGHS solves every linear model."""
        return None

    def open(self, request: Request, monitor: Monitor) -> Session:
        """Prepare a solve."""
        return HighsSession(request, monitor)


class HighsSession:
    """One solve by HiGHS.

    Parameters
    ----------
    request
        The model to solve, and the limits.
    monitor
        Receives solutions and bounds.
    """

    def __init__(self, request: Request, monitor: Monitor) -> None:
        self.request = request
        self.monitor = monitor
        self.stopped = False
        self.failure: BaseException | None = None

    def interrupt(self) -> None:
        """Make the next callback of HiGHS end the solve."""
        self.stopped = True

    def run(self) -> RawResult:
        """Solve."""
        try:
            return self._run()
        finally:
            # The scheduler belongs to this thread, which ends now. Without the reset
            # its worker threads would end some time later.
            _core._Highs.resetGlobalScheduler(True)

    def _run(self) -> RawResult:
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
            set_start(solver, start.values)
        set_callback(solver, self._on_event, improving=True)
        run(solver)
        if self.failure is not None:
            raise self.failure
        if start is not None and start.values is not None and report is None:
            report = accepted_as_first_point(
                start, self.monitor.first_point, request.model.integer, "HiGHS"
            )
        return _raw_result(solver, discrete, report)

    def _load(self, model: LinearModel, seconds: float | None) -> Any:
        """Return a HiGHS object that holds the model and the options."""
        request = self.request
        solver = new_solver(
            threads=request.threads,
            parallel="off" if request.threads == 1 else "on",
            random_seed=request.seed,
            mip_rel_gap=request.gap,
            mip_abs_gap=0.0,
            mip_feasibility_tolerance=request.tolerance,
            primal_feasibility_tolerance=request.tolerance,
        )
        if _presolve_is_wrong(solver, model):
            set_options(solver, presolve="off")
        if seconds is not None:
            set_options(solver, time_limit=seconds)
        status = pass_program(
            solver,
            cost=model.cost,
            column_lower=model.column_lower,
            column_upper=model.column_upper,
            row_lower=model.row_lower,
            row_upper=model.row_upper,
            start=model.matrix.indptr,
            index=model.matrix.indices,
            values=model.matrix.data,
            integer=model.integer,
            offset=model.offset,
        )
        check_status(status, "the model")
        return solver

    def _on_event(self, kind: Any, message: str, out: Any, back: Any, _: Any) -> None:
        """Pass news to the monitor; tell HiGHS whether to stop."""
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
        """Find the values that a start leaves open, in a separate small solve.

        HiGHS can do so itself, but then reports bounds of that small problem as if
        they were bounds of the model.
        """
        model = self.request.model
        assert start.values is not None
        has_value = ~np.isnan(start.values)
        restricted = replace(
            model,
            column_lower=np.where(has_value, start.values, model.column_lower),
            column_upper=np.where(has_value, start.values, model.column_upper),
        )
        remaining = self.request.remaining()
        seconds = _COMPLETION_SECONDS
        if remaining is not None:
            seconds = min(seconds, _COMPLETION_SHARE * remaining)
        solver = self._load(restricted, seconds)
        # The first solution is enough: improving it is the main solve's task.
        set_options(solver, mip_max_improving_sols=1)
        set_callback(solver, self._only_stop, improving=True)
        run(solver)
        point = feasible_point(solver)
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


def _presolve_is_wrong(solver: Any, model: LinearModel) -> bool:
    """Say whether this version's presolve would answer this model wrongly.

    HiGHS 1.14 calls wrong values of mixed-integer models optimal: when presolve stuffs
    singleton columns, it does not recompute a row after an integer column that it
    cannot use (ERGO-Code/HiGHS issues 2957, 3043, 3073). Models whose variables
    are all integer, or all continuous, are not affected.
    """
    version = (solver.versionMajor(), solver.versionMinor())
    mixed = bool(model.integer.any()) and not bool(model.integer.all())
    return mixed and version == (1, 14)


def _raw_result(solver: Any, discrete: bool, report: StartReport | None) -> RawResult:
    """Read HiGHS' result."""
    status = solver.getModelStatus()
    nodes = int(solver.getInfo().mip_node_count)
    return RawResult(
        termination=_TERMINATIONS.get(status, Termination.ERROR),
        detail=f"HiGHS: {solver.modelStatusToString(status)}",
        values=feasible_point(solver),
        bound=proven_bound(solver, discrete),
        nodes=max(0, nodes) if discrete else None,
        start=report,
    )
