"""One order's linear program by HiGHS, called directly, polished on its final basis."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from optkit.backends.direct import TIGHTEST, new_solver, pass_program
from optkit.core.arrays import Floats, Ints

_LOCAL = threading.local()


def least_cost_shares(matrix: Floats, own: Ints) -> tuple[Floats, Floats]:
    """Return optimal shares and multipliers of min max (A s), Σ s = 1, s ≥ 0.

    Parameters
    ----------
    matrix
        A, shape (n, m), entries ≥ 0.
    own
        The row of each load's own server, shape (m,).

    Returns
    -------
    tuple of arrays
        Shares, shape (m,), and multipliers, shape (n,); both non-negative with sum 1.
    """
    rows, width = matrix.shape
    diagonal = matrix[own, np.arange(width)]
    scale = np.where(diagonal > 0.0, diagonal, 1.0)
    unit = scale.min()
    # Loads in units of what each server does at cost 1, cost in units of the cheapest.
    highs = _solver()
    _pass(highs, matrix / scale, unit / scale)
    highs.run()
    solution = highs.getSolution()
    shares = _distribution(np.array(solution.col_value[:width]) * unit / scale)
    multipliers = _distribution(-np.array(solution.row_dual[:rows]))
    return _polished(matrix, shares, multipliers)


def _solver() -> Any:
    """Return this thread's HiGHS object."""
    highs = getattr(_LOCAL, "highs", None)
    if highs is None:
        # Presolve costs more than it saves at these sizes, and blurs the final basis.
        highs = _LOCAL.highs = new_solver(
            primal_feasibility_tolerance=TIGHTEST,
            dual_feasibility_tolerance=TIGHTEST,
            presolve="off",
        )
    return highs


def _pass(highs: Any, scaled: Floats, worth: Floats) -> None:
    """Give HiGHS min z with rows ``scaled x − z ≤ 0`` and ``worth · x = 1``."""
    rows, width = scaled.shape
    dense = np.zeros((rows + 1, width + 1))
    dense[:rows, :width] = scaled
    dense[:rows, width] = -1.0
    dense[rows, :width] = worth
    filled = dense != 0.0
    pass_program(
        highs,
        cost=np.append(np.zeros(width), 1.0),
        column_upper=np.inf,
        row_lower=np.append(np.full(rows, -np.inf), 1.0),
        row_upper=np.append(np.zeros(rows), 1.0),
        start=np.append(0, filled.sum(axis=1).cumsum()),
        index=np.nonzero(filled)[1],
        values=dense[filled],
    )


def _distribution(values: Floats) -> Floats:
    clipped = np.maximum(np.where(np.isfinite(values), values, 0.0), 0.0)
    total = clipped.sum()
    if total <= 0.0:
        return np.full(len(values), 1.0 / len(values))
    return np.asarray(clipped / total)


def _polished(
    matrix: Floats, shares: Floats, multipliers: Floats
) -> tuple[Floats, Floats]:
    """Solve the used loads against the binding costs, where these are equally many.

    The simplex stops within its tolerances; on its final basis the two square systems
    give the vertex to rounding. The better of the two results is kept, for shares and for
    multipliers separately.
    """
    used = np.flatnonzero(shares > 0.0)
    binding = np.flatnonzero(multipliers > 0.0)
    if len(used) != len(binding) or len(used) == 0:
        return shares, multipliers
    core = matrix[np.ix_(binding, used)]
    column = np.where(core.max(axis=0) > 0.0, core.max(axis=0), 1.0)
    try:
        loads = np.linalg.solve(core / column, np.ones(len(used))) / column
        prices = np.linalg.solve((core / column).T, 1.0 / column)
    except np.linalg.LinAlgError:
        return shares, multipliers
    if np.all(loads >= 0.0) and np.all(np.isfinite(loads)) and loads.sum() > 0.0:
        exact = np.zeros_like(shares)
        exact[used] = loads / loads.sum()
        if (matrix @ exact).max() < (matrix @ shares).max():
            shares = exact
    if np.all(prices >= 0.0) and np.all(np.isfinite(prices)) and prices.sum() > 0.0:
        exact = np.zeros_like(multipliers)
        exact[binding] = prices / prices.sum()
        if (exact @ matrix).min() > (multipliers @ matrix).min():
            multipliers = exact
    return shares, multipliers
