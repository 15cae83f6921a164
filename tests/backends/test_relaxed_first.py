"""Tests of the program that is solved as a linear program first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse

from optkit.backends.incremental import IncrementalModel, SolveStatus
from optkit.backends.relaxed_first import MOST_IN_VAIN, RelaxedFirstModel
from optkit.core.arrays import Floats

COLUMNS = 6


def models(matrix: Floats) -> tuple[RelaxedFirstModel, IncrementalModel]:
    """Return the program that covers by integers, in both versions."""
    rows = len(matrix)
    parts: tuple[Any, ...] = (
        scipy.sparse.csr_array(matrix),
        np.ones(rows),
        np.full(rows, np.inf),
        np.zeros(COLUMNS),
        np.full(COLUMNS, 3.0),
        np.ones(COLUMNS, dtype=np.bool_),
        np.ones(COLUMNS),
    )
    return RelaxedFirstModel(*parts), IncrementalModel(*parts)


def change(rng: np.random.Generator, *pair: Any) -> None:
    """Change costs, sides, bounds or rows, alike in all programs."""
    kind, place = rng.integers(5), rng.integers(3, size=1)
    cost, side = rng.integers(1, 9, COLUMNS).astype(float), rng.integers(1, 9, 1) * 1.0
    for model in pair:
        if kind == 0:
            model.set_cost(cost)
        elif kind == 1:
            model.set_row_sides(place, side, side + 4.0)
        elif kind == 2:
            model.set_column_bounds(place, side % 2.0, side)
        elif kind == 3:
            model.add_row(-np.inf, 40.0, np.arange(COLUMNS), cost)
        else:
            model.set_row_upper(0, 3.0)


@pytest.mark.parametrize("entries", ["ones in a row", "any"])
@pytest.mark.parametrize("seed", range(10))
def test_changes_give_what_the_program_gives(seed: int, entries: str) -> None:
    """Optima are those of the program itself, with integer and with fractional vertices.

    Rows of consecutive ones make all vertices integer, other rows do not.
    """
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 5, (3, COLUMNS)).astype(float)
    if entries == "ones in a row":
        matrix = np.array(
            [[1.0 * (i <= j <= i + 3) for j in range(6)] for i in range(3)]
        )
    first, reference = models(matrix)
    for _ in range(12):
        change(rng, first, reference)
        result, expected = first.solve(), reference.solve()
        assert result.status is expected.status
        if expected.status is not SolveStatus.OPTIMAL:
            continue
        assert result.values is not None
        assert result.bound == pytest.approx(expected.bound, abs=1e-6)
        assert result.values == pytest.approx(np.rint(result.values), abs=1e-6)


def test_fractions_end_the_search_for_integers() -> None:
    """After as many linear programs in vain as are allowed, only the program is solved."""
    first, _ = models(np.full((1, COLUMNS), 2.0))
    for solve in range(MOST_IN_VAIN + 2):
        first.set_row_sides(
            np.zeros(1, int), np.array([2.0 * solve + 1.0]), np.array([99])
        )
        assert first.solve().bound == pytest.approx(solve + 1.0)
    assert (first.integers, first.fractions) == (0, MOST_IN_VAIN)
