"""HiGHS called directly: solver objects, programs handed over as arrays, points read back.

Every program that reaches HiGHS goes through :func:`pass_program`, and every solver object
comes from :func:`new_solver`. highspy is imported on first use, so that listing solvers
does not import it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from optkit.backends.tolerances import TIGHTEST as TIGHTEST
from optkit.core.arrays import Floats, Ints
from optkit.core.errors import OptkitError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_FEASIBLE_POINT = 2
"""HiGHS' ``kSolutionStatusFeasible``."""

Callback = Callable[[Any, str, Any, Any, Any], None]
"""Called by HiGHS with the kind of event, a message, what it tells, what it is told, and
the user's data."""


def new_solver(**options: Any) -> Any:
    """Return a silent HiGHS object, on one thread unless the options say otherwise.

    Parameters
    ----------
    options
        HiGHS' options by name.

    Raises
    ------
    OptkitError
        If HiGHS refuses an option.
    """
    from highspy import _core

    solver = _core._Highs()
    set_options(solver, **{"output_flag": False, "threads": 1, **options})
    return solver


def set_options(solver: Any, **options: Any) -> None:
    """Set HiGHS' options by name; an OptkitError says which one it refuses."""
    for name, value in options.items():
        check_status(solver.setOptionValue(name, value), f"option {name} = {value}")


def pass_program(
    solver: Any,
    *,
    cost: Floats,
    column_lower: ArrayLike = 0.0,
    column_upper: ArrayLike,
    row_lower: Floats,
    row_upper: Floats,
    start: Ints,
    index: Ints,
    values: Floats,
    columnwise: bool = False,
    integer: ArrayLike = False,
    offset: float = 0.0,
    maximise: bool = False,
) -> Any:
    """Give HiGHS a mixed-integer linear program; return the status it answers.

    Parameters
    ----------
    solver
        What :func:`new_solver` returned.
    cost
        Shape (columns,).
    column_lower, column_upper
        Bounds, one for all or shape (columns,); infinite where there is none.
    row_lower, row_upper
        Sides, shape (rows,); infinite where there is none.
    start, index, values
        The matrix in compressed rows, or in compressed columns if ``columnwise``.
    integer
        Which columns are integer, one answer for all or shape (columns,).
    offset
        Constant term of the objective.
    maximise
        Whether to maximise.
    """
    from highspy import _core

    columns, rows = len(cost), len(row_lower)
    lp = _core.HighsLp()
    lp.num_col_, lp.num_row_ = columns, rows
    if maximise:
        lp.sense_ = _core.ObjSense.kMaximize
    lp.col_cost_, lp.offset_ = np.asarray(cost, dtype=np.float64), offset
    lp.col_lower_ = _full(column_lower, columns)
    lp.col_upper_ = _full(column_upper, columns)
    lp.row_lower_, lp.row_upper_ = row_lower, row_upper
    form = _core.MatrixFormat
    lp.a_matrix_.format_ = form.kColwise if columnwise else form.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = columns, rows
    lp.a_matrix_.start_, lp.a_matrix_.index_ = start, index
    lp.a_matrix_.value_ = values
    whole = np.broadcast_to(np.asarray(integer, dtype=np.bool_), columns)
    if whole.any():
        kinds = (_core.HighsVarType.kContinuous, _core.HighsVarType.kInteger)
        lp.integrality_ = [kinds[is_integer] for is_integer in whole.tolist()]
    return solver.passModel(lp)


def _full(values: ArrayLike, length: int) -> Floats:
    return np.array(np.broadcast_to(values, length), dtype=np.float64)


def set_callback(
    solver: Any, callback: Callback, *, improving: bool, in_simplex: bool = True
) -> None:
    """Have HiGHS ask often whether to stop.

    Parameters
    ----------
    solver
        What :func:`new_solver` returned.
    callback
        What HiGHS calls.
    improving
        Whether it is called with every improving point, too.
    in_simplex
        Whether it is called at every iteration of the simplex method. For small linear
        programs, that takes a third of their time.
    """
    from highspy import _core

    kinds = _core.cb.HighsCallbackType
    solver.setCallback(callback, None)
    if improving:
        solver.startCallback(kinds.kCallbackMipImprovingSolution)
    if in_simplex:
        solver.startCallback(kinds.kCallbackSimplexInterrupt)
    solver.startCallback(kinds.kCallbackMipInterrupt)
    solver.startCallback(kinds.kCallbackIpmInterrupt)


def set_start(solver: Any, values: Floats) -> None:
    """Give HiGHS a point to start from, shape (columns,)."""
    from highspy import _core

    point = _core.HighsSolution()
    point.col_value = values.tolist()
    check_status(solver.setSolution(point), "a start")


def run(solver: Any) -> Any:
    """Run HiGHS, and once more where its first word is not to be trusted.

    Presolve of HiGHS 1.13 empties some integer programs and ends at a point that breaks a
    row, with the status "Solve error", or says that there is no point (ERGO-Code/HiGHS
    issue 3090 is alike). So what HiGHS calls infeasible before it branches is solved again
    without presolve. And a basis of the program as it was before can lead it to the status
    "Unknown"; then it starts from scratch.

    Parameters
    ----------
    solver
        What :func:`new_solver` returned.

    Returns
    -------
    highspy.HighsStatus
        Of the last run.

    Raises
    ------
    OptkitError
        If HiGHS refuses to start from scratch.
    """
    from highspy import _core

    status = solver.run()
    ended, kinds = solver.getModelStatus(), _core.HighsModelStatus
    by_presolve = ended == kinds.kInfeasible and solver.getInfo().mip_node_count == 0
    if ended not in (kinds.kSolveError, kinds.kUnknown) and not by_presolve:
        return status
    presolve = solver.getOptionValue("presolve")[1]
    if ended != kinds.kUnknown:
        if presolve == "off":
            return status
        set_options(solver, presolve="off")
    try:
        check_status(solver.clearSolver(), "to forget its last run")
        return solver.run()
    finally:
        set_options(solver, presolve=presolve)


def solved_to_optimality(solver: Any) -> bool:
    """Run HiGHS; return whether it calls its point optimal."""
    run(solver)
    return _is_optimal(solver)


def feasible_point(solver: Any) -> Floats | None:
    """Return HiGHS' point, shape (columns,); None unless HiGHS calls it feasible."""
    if solver.getInfo().primal_solution_status != _FEASIBLE_POINT:
        return None
    return np.array(solver.getSolution().col_value, dtype=np.float64)


def proven_bound(solver: Any, discrete: bool) -> float | None:
    """Return the bound that HiGHS proved on the objective; None if there is none.

    Parameters
    ----------
    solver
        A HiGHS object that has been run.
    discrete
        Whether the program has integer columns.
    """
    info = solver.getInfo()
    if discrete:
        bound = float(info.mip_dual_bound)
    elif _is_optimal(solver):
        bound = float(info.objective_function_value)
    else:
        return None
    return bound if math.isfinite(bound) else None


def check_status(status: Any, what: str) -> None:
    """Raise an OptkitError if HiGHS refused something."""
    from highspy import _core

    if status == _core.HighsStatus.kError:
        raise OptkitError(f"HiGHS refused {what}.")


def _is_optimal(solver: Any) -> bool:
    from highspy import _core

    return bool(solver.getModelStatus() == _core.HighsModelStatus.kOptimal)
