"""A program that is solved as a linear program first, where that gives integers.

Followers of transport, flow and assignment problems have linear programs whose vertices
are integers. A linear program that starts from its last basis takes a fraction of the
time of a search for integers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.backends.incremental import IncrementalModel, SolveResult, SolveStatus
from optkit.backends.tolerances import FEASIBILITY
from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.solving.deadline import Deadline

MOST_IN_VAIN = 3
"""Once this many more linear programs have ended at fractions than at integers, only the
program itself is solved."""


class RelaxedFirstModel:
    """``min cost z`` over rows, bounds and integrality, kept inside HiGHS in two versions.

    An optimum of the linear relaxation whose integer columns are integers, within the
    tolerance of HiGHS for integers, is an optimum.

    Parameters
    ----------
    matrix, row_lower, row_upper, column_lower, column_upper, integer, cost
        As `IncrementalModel` takes them.

    Attributes
    ----------
    integers, fractions
        How many linear programs ended at integers, and how many at fractions.
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
        rows_and_bounds = (matrix, row_lower, row_upper, column_lower, column_upper)
        self._model = IncrementalModel(
            *rows_and_bounds, integer, cost, feasibility_jump=False
        )
        self._relaxed = IncrementalModel(
            *rows_and_bounds, np.zeros(len(cost), dtype=np.bool_), cost
        )
        self._both = (self._model, self._relaxed)
        self.integers = self.fractions = 0

    @property
    def integer(self) -> Bools:
        """Which columns are integer, shape (columns,)."""
        return self._model.integer

    @property
    def columns(self) -> int:
        """Number of columns."""
        return self._model.columns

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self._model.rows

    def add_column(self, lower: float, upper: float, integer: bool) -> int:
        """Add a column without cost or rows; return its index."""
        self._relaxed.add_column(lower, upper, False)
        return self._model.add_column(lower, upper, integer)

    def add_row(self, lower: float, upper: float, indices: Ints, values: Floats) -> int:
        """Add a row ``lower <= values @ z[indices] <= upper``; return its index."""
        self._relaxed.add_row(lower, upper, indices, values)
        return self._model.add_row(lower, upper, indices, values)

    def set_column_bounds(self, indices: Ints, lower: Floats, upper: Floats) -> None:
        """Change the bounds of some columns."""
        for model in self._both:
            model.set_column_bounds(indices, lower, upper)

    def set_row_sides(self, indices: Ints, lower: Floats, upper: Floats) -> None:
        """Change the sides of some rows."""
        for model in self._both:
            model.set_row_sides(indices, lower, upper)

    def set_row_upper(self, row: int, upper: float) -> None:
        """Give one row this upper side, and no lower one."""
        for model in self._both:
            model.set_row_upper(row, upper)

    def disable_presolve(self) -> None:
        """Solve without presolve from now on."""
        for model in self._both:
            model.disable_presolve()

    def set_cost(self, cost: Floats) -> None:
        """Change the costs of all columns."""
        for model in self._both:
            model.set_cost(cost)

    def solve(
        self,
        deadline: Deadline | None = None,
        *,
        start: Floats | None = None,
        collect: bool = False,
    ) -> SolveResult:
        """Solve the program as it stands, as `IncrementalModel.solve` does.

        A start, or improving points to collect, are for the program itself.
        """
        in_vain = self.fractions - self.integers
        if start is None and not collect and in_vain < MOST_IN_VAIN:
            result = self._relaxed.solve(deadline)
            if result.status in (SolveStatus.STOPPED, SolveStatus.INFEASIBLE):
                return result
            if result.status is SolveStatus.OPTIMAL and result.values is not None:
                integers = result.values[self.integer]
                if (np.abs(integers - np.rint(integers)) <= FEASIBILITY).all():
                    self.integers += 1
                    return result
                self.fractions += 1
        return self._model.solve(deadline, start=start, collect=collect)
