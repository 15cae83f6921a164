"""Columns, moves and scores: what every engine stands on."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from optkit.search import (
    AnnealingParameters,
    BinaryProblem,
    Columns,
    GeneticParameters,
    Neighbourhood,
    Score,
    TrustRegionParameters,
)
from tests.search.problems import OneMax


def _in(columns: Columns) -> BinaryProblem:
    """Return a problem with these columns."""
    return OneMax(columns, columns.random(np.random.default_rng(0)))


def test_moves_keep_columns_legal_and_reach_everything() -> None:
    """Protects the neighbourhood: legal moves only, and every legal solution in reach."""
    columns = Columns(np.array([0, 3, 5, 6]), np.array([1, 1, 0]), np.array([2, 1, 1]))
    moves = Neighbourhood(_in(columns), np.random.default_rng(0))
    bits = columns.random(np.random.default_rng(1))
    seen = set()
    for _ in range(4000):
        flips = moves.draw(bits)
        assert 1 <= len(flips) <= 2
        bits[list(flips)] ^= True
        assert columns.legal(bits)
        seen.add(bits.tobytes())
    # 3 + 3 ways in the first column, 2 in the second, 2 in the third.
    assert len(seen) == 6 * 2 * 2


def test_compound_moves_stay_within_their_radius() -> None:
    """Protects the trust region: k moves flip 1 to 2k bits, each once, all legal."""
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
    """Protects the weighting: a bit four times as heavy is flipped four times as often."""
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


def test_draw_follows_the_odds_where_one_bit_is_open() -> None:
    """Protects the sampling of colony and swarm: one of several, in proportion."""
    columns = Columns(np.array([0, 2, 5]), np.array([0, 1]), np.array([2, 1]))
    odds = np.array([0.3, 0.8, 0.1, 0.2, 0.7])
    rng = np.random.default_rng(0)
    drawn = np.mean([columns.draw(odds, rng) for _ in range(6000)], axis=0)
    assert drawn == pytest.approx(odds, abs=0.03)


def test_draw_and_fit_are_legal() -> None:
    """Protects populations: whatever the odds, columns end legal."""
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
    """Protects the mending: priorities decide which bits stay."""
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
    """Protects problems from columns that no solution fits."""
    with pytest.raises(ValueError, match="column"):
        Columns(np.array(first), np.array(least), np.array(most))


def test_scores_order_by_violation_then_value() -> None:
    """Protects acceptance: feasibility first, and rounding is no progress."""
    assert Score(0.0, 5.0).better_than(Score(1.0, 1.0))
    assert Score(1.0, 9.0).better_than(Score(2.0, 1.0))
    assert Score(0.0, 1.0).better_than(Score(0.0, 2.0))
    assert not Score(0.0, 1.0 - 1e-14).better_than(Score(0.0, 1.0))
    assert Score(0.0, 1e-14).better_than(Score(0.0, 2e-14))
    assert Score(0.0, 1.0).better_than(Score(0.0, float("inf")))
    for violation, value in ((-1.0, 0.0), (float("nan"), 0.0), (0.0, float("nan"))):
        with pytest.raises(ValueError, match="violation"):
            Score(violation, value)


def test_senseless_parameters_are_refused_all_at_once() -> None:
    """Protects users of the library: a parameter out of range is named, not endured."""
    with pytest.raises(ValueError, match=r"batch: 0.*\n.*penalty: 1.5"):
        TrustRegionParameters(batch=0, penalty=1.5)
    with pytest.raises(ValueError, match="population: 1"):
        GeneticParameters(population=1)
    with pytest.raises(ValueError, match="acceptance: 1"):
        AnnealingParameters(acceptance=1.0)
