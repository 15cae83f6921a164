"""HiGHS called directly: what it cannot solve with presolve, it solves without."""

from __future__ import annotations

import highspy
import numpy as np
import pytest
from scipy.sparse import csr_array

from optkit.backends.direct import new_solver, pass_program, run

_Status = highspy.HighsModelStatus

MATRIX = [[1, 1, 3, 0], [5, -2, 0, -5], [-5, -3, -3, 0]]


def infeasible() -> highspy.Highs:
    """Return a solver with four integer columns that no point satisfies."""
    solver = new_solver(
        mip_feasibility_tolerance=1e-9, primal_feasibility_tolerance=1e-9
    )
    matrix = csr_array(np.array(MATRIX, dtype=float))
    pass_program(
        solver,
        cost=np.array([-0.9, 0.7, -0.6, 0.6]),
        column_lower=np.array([-3.0, -2.0, 0.0, -2.0]),
        column_upper=np.array([-3.0, -1.0, 0.0, 0.0]),
        row_lower=np.array([-8.0, -9.0, -np.inf]),
        row_upper=np.array([-2.0, -9.0, 11.5]),
        start=matrix.indptr,
        index=matrix.indices,
        values=matrix.data,
        integer=np.ones(4, dtype=bool),
    )
    return solver


def test_a_failed_run_is_tried_again_without_presolve() -> None:
    """HiGHS 1.13 calls this "Solve error"; the answer is that it is infeasible."""
    solver = infeasible()
    run(solver)
    assert solver.getModelStatus() == _Status.kInfeasible
    assert solver.getOptionValue("presolve")[1] == "choose"


def test_the_second_run_is_needed() -> None:
    """Says when the second run may go: as soon as HiGHS solves this in one."""
    if highspy.Highs().version() != "1.13.1":
        pytest.skip("other versions of HiGHS may solve it at once")
    solver = infeasible()
    solver.run()
    assert solver.getModelStatus() == _Status.kSolveError
