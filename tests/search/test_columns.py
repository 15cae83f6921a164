"""Columns: drawing, fitting, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.search import (
    Columns,
)


def test_draw_follows_the_odds_where_one_bit_is_open() -> None:
    """Where one bit must be open, it is drawn in proportion to the odds."""
    columns = Columns(np.array([0, 2, 5]), np.array([0, 1]), np.array([2, 1]))
    odds = np.array([0.3, 0.8, 0.1, 0.2, 0.7])
    rng = np.random.default_rng(0)
    drawn = np.mean([columns.draw(odds, rng) for _ in range(6000)], axis=0)
    assert drawn == pytest.approx(odds, abs=0.03)


def test_draw_and_fit_are_legal() -> None:
    """Drawn and fitted solutions are legal, whatever the odds."""
    rng = np.random.default_rng(2)
    for _ in range(200):
        sizes = rng.integers(1, 6, size=4)
        least = rng.integers(0, sizes + 1)
        most = rng.integers(least, sizes + 1)
        first = np.concatenate(([0], np.cumsum(sizes)))
        columns = Columns(first, least, most)
        odds = rng.uniform(0.01, 0.99, size=first[-1])
        assert columns.legal(columns.draw(odds, rng))
        assert columns.legal(columns.random(rng))
        bits = rng.random(first[-1]) < 0.5
        columns.fit(bits, odds)
        assert columns.legal(bits)


def test_fit_closes_the_least_and_opens_the_greatest() -> None:
    """Priorities decide which bits are closed or opened."""
    columns = Columns.of((4, 4), 2, 2)
    bits = np.array([True, True, True, True, False, False, False, False])
    columns.fit(bits, np.array([0.1, 0.9, 0.8, 0.2, 0.5, 0.1, 0.2, 0.6]))
    assert bits.tolist() == [False, True, True, False, True, False, False, True]


@pytest.mark.parametrize(
    ("first", "least", "most"),
    [([0, 2, 2], [0, 0], [1, 0]), ([0, 2], [2], [1]), ([0, 2], [0], [3]),
     ([0, 2], [-1], [1]), ([1, 2], [0], [1]), ([0, 2], [0, 0], [1])],
)  # fmt: skip
def test_senseless_columns_are_refused(
    first: list[int], least: list[int], most: list[int]
) -> None:
    """Columns that no solution fits are refused."""
    with pytest.raises(ValueError, match="column"):
        Columns(np.array(first), np.array(least), np.array(most))
