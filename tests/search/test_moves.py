"""The neighbourhood that all engines share."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from optkit.search import (
    BinaryProblem,
    Columns,
    Neighbourhood,
)
from tests.search.problems import OneMax


def _in(columns: Columns) -> BinaryProblem:
    """Return a problem with these columns."""
    return OneMax(columns, columns.random(np.random.default_rng(0)))


def test_moves_keep_columns_legal_and_reach_everything() -> None:
    """All moves are legal, and every legal solution can be reached."""
    columns = Columns(np.array([0, 3, 5, 6]), np.array([1, 1, 0]), np.array([2, 1, 1]))
    moves = Neighbourhood(_in(columns), np.random.default_rng(0))
    bits = columns.random(np.random.default_rng(1))
    reached = set()
    for _ in range(4000):
        flips = moves.draw(bits)
        assert 1 <= len(flips) <= 2
        bits[list(flips)] ^= True
        assert columns.legal(bits)
        reached.add(bits.tobytes())
    # 3 + 3 ways in the first column, 2 in the second, 2 in the third.
    assert len(reached) == 6 * 2 * 2


def test_compound_moves_stay_within_their_radius() -> None:
    """A compound of k moves is legal and flips 1 to 2k bits, each once."""
    columns = Columns.of((4, 5, 3), 1, 2)
    rng = np.random.default_rng(3)
    moves = Neighbourhood(_in(columns), rng)
    for moved in range(1, 7):
        for _ in range(200):
            bits = columns.random(rng)
            before = bits.copy()
            flips = moves.compound(bits, moved)
            assert np.array_equal(bits, before), "drawing a move changed the solution"
            assert list(flips) == sorted(set(flips))
            assert 1 <= len(flips) <= 2 * moved
            bits[list(flips)] ^= True
            assert columns.legal(bits)


def test_weights_decide_what_is_drawn() -> None:
    """A bit of four times the weight is flipped four times as often."""
    columns = Columns.of((1,) * 5)
    weights = np.array([4.0, 1.0, 1.0, 1.0, 1.0])
    moves = Neighbourhood(_in(columns), np.random.default_rng(0), weights, 4.0)
    bits = np.zeros(5, dtype=np.bool_)
    drawn = Counter(moves.draw(bits)[0] for _ in range(8000))
    assert drawn[0] / 8000 == pytest.approx(0.5, abs=0.03)
    within = Columns.of((5,), 1, 1)
    moves = Neighbourhood(_in(within), np.random.default_rng(0), weights, 4.0)
    bits[4] = True
    partners = Counter(moves.draw(bits)[0] for _ in range(8000))
    assert partners[0] / 8000 == pytest.approx(4 / 7, abs=0.03)
