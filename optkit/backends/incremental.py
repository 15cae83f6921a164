"""A mixed-integer linear program that stays inside HiGHS while it changes.

The methods of this family solve thousands of small programs that differ in a few bounds,
or that gain a row a round. Building each anew would cost more than solving it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import highspy
import numpy as np
import scipy.sparse

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.errors import OptkitError

_core = highspy._core
_Callback = _core.cb.HighsCallbackType
_Status = _core.HighsModelStatus

TOLERANCE = 1e-9
"""Feasibility and integrality tolerance that HiGHS is asked for."""

_FEASIBLE_POINT = 2
"""HiGHS' ``kSolutionStatusFeasible``."""

_INTERRUPTS = (
    _Callback.kCallbackMipInterrupt,
    _Callback.kCallbackSimplexInterrupt,
    _Callback.kCallbackIpmInterrupt,
)

Stop = Callable[[], bool]
"""Says whether to stop; asked often."""


class State(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    """Proven within the tolerances."""
    INFEASIBLE = "infeasible"
    """Proven: no point."""
    UNBOUNDED = "unbounded"
    """There are points, and no best one."""
    STOPPED = "stopped"
    """It was told to stop."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a solve found.

    Parameters
    ----------
    state
        How it ended.
    values
        The best point, shape (columns,); None if there is none.
    bound
        A lower bound on the objective; None if there is none.
    points
        Every improving point on the way, the last one included.
    """

    state: State
    values: Floats | None
    bound: float | None
    points: tuple[Floats, ...] = ()


class Program:
    """``min cost z`` over rows, bounds and integrality, kept inside HiGHS.

    Parameters
    ----------
    matrix
        CSR, shape (rows, columns).
    row_lower, row_upper, column_lower, column_upper
        Sides and bounds; infinite where there is none.
    integer
        Which columns are integer, shape (columns,).
    cost
        Shape (columns,).
    """

    def __init__(
        self,
        matrix: Any,
        row_lower: Floats,
        row_upper: Floats,
        column_lower: Floats,
        column_upper: Floats,
        integer: Bools,
        cost: Floats,
    ) -> None:
        self.integer = np.array(integer, dtype=np.bool_)
        self._columns, self._rows = len(cost), len(row_lower)
        self._failure: BaseException | None = None
        self._stop: Stop = _never
        self._interrupted = False
        self._deadline = math.inf
        self._points: list[Floats] = []
        solver = self._solver = _core._Highs()
        for name, value in {
            "output_flag": False,
            "threads": 1,
            "parallel": "off",
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.0,
            "mip_feasibility_tolerance": TOLERANCE,
            "primal_feasibility_tolerance": TOLERANCE,
            "dual_feasibility_tolerance": TOLERANCE,
        }.items():
            _check(solver.setOptionValue(name, value), f"option {name} = {value}")
        lp = _core.HighsLp()
        lp.num_col_, lp.num_row_ = self._columns, self._rows
        lp.col_cost_ = np.asarray(cost, dtype=np.float64)
        lp.col_lower_, lp.col_upper_ = column_lower, column_upper
        lp.row_lower_, lp.row_upper_ = row_lower, row_upper
        csr = scipy.sparse.csr_array(matrix)
        lp.a_matrix_.format_ = _core.MatrixFormat.kRowwise
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = self._columns, self._rows
        lp.a_matrix_.start_ = csr.indptr
        lp.a_matrix_.index_ = csr.indices
        lp.a_matrix_.value_ = csr.data
        if self.integer.any():
            lp.integrality_ = [_KINDS[kind] for kind in self.integer.tolist()]
        _check(solver.passModel(lp), "passModel")
        solver.setCallback(self._on_event, None)
        for kind in _INTERRUPTS:
            solver.startCallback(kind)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return self._columns

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self._rows

    def add_column(self, lower: float, upper: float, integer: bool) -> int:
        """Add a column without cost or rows; return its index."""
        empty_i, empty_f = np.zeros(0, dtype=np.int32), np.zeros(0)
        _check(self._solver.addCol(0.0, lower, upper, 0, empty_i, empty_f), "a column")
        index = self._columns
        self._columns += 1
        self.integer = np.append(self.integer, integer)
        if integer:
            _check(
                self._solver.changeColIntegrality(index, _KINDS[True]), "integrality"
            )
        return index

    def add_row(self, lower: float, upper: float, indices: Ints, values: Floats) -> int:
        """Add a row ``lower <= values @ z[indices] <= upper``; return its index."""
        keep = values != 0.0
        _check(
            self._solver.addRow(
                lower,
                upper,
                int(keep.sum()),
                indices[keep].astype(np.int32),
                values[keep].astype(np.float64),
            ),
            "a row",
        )
        self._rows += 1
        return self._rows - 1

    def set_column_bounds(self, indices: Ints, lower: Floats, upper: Floats) -> None:
        """Change the bounds of some columns."""
        if len(indices):
            _check(
                self._solver.changeColsBounds(
                    len(indices), indices.astype(np.int32), lower, upper
                ),
                "column bounds",
            )

    def set_row_sides(self, indices: Ints, lower: Floats, upper: Floats) -> None:
        """Change the sides of some rows."""
        if len(indices):
            _check(
                self._solver.changeRowsBounds(
                    len(indices), indices.astype(np.int32), lower, upper
                ),
                "row sides",
            )

    def set_cost(self, cost: Floats) -> None:
        """Change the costs of all columns."""
        everything = np.arange(self._columns, dtype=np.int32)
        _check(self._solver.changeColsCost(self._columns, everything, cost), "costs")

    def relax(self) -> None:
        """Forget integrality for good: the linear relaxation is solved from now on."""
        for j in np.flatnonzero(self.integer).tolist():
            self._solver.changeColIntegrality(j, _KINDS[False])
        self.integer[:] = False

    def solve(
        self,
        stop: Stop | None = None,
        seconds: float = math.inf,
        start: Floats | None = None,
        collect: bool = False,
    ) -> Answer:
        """Solve.

        Parameters
        ----------
        stop
            Asked by HiGHS' callbacks, in this thread; true ends the solve.
        seconds
            Time that is left, s.
        start
            A point to start from, shape (columns,).
        collect
            Whether to keep every improving point.

        Raises
        ------
        OptkitError
            If HiGHS fails.
        """
        if not self._columns:
            return self._without_columns()
        answer = self._solve(stop or _never, seconds, start, collect)
        if answer is not None:
            return answer
        # Infeasible or unbounded: without its cost the program says which.
        solver = self._solver
        cost = np.array(solver.getLp().col_cost_)
        self.set_cost(np.zeros(self._columns))
        try:
            flat = self._solve(stop or _never, seconds, None, False)
        finally:
            self.set_cost(cost)
        if flat is None:
            raise OptkitError("HiGHS calls a program without cost unbounded.")
        if flat.state is State.OPTIMAL:
            return Answer(State.UNBOUNDED, flat.values, None)
        return flat

    def _without_columns(self) -> Answer:
        lp = self._solver.getLp()
        low, high = np.array(lp.row_lower_), np.array(lp.row_upper_)
        if (low > TOLERANCE).any() or (high < -TOLERANCE).any():
            return Answer(State.INFEASIBLE, None, None)
        return Answer(State.OPTIMAL, np.zeros(0), 0.0, (np.zeros(0),))

    def _solve(
        self, stop: Stop, seconds: float, start: Floats | None, collect: bool
    ) -> Answer | None:
        """Run HiGHS once; None if it cannot tell infeasible from unbounded."""
        solver = self._solver
        discrete = bool(self.integer.any())
        self._stop, self._failure, self._points = stop, None, []
        self._interrupted = False
        if seconds <= 0.0:
            return Answer(State.STOPPED, None, None)
        self._deadline = time.perf_counter() + seconds
        # HiGHS' own clock runs on from solve to solve, and is looked at more often than
        # the callbacks are called.
        limit = min(1e30, solver.getRunTime() + seconds)
        _check(solver.setOptionValue("time_limit", limit), "time_limit")
        if start is not None and discrete:
            point = _core.HighsSolution()
            point.col_value = start.tolist()
            _check(solver.setSolution(point), "a start")
        improving = _Callback.kCallbackMipImprovingSolution
        if collect:
            solver.startCallback(improving)
        status = solver.run()
        if collect:
            solver.stopCallback(improving)
        if self._failure is not None:
            raise self._failure
        return self._answer(status, discrete)

    def _answer(self, status: Any, discrete: bool) -> Answer | None:
        solver, info = self._solver, self._solver.getInfo()
        claim = solver.getModelStatus()
        values = None
        if info.primal_solution_status == _FEASIBLE_POINT:
            values = np.array(solver.getSolution().col_value, dtype=np.float64)
        bound: float | None = None
        if discrete:
            bound = float(info.mip_dual_bound)
        elif claim == _Status.kOptimal:
            bound = float(info.objective_function_value)
        if bound is not None and not math.isfinite(bound):
            bound = None
        points = tuple(self._points)
        if values is not None:
            points = (*points, values)
        if claim == _Status.kOptimal:
            return Answer(State.OPTIMAL, values, bound, points)
        if claim == _Status.kInfeasible:
            return Answer(State.INFEASIBLE, None, None)
        if claim == _Status.kUnbounded and not discrete:
            return Answer(State.UNBOUNDED, values, None)
        if claim in (_Status.kUnbounded, _Status.kUnboundedOrInfeasible):
            return None
        if claim in (_Status.kTimeLimit, _Status.kInterrupt) or self._interrupted:
            return Answer(State.STOPPED, values, bound, points)
        raise OptkitError(
            f"HiGHS ended with {solver.modelStatusToString(claim)} ({status})."
        )

    def _on_event(self, kind: Any, message: str, out: Any, back: Any, _: Any) -> None:
        """Ask whether to stop, and note improving points."""
        # An exception must not travel through HiGHS' own frames.
        try:
            if kind == _Callback.kCallbackMipImprovingSolution:
                self._points.append(np.array(out.mip_solution, dtype=np.float64))
            elif time.perf_counter() >= self._deadline or self._stop():
                self._interrupted = True
        except BaseException as error:
            self._failure = error
            self._interrupted = True
        if back is not None:
            # Always said: HiGHS remembers an interruption into the next solve.
            back.user_interrupt = self._interrupted


_KINDS = {
    False: _core.HighsVarType.kContinuous,
    True: _core.HighsVarType.kInteger,
}


def _never() -> bool:
    return False


def _check(status: Any, what: str) -> None:
    """Refuse to go on after HiGHS refused something."""
    if status == _core.HighsStatus.kError:
        raise OptkitError(f"HiGHS refused {what}.")
