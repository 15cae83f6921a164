"""Small programs handed to HiGHS as arrays, without a model in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from optkit.core.arrays import Floats, Ints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TIGHTEST = 1e-10
"""The tightest feasibility tolerance that HiGHS takes."""


def new_solver(**options: Any) -> Any:
    """Return a silent HiGHS object on one thread.

    Parameters
    ----------
    options
        HiGHS' options by name, set besides.
    """
    import highspy

    solver = highspy.Highs()
    for name, value in {"output_flag": False, "threads": 1, **options}.items():
        solver.setOptionValue(name, value)
    return solver


def pass_program(
    solver: Any,
    *,
    cost: Floats,
    column_upper: ArrayLike,
    row_lower: Floats,
    row_upper: Floats,
    start: Ints,
    index: Ints,
    values: Floats,
    columnwise: bool = False,
    integer: bool = False,
    maximise: bool = False,
) -> None:
    """Give HiGHS a program whose columns are at least 0.

    Parameters
    ----------
    solver
        What :func:`new_solver` returned.
    cost
        Shape (columns,).
    column_upper
        Upper bounds, one for all or shape (columns,).
    row_lower, row_upper
        Sides, shape (rows,); infinite where there is none.
    start, index, values
        The matrix in compressed rows, or in compressed columns if ``columnwise``.
    integer
        Whether all columns are integer.
    maximise
        Whether to maximise.
    """
    import highspy

    columns = len(cost)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, len(row_lower)
    if maximise:
        lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = cost
    lp.col_lower_ = np.zeros(columns)
    lp.col_upper_ = np.array(np.broadcast_to(column_upper, columns), dtype=np.float64)
    lp.row_lower_, lp.row_upper_ = row_lower, row_upper
    form = highspy.MatrixFormat
    lp.a_matrix_.format_ = form.kColwise if columnwise else form.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = start, index
    lp.a_matrix_.value_ = values
    if integer:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    solver.passModel(lp)


def solved_to_optimality(solver: Any) -> bool:
    """Run HiGHS; return whether it calls its point optimal."""
    import highspy

    solver.run()
    return bool(solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)
