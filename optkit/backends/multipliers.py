"""Linear programs by HiGHS with their multipliers, from which a bound can be recomputed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy.sparse

from optkit.backends.direct import (
    check_status,
    feasible_point,
    new_solver,
    pass_program,
    run,
)
from optkit.backends.incremental import SolveStatus
from optkit.backends.tolerances import FEASIBILITY
from optkit.core.arrays import Bools, Floats
from optkit.core.errors import OptkitError


@dataclass(frozen=True, eq=False)
class Multipliers:
    """How a linear program ended.

    Parameters
    ----------
    status
        Optimal, infeasible or unbounded.
    bound
        The optimal value; infinite if there is none.
    values
        The optimal point, shape (columns,); None unless optimal.
    rows
        Multipliers of the rows, shape (rows,): positive for lower sides, negative for upper
        ones. Those of an infeasible program prove so: their sum of rows contradicts the
        bounds of the columns. None if HiGHS has none.
    basic_columns, basic_rows
        Which are basic, shapes (columns,) and (rows,); None unless optimal.
    """

    status: SolveStatus
    bound: float
    values: Floats | None = None
    rows: Floats | None = None
    basic_columns: Bools | None = None
    basic_rows: Bools | None = None


def solve_with_multipliers(
    cost: Floats,
    matrix: scipy.sparse.csr_array,
    row_lower: Floats,
    row_upper: Floats,
    column_lower: Floats,
    column_upper: Floats,
) -> Multipliers:
    """Solve ``min cost z`` over rows and bounds .

    Parameters
    ----------
    cost
        Shape (columns,).
    matrix
        CSR, shape (rows, columns).
    row_lower, row_upper, column_lower, column_upper
        Sides and bounds; infinite where there is none.

    Raises
    ------
    OptkitError
        If HiGHS fails.
    """
    from highspy import _core

    if (column_lower > column_upper).any():
        return Multipliers(
            SolveStatus.INFEASIBLE, math.inf, rows=np.zeros(len(row_lower))
        )
    solver = new_solver(
        presolve="off",
        primal_feasibility_tolerance=FEASIBILITY,
        dual_feasibility_tolerance=FEASIBILITY,
    )
    status = pass_program(
        solver,
        cost=cost,
        column_lower=column_lower,
        column_upper=column_upper,
        row_lower=row_lower,
        row_upper=row_upper,
        start=matrix.indptr,
        index=matrix.indices,
        values=matrix.data,
    )
    check_status(status, "a linear program")
    run(solver)
    ended, kinds = solver.getModelStatus(), _core.HighsModelStatus
    if ended == kinds.kOptimal:
        solution, basis = solver.getSolution(), solver.getBasis()
        basic = _core.HighsBasisStatus.kBasic
        return Multipliers(
            SolveStatus.OPTIMAL,
            float(solver.getInfo().objective_function_value),
            feasible_point(solver),
            np.array(solution.row_dual, dtype=np.float64),
            np.array([one == basic for one in basis.col_status], dtype=np.bool_),
            np.array([one == basic for one in basis.row_status], dtype=np.bool_),
        )
    if ended == kinds.kInfeasible:
        _, found, ray = solver.getDualRay()
        return Multipliers(
            SolveStatus.INFEASIBLE, math.inf, rows=np.array(ray) if found else None
        )
    if ended in (kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
        return Multipliers(SolveStatus.UNBOUNDED, -math.inf)
    raise OptkitError(f"HiGHS ended with {solver.modelStatusToString(ended)}.")
