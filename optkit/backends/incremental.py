"""A mixed-integer linear program that stays inside HiGHS while it changes.

Bilevel methods solve thousands of small programs that differ in a few bounds, or that gain
a row per round. Building each of them anew would cost more than solving it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import highspy
import numpy as np
import scipy.sparse

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
from optkit.backends.scaling import factor_between, factors_between
from optkit.backends.tolerances import FEASIBILITY
from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.errors import OptkitError
from optkit.core.runtime.stop_signals import handed_on
from optkit.core.solving.deadline import Deadline

_Status = highspy._core.HighsModelStatus
_VarType = highspy._core.HighsVarType
_IMPROVING = highspy._core.cb.HighsCallbackType.kCallbackMipImprovingSolution


LARGEST_QUICK = 1000
"""Rows and columns up to which linear programs are not asked to stop: they end within
milliseconds. HiGHS' own time limit holds for them, too."""


class SolveStatus(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    """Proven within the tolerances."""
    INFEASIBLE = "infeasible"
    """Proven: no point."""
    UNBOUNDED = "unbounded"
    """There are points, and no best one."""
    STOPPED = "stopped"
    """The deadline was reached."""


@dataclass(frozen=True, eq=False)
class SolveResult:
    """The result of one solve.

    Parameters
    ----------
    status
        How it ended.
    values
        The best point, shape (columns,); None if there is none.
    bound
        A lower bound on the objective; None if there is none.
    points
        Every improving point on the way, the last one included.
    """

    status: SolveStatus
    values: Floats | None = None
    bound: float | None = None
    points: tuple[Floats, ...] = ()


def _row_scale(matrix: Any) -> Floats:
    """Return the factor of each row of a CSR matrix."""
    largest, least = np.zeros(matrix.shape[0]), np.full(matrix.shape[0], np.inf)
    row_of = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    sizes = np.abs(matrix.data)
    np.maximum.at(largest, row_of, sizes)
    np.minimum.at(least, row_of, np.where(sizes > 0.0, sizes, np.inf))
    return factors_between(largest, least)


class _SolveMonitor:
    """The callback of a solve, and what HiGHS has told it.

    HiGHS holds its callback, where Python's garbage collector cannot see it. If the
    callback referred to the HiGHS object, neither would ever be freed. The deadline may
    refer to it, so it is kept during a solve only.

    Attributes
    ----------
    failure
        An exception of the callback; None if there is none.
    interrupted
        Whether HiGHS was told to stop.
    points
        The improving points that were collected.
    """

    def __init__(self) -> None:
        self.begin(Deadline(), [])

    def begin(self, deadline: Deadline, signals: list[int]) -> None:
        """Forget the last solve; the next ends at ``deadline``, or with a signal."""
        self._deadline, self._signals = deadline, signals
        self.failure: BaseException | None = None
        self.interrupted = False
        self.points: list[Floats] = []

    def end(self) -> None:
        """Forget the deadline of the solve that has ended."""
        self._deadline = Deadline()

    def on_event(self, kind: Any, message: str, out: Any, back: Any, _: Any) -> None:
        """Ask the deadline whether to stop, and keep improving points."""
        # An exception must not travel through HiGHS' own frames.
        try:
            if kind == _IMPROVING:
                self.points.append(np.array(out.mip_solution, dtype=np.float64))
            elif self._signals or self._deadline():
                self.interrupted = True
        except BaseException as error:
            self.failure = error
            self.interrupted = True
        if back is not None:
            # Always said: HiGHS remembers an interruption into the next solve.
            back.user_interrupt = self.interrupted


class IncrementalModel:
    """``min cost z`` over rows, bounds and integrality, kept inside HiGHS.

    Rows and costs far from 1 are scaled on their way to HiGHS, and bounds on the way back.

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
    feasibility_jump
        Whether HiGHS runs this heuristic. It takes most of the time of a tiny program.
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
        *,
        feasibility_jump: bool = True,
    ) -> None:
        self.integer = np.array(integer, dtype=np.bool_)
        self._columns, self._rows = len(cost), len(row_lower)
        csr = scipy.sparse.csr_array(matrix)
        self._row_scale = _row_scale(csr)
        self._cost_scale = factor_between(cost)
        self._monitor = _SolveMonitor()
        self._solver = new_solver(
            parallel="off",
            mip_heuristic_run_feasibility_jump=feasibility_jump,
            mip_rel_gap=0.0,
            mip_abs_gap=0.0,
            mip_feasibility_tolerance=FEASIBILITY,
            primal_feasibility_tolerance=FEASIBILITY,
            dual_feasibility_tolerance=FEASIBILITY,
        )
        status = pass_program(
            self._solver,
            cost=self._cost_scale * cost,
            column_lower=column_lower,
            column_upper=column_upper,
            row_lower=self._row_scale * row_lower,
            row_upper=self._row_scale * row_upper,
            start=csr.indptr,
            index=csr.indices,
            values=csr.data * np.repeat(self._row_scale, np.diff(csr.indptr)),
            integer=self.integer,
        )
        check_status(status, "the program")
        large = self._columns + self._rows > LARGEST_QUICK
        set_callback(
            self._solver, self._monitor.on_event, improving=False, in_simplex=large
        )

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
        no_rows, no_values = np.zeros(0, dtype=np.int32), np.zeros(0)
        check_status(
            self._solver.addCol(0.0, lower, upper, 0, no_rows, no_values), "a column"
        )
        index = self._columns
        self._columns += 1
        self.integer = np.append(self.integer, integer)
        if integer:
            check_status(
                self._solver.changeColIntegrality(index, _VarType.kInteger),
                "integrality",
            )
        return index

    def add_row(self, lower: float, upper: float, indices: Ints, values: Floats) -> int:
        """Add a row ``lower <= values @ z[indices] <= upper``; return its index."""
        nonzero = values != 0.0
        scale = factor_between(values)
        self._row_scale = np.append(self._row_scale, scale)
        check_status(
            self._solver.addRow(
                scale * lower,
                scale * upper,
                int(nonzero.sum()),
                indices[nonzero].astype(np.int32),
                scale * values[nonzero].astype(np.float64),
            ),
            "a row",
        )
        self._rows += 1
        return self._rows - 1

    def set_column_bounds(self, indices: Ints, lower: Floats, upper: Floats) -> None:
        """Change the bounds of some columns."""
        if len(indices):
            check_status(
                self._solver.changeColsBounds(
                    len(indices), indices.astype(np.int32), lower, upper
                ),
                "column bounds",
            )

    def set_row_sides(self, indices: Ints, lower: Floats, upper: Floats) -> None:
        """Change the sides of some rows."""
        if len(indices):
            scale = self._row_scale[indices]
            check_status(
                self._solver.changeRowsBounds(
                    len(indices), indices.astype(np.int32), scale * lower, scale * upper
                ),
                "row sides",
            )

    def set_row_upper(self, row: int, upper: float) -> None:
        """Give one row this upper side, and no lower one."""
        self.set_row_sides(np.array([row]), np.array([-np.inf]), np.array([upper]))

    def disable_presolve(self) -> None:
        """Solve without presolve from now on; see :func:`optkit.backends.direct.run`."""
        set_options(self._solver, presolve="off")

    def set_cost(self, cost: Floats) -> None:
        """Change the costs of all columns."""
        self._cost_scale = factor_between(cost)
        self._pass_cost(self._cost_scale * cost)

    def _pass_cost(self, cost: Floats) -> None:
        every = np.arange(self._columns, dtype=np.int32)
        check_status(self._solver.changeColsCost(self._columns, every, cost), "costs")

    def solve(
        self,
        deadline: Deadline | None = None,
        *,
        start: Floats | None = None,
        collect: bool = False,
    ) -> SolveResult:
        """Solve the program as it stands.

        Parameters
        ----------
        deadline
            Ends the solve; HiGHS' callbacks ask it in this thread. None for no limit.
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
            return self._solve_without_columns()
        deadline = deadline or Deadline()
        result = self._solve(deadline, start, collect)
        if result is not None:
            return result
        # Infeasible or unbounded: without its cost the program says which.
        cost = np.array(self._solver.getLp().col_cost_)
        self._pass_cost(np.zeros(self._columns))
        try:
            without_cost = self._solve(deadline, None, False)
        finally:
            self._pass_cost(cost)
        if without_cost is None:
            raise OptkitError("HiGHS calls a program without cost unbounded.")
        if without_cost.status is SolveStatus.OPTIMAL:
            return SolveResult(SolveStatus.UNBOUNDED, without_cost.values)
        return without_cost

    def _solve_without_columns(self) -> SolveResult:
        lp = self._solver.getLp()
        lower, upper = np.array(lp.row_lower_), np.array(lp.row_upper_)
        if (lower > FEASIBILITY).any() or (upper < -FEASIBILITY).any():
            return SolveResult(SolveStatus.INFEASIBLE)
        return SolveResult(SolveStatus.OPTIMAL, np.zeros(0), 0.0, (np.zeros(0),))

    def _solve(
        self, deadline: Deadline, start: Floats | None, collect: bool
    ) -> SolveResult | None:
        """Run HiGHS once; None if it cannot tell infeasible from unbounded."""
        solver = self._solver
        discrete = bool(self.integer.any())
        monitor = self._monitor
        if deadline.remaining <= 0.0:
            return SolveResult(SolveStatus.STOPPED)
        # HiGHS' own clock runs on from solve to solve. It is looked at more often than
        # the callbacks are called.
        set_options(
            solver, time_limit=min(1e30, solver.getRunTime() + deadline.remaining)
        )
        if start is not None and discrete:
            set_start(solver, start)
        if collect:
            solver.startCallback(_IMPROVING)
        with handed_on() as signals:
            monitor.begin(deadline, signals)
            try:
                run_status = run(solver)
            finally:
                monitor.end()
        if collect:
            solver.stopCallback(_IMPROVING)
        if monitor.failure is not None:
            raise monitor.failure
        return self._result(run_status, discrete)

    def _result(self, run_status: Any, discrete: bool) -> SolveResult | None:
        solver = self._solver
        model_status = solver.getModelStatus()
        values, bound = feasible_point(solver), proven_bound(solver, discrete)
        if bound is not None:
            bound /= self._cost_scale
        points = tuple(self._monitor.points)
        if values is not None:
            points = (*points, values)
        if model_status == _Status.kOptimal:
            return SolveResult(SolveStatus.OPTIMAL, values, bound, points)
        if model_status == _Status.kInfeasible:
            return SolveResult(SolveStatus.INFEASIBLE)
        if model_status == _Status.kUnbounded and not discrete:
            return SolveResult(SolveStatus.UNBOUNDED, values)
        if model_status in (_Status.kUnbounded, _Status.kUnboundedOrInfeasible):
            return None
        if (
            model_status in (_Status.kTimeLimit, _Status.kInterrupt)
            or self._monitor.interrupted
        ):
            return SolveResult(SolveStatus.STOPPED, values, bound, points)
        raise OptkitError(
            f"HiGHS ended with {solver.modelStatusToString(model_status)}"
            f" ({run_status})."
        )
