"""Nearest open agents from lists of links, compared with tables of all pairs."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.discovery.problem.nearest_agent import NearestAgents


@pytest.mark.parametrize("seed", range(6))
def test_lists_find_what_tables_find(seed: int) -> None:
    """Targets, seconds and counts agree, also where times are equal or links missing."""
    rng = np.random.default_rng(seed)
    connect = rng.integers(1, 4, (9, 5)).astype(float)
    connect[rng.random(connect.shape) < 0.5] = np.inf
    connect[0] = np.inf
    links = NearestAgents.of(connect)
    assert np.array_equal(links.linked, np.isfinite(connect).any(axis=1))
    for number in range(2**5):
        opened = (number >> np.arange(5)) % 2 == 1
        target, seconds, count = links.serve(opened)
        table = np.where(opened, connect, np.inf)
        assert np.array_equal(count, np.isfinite(table).sum(axis=1))
        assert np.array_equal(count, links.usable_count(opened))
        assert np.array_equal(seconds, table.min(axis=1))
        expected = np.where(np.isfinite(seconds), table.argmin(axis=1), -1)
        assert np.array_equal(target, expected)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_groups_without_requests_or_candidates_are_served(
    shape: tuple[int, int],
) -> None:
    """There is nothing to find, and nothing fails."""
    links = NearestAgents.of(np.full(shape, np.inf))
    target, seconds, count = links.serve(np.zeros(shape[1], dtype=bool))
    assert target.tolist() == [-1] * shape[0]
    assert np.isinf(seconds).all()
    assert not count.any()
