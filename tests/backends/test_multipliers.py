"""Linear programs with the multipliers of their rows."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse

from optkit.backends.incremental import SolveStatus
from optkit.backends.multipliers import Multipliers, solve_with_multipliers

ROWS = scipy.sparse.csr_array(np.array([[1.0, 1.0], [1.0, -1.0]]))


def _solve(high: float, side: float = np.inf) -> Multipliers:
    """Minimise x + 2 y with x + y >= 3 (at most the side) and x <= y, x and y <= high."""
    return solve_with_multipliers(
        np.array([1.0, 2.0]),
        ROWS,
        np.array([3.0, -np.inf]),
        np.array([side, 0.0]),
        np.zeros(2),
        np.full(2, high),
    )


def test_multipliers_give_the_optimum() -> None:
    """3 λ is the optimum, 4.5 at x = y = 1.5, and the reduced costs vanish."""
    result = _solve(9.0)
    assert result.status is SolveStatus.OPTIMAL
    assert result.values == pytest.approx([1.5, 1.5])
    assert result.rows == pytest.approx([1.5, -0.5])
    assert result.bound == pytest.approx(3.0 * 1.5)
    assert result.basic_columns is not None
    assert result.basic_columns.all()


def test_an_infeasible_program_has_multipliers_that_say_so() -> None:
    """Bounds of 1 keep x + y below 3: the first row alone contradicts them."""
    result = _solve(1.0)
    assert result.status is SolveStatus.INFEASIBLE
    assert result.rows is not None
    total = result.rows @ ROWS.toarray()
    assert float(np.maximum(total, 0.0).sum()) < 3.0 * result.rows[0]


def test_crossed_bounds_are_infeasible() -> None:
    """No program is solved for them."""
    assert _solve(-1.0).status is SolveStatus.INFEASIBLE


def test_an_unbounded_program_has_no_bound() -> None:
    """Maximising x + y has none."""
    free = np.full(2, np.inf)
    none = np.full(2, -np.inf)
    result = solve_with_multipliers(-np.ones(2), ROWS, none, free, np.zeros(2), free)
    assert result.status is SolveStatus.UNBOUNDED
    assert result.bound == -np.inf
