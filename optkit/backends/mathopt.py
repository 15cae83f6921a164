"""SCIP and CP-SAT through OR-Tools' MathOpt: the code that both share."""

from __future__ import annotations

import datetime
import math
import time
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.util.python.solve_interrupter import SolveInterrupter

from optkit.backends.base import StartReport, StartStatus, Termination
from optkit.backends.session import Halt, Monitor, RawResult, Request
from optkit.core.arrays import Bools, Floats

_Reason = mathopt.TerminationReason

_TERMINATIONS = {
    _Reason.OPTIMAL: Termination.OPTIMAL,
    _Reason.INFEASIBLE: Termination.INFEASIBLE,
    _Reason.UNBOUNDED: Termination.UNBOUNDED,
    _Reason.INFEASIBLE_OR_UNBOUNDED: Termination.INFEASIBLE_OR_UNBOUNDED,
}

_LIMITS = {
    mathopt.Limit.TIME: Termination.TIME_LIMIT,
    mathopt.Limit.INTERRUPTED: Termination.INTERRUPTED,
}


class MathOptSession(ABC):
    """One solve through MathOpt.

    Parameters
    ----------
    request
        The model to solve, and the limits.
    monitor
        Receives solutions and bounds.
    """

    solver_type: Any
    label: str
    counts_nodes: bool
    reports_bounds: bool
    accepted_line: str
    """Line in the solver's log that says that it took a complete start."""

    def __init__(self, request: Request, monitor: Monitor) -> None:
        self.request = request
        self.monitor = monitor
        self.interrupter = SolveInterrupter()
        self.failure: BaseException | None = None
        self.took_start = False

    @abstractmethod
    def model_proto(self) -> Any:
        """Return the model in MathOpt's form."""

    @abstractmethod
    def parameters(self) -> Any:
        """Return the solver's parameters, without the time limit."""

    @abstractmethod
    def events(self) -> set[Any]:
        """Return the events of which the solver informs us."""

    def model_bound(self, bound: float) -> float:
        """Turn a bound on MathOpt's objective into one on the model's objective."""
        return bound

    def interrupt(self) -> None:
        """Tell the solver to stop."""
        self.interrupter.interrupt()

    def run(self) -> RawResult:
        """Solve."""
        parameters = self.parameters()
        began = time.monotonic()
        model = mathopt.Model.from_model_proto(self.model_proto())
        build = time.monotonic() - began
        remaining = self.request.remaining()
        if remaining is not None:
            # MathOpt copies the model once more before the solver's clock starts. That
            # takes about as long as building it took.
            seconds = remaining - build
            if seconds <= 0 or self.monitor.halted is not None:
                return RawResult(
                    Termination.TIME_LIMIT,
                    f"the time was over before {self.label} had read the model",
                )
            parameters.time_limit = datetime.timedelta(seconds=seconds)
        events = self.events()
        hints = self._hints(model)
        try:
            result = mathopt.solve(
                model,
                self.solver_type,
                params=parameters,
                model_params=mathopt.ModelSolveParameters(solution_hints=hints),
                msg_cb=self._on_messages if hints else None,
                callback_reg=mathopt.CallbackRegistration(events=events),
                cb=self._on_event if events else None,
                remove_names=True,
                interrupter=self.interrupter,
            )
        except Exception as error:
            if self.failure is not None:
                raise self.failure from None
            return self._failed(error)
        if self.failure is not None:
            raise self.failure
        return self._raw_result(result)

    def _hints(self, model: Any) -> list[Any]:
        start = self.request.start
        if start is None or start.values is None:
            return []
        values = {
            model.get_variable(j): float(start.values[j])
            for j in np.flatnonzero(~np.isnan(start.values)).tolist()
        }
        return [mathopt.SolutionHint(variable_values=values)]

    def _on_messages(self, lines: list[str]) -> None:
        if any(self.accepted_line in line for line in lines):
            self.took_start = True

    def _on_event(self, data: Any) -> Any:
        """Pass news to the monitor; tell the solver whether to stop."""
        # An exception must not travel through the solver's own frames.
        try:
            if data.solution is not None:
                self.monitor.offer(self._values(data.solution))
            if self.reports_bounds:
                bound = self.model_bound(data.mip_stats.dual_bound)
                self.monitor.raise_bound(bound)
        except BaseException as error:
            self.failure = error
        stop = self.failure is not None or self.monitor.halted is not None
        return mathopt.CallbackResult(terminate=stop)

    def _values(self, solution: Any) -> Floats:
        values = np.zeros(self.request.model.columns)
        for variable, value in solution.items():
            values[variable.id] = value
        return values

    def _failed(self, error: Exception) -> RawResult:
        """Turn MathOpt's exception into a result that says what happened."""
        # MathOpt fails once more while it turns its error into an exception; the first
        # failure is in the context.
        hidden = error.__context__ if error.__context__ is not None else error
        detail = f"{self.label}: {hidden}"
        if "invalid PrimalSolutionProto.objective_value" in str(hidden):
            # SCIP found a ray, gave the objective as -inf, and MathOpt rejects that.
            return RawResult(Termination.INFEASIBLE_OR_UNBOUNDED, detail)
        return RawResult(Termination.ERROR, detail)

    def _raw_result(self, result: Any) -> RawResult:
        """Read the solver's result."""
        ended = result.termination
        termination = _TERMINATIONS.get(ended.reason)
        if termination is None:
            termination = _LIMITS.get(ended.limit, Termination.ERROR)
            if termination is Termination.ERROR and self._time_is_over():
                # CP-SAT does not say which limit it was.
                termination = Termination.TIME_LIMIT
        words = [ended.reason.name.lower().replace("_", " ")]
        words += [ended.limit.name.lower()] if ended.limit is not None else []
        words += [ended.detail] if ended.detail else []
        values = None
        best = result.solutions[0].primal_solution if result.solutions else None
        if (
            best is not None
            and best.feasibility_status is mathopt.SolutionStatus.FEASIBLE
        ):
            values = self._values(best.variable_values)
        bound = self.model_bound(ended.objective_bounds.dual_bound)
        return RawResult(
            termination=termination,
            detail=f"{self.label}: {', '.join(words)}",
            values=values,
            bound=bound if math.isfinite(bound) else None,
            nodes=result.solve_stats.node_count if self.counts_nodes else None,
            start=self._start_report(),
        )

    def _time_is_over(self) -> bool:
        deadline = self.request.deadline
        if self.monitor.halted is Halt.TIME:
            return True
        # Solvers stop a little early rather than late.
        return deadline is not None and time.monotonic() > deadline - 0.25

    def _start_report(self) -> StartReport | None:
        start = self.request.start
        if start is None or not (start.complete and self.took_start):
            return None
        detail = f"{self.label} took it as a solution"
        return replace(start.report, status=StartStatus.ACCEPTED, detail=detail)


def to_proto(
    matrix: Any,
    row_bounds: tuple[Floats, Floats],
    column_bounds: tuple[Floats, Floats],
    integer: Bools,
    cost: Floats,
    offset: float,
) -> Any:
    """Return a minimisation problem in MathOpt's form, without names.

    Parameters
    ----------
    matrix
        CSR with sorted indices and no explicit zeros, shape (rows, columns).
    row_bounds, column_bounds
        Lower and upper, shapes (rows,) and (columns,).
    integer, cost
        Shape (columns,).
    offset
        Constant term of the objective.

    Returns
    -------
    ortools.math_opt.model_pb2.ModelProto
        Column j has the id j, and row i the id i.
    """
    rows, columns = matrix.shape
    proto = model_pb2.ModelProto()
    proto.variables.ids.extend(range(columns))
    proto.variables.lower_bounds.extend(column_bounds[0].tolist())
    proto.variables.upper_bounds.extend(column_bounds[1].tolist())
    proto.variables.integers.extend(integer.tolist())
    proto.objective.offset = offset
    nonzero = np.flatnonzero(cost)
    proto.objective.linear_coefficients.ids.extend(nonzero.tolist())
    proto.objective.linear_coefficients.values.extend(cost[nonzero].tolist())
    proto.linear_constraints.ids.extend(range(rows))
    proto.linear_constraints.lower_bounds.extend(row_bounds[0].tolist())
    proto.linear_constraints.upper_bounds.extend(row_bounds[1].tolist())
    row_ids = np.repeat(np.arange(rows), np.diff(matrix.indptr))
    entries = proto.linear_constraint_matrix
    entries.row_ids.extend(row_ids.tolist())
    entries.column_ids.extend(matrix.indices.tolist())
    entries.coefficients.extend(matrix.data.tolist())
    return proto
