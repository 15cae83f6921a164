"""A program that changes between solves, for backends that are handed it anew each time."""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
import scipy.sparse

from optkit.backends.base import BackendResult, Progress, Termination
from optkit.backends.incremental import IncrementalModel, SolveResult, SolveStatus
from optkit.backends.linear import LinearModel, NamedComponent
from optkit.backends.relaxed_first import RelaxedFirstModel
from optkit.backends.solve import solve_model
from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.errors import OptkitError
from optkit.core.solving.deadline import Deadline

_STATUSES = {
    Termination.OPTIMAL: SolveStatus.OPTIMAL,
    Termination.INFEASIBLE: SolveStatus.INFEASIBLE,
    Termination.UNBOUNDED: SolveStatus.UNBOUNDED,
    Termination.TIME_LIMIT: SolveStatus.STOPPED,
    Termination.INTERRUPTED: SolveStatus.STOPPED,
}


class ChangingModel(Protocol):
    """The methods of `IncrementalModel`, which documents them, and of the others here."""

    @property
    def integer(self) -> Bools: ...  # noqa: D102
    @property
    def columns(self) -> int: ...  # noqa: D102
    @property
    def rows(self) -> int: ...  # noqa: D102
    def add_column(self, lower: float, upper: float, integer: bool) -> int: ...  # noqa: D102
    def add_row(  # noqa: D102
        self, lower: float, upper: float, indices: Ints, values: Floats
    ) -> int: ...
    def set_column_bounds(  # noqa: D102
        self, indices: Ints, lower: Floats, upper: Floats
    ) -> None: ...
    def set_row_sides(  # noqa: D102
        self, indices: Ints, lower: Floats, upper: Floats
    ) -> None: ...
    def set_row_upper(self, row: int, upper: float) -> None: ...  # noqa: D102
    def disable_presolve(self) -> None: ...  # noqa: D102
    def set_cost(self, cost: Floats) -> None: ...  # noqa: D102
    def solve(  # noqa: D102
        self,
        deadline: Deadline | None = None,
        *,
        start: Floats | None = None,
        collect: bool = False,
    ) -> SolveResult: ...


def changing_model(
    backend: str,
    matrix: Any,
    row_lower: Floats,
    row_upper: Floats,
    column_lower: Floats,
    column_upper: Floats,
    integer: Bools,
    cost: Floats,
    *,
    relaxed_first: bool = False,
) -> ChangingModel:
    """Return a program that may change between solves: HiGHS keeps it, others get it anew.

    Parameters
    ----------
    backend
        Name of the backend.
    matrix, row_lower, row_upper, column_lower, column_upper, integer, cost
        As `IncrementalModel` takes them.
    relaxed_first
        Whether HiGHS looks first whether the optimum of the linear relaxation is integer.
    """
    parts = (matrix, row_lower, row_upper, column_lower, column_upper, integer, cost)
    if backend == "highs":
        if relaxed_first and integer.any():
            return RelaxedFirstModel(*parts)
        return IncrementalModel(*parts)
    return RebuiltModel(backend, *parts)


class RebuiltModel:
    """``min cost z`` over rows, bounds and integrality, solved by any backend.

    Parameters
    ----------
    backend
        Name of the backend.
    matrix, row_lower, row_upper, column_lower, column_upper, integer, cost
        As `IncrementalModel` takes them.
    """

    def __init__(
        self,
        backend: str,
        matrix: Any,
        row_lower: Floats,
        row_upper: Floats,
        column_lower: Floats,
        column_upper: Floats,
        integer: Bools,
        cost: Floats,
    ) -> None:
        self.integer = np.array(integer, dtype=np.bool_)
        self._backend = backend
        self._matrix = scipy.sparse.csr_array(matrix, dtype=np.float64)
        self._row_lower, self._row_upper = np.array(row_lower), np.array(row_upper)
        self._low, self._high = np.array(column_lower), np.array(column_upper)
        self._cost = np.array(cost, dtype=np.float64)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self._cost)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self._row_lower)

    def add_column(self, lower: float, upper: float, integer: bool) -> int:
        """Add a column without cost or rows; return its index."""
        self._matrix.resize((self.rows, self.columns + 1))
        self._low, self._high = (
            np.append(self._low, lower),
            np.append(self._high, upper),
        )
        self._cost = np.append(self._cost, 0.0)
        self.integer = np.append(self.integer, integer)
        return self.columns - 1

    def add_row(self, lower: float, upper: float, indices: Ints, values: Floats) -> int:
        """Add a row ``lower <= values @ z[indices] <= upper``; return its index."""
        place = (np.zeros(len(indices), dtype=np.int64), np.asarray(indices))
        row = scipy.sparse.coo_array((values, place), shape=(1, self.columns))
        self._matrix = scipy.sparse.vstack([self._matrix, row], format="csr")
        self._row_lower = np.append(self._row_lower, lower)
        self._row_upper = np.append(self._row_upper, upper)
        return self.rows - 1

    def set_column_bounds(self, indices: Ints, lower: Floats, upper: Floats) -> None:
        """Change the bounds of some columns."""
        self._low[indices], self._high[indices] = lower, upper

    def set_row_sides(self, indices: Ints, lower: Floats, upper: Floats) -> None:
        """Change the sides of some rows."""
        self._row_lower[indices], self._row_upper[indices] = lower, upper

    def set_row_upper(self, row: int, upper: float) -> None:
        """Give one row this upper side, and no lower one."""
        self._row_lower[row], self._row_upper[row] = -np.inf, upper

    def disable_presolve(self) -> None:
        """Do nothing: only HiGHS' presolve is known to be wrong."""

    def set_cost(self, cost: Floats) -> None:
        """Change the costs of all columns."""
        self._cost = np.array(cost, dtype=np.float64)

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
            Ends the solve. None for no limit.
        start
            A point to start from, shape (columns,).
        collect
            Whether to keep every improving point.

        Raises
        ------
        OptkitError
            If the backend fails.
        """
        deadline = deadline or Deadline()
        if deadline.remaining <= 0.0:
            return SolveResult(SolveStatus.STOPPED)
        model = self._model()
        points: list[Floats] = []

        def keep(news: Progress) -> None:
            if news.values is not None:
                points.append(news.values)

        seconds = deadline.remaining
        result = solve_model(
            model,
            self._backend,
            time_limit=seconds if math.isfinite(seconds) else None,
            start=None
            if start is None
            else zip(model.variables, start.tolist(), strict=True),
            should_stop=deadline,
            on_progress=keep if collect else None,
            load=False,
        )
        return self._result(result, tuple(points))

    def _result(self, result: BackendResult, points: tuple[Floats, ...]) -> SolveResult:
        status = _STATUSES.get(result.termination)
        if status is None:
            raise OptkitError(
                f"{self._backend} ended without a result: {result.detail}"
            )
        if status is SolveStatus.INFEASIBLE:
            return SolveResult(status)
        if result.values is not None:
            points = (*points, result.values)
        return SolveResult(status, result.values, result.bound, points)

    def _model(self) -> LinearModel:
        matrix = self._matrix.copy()
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return LinearModel(
            name="program",
            matrix=matrix,
            row_lower=self._row_lower,
            row_upper=self._row_upper,
            column_lower=self._low,
            column_upper=self._high,
            integer=self.integer,
            cost=self._cost,
            offset=0.0,
            sign=1,
            variables=[
                NamedComponent(f"column {j}", (self._low[j], self._high[j]))
                for j in range(self.columns)
            ],
            constraints=[NamedComponent(f"row {i}") for i in range(self.rows)],
        )
