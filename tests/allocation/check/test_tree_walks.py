"""Walks over trees give what loops over their servers give, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.allocation.check.tree_walks import (
    WIDE,
    carried_down,
    gathered_up,
    level_by_level,
)
from optkit.core.arrays import Ints

RNG = np.random.default_rng(2)
COUNT = 1500

SHAPES = {
    "chain": np.arange(COUNT - 1),
    "star": np.zeros(COUNT - 1, dtype=np.int64),
    "random": np.array([RNG.integers(0, k) for k in range(1, COUNT)]),
    "bush on a stem": np.minimum(np.arange(COUNT - 1), 3 * WIDE),
    "stems on a bush": np.maximum(np.arange(COUNT - 1) - 2 * WIDE, 0),
    "one child": np.zeros(1, dtype=np.int64),
    "nobody": np.zeros(0, dtype=np.int64),
}
"""The senders of servers 1, 2, …"""


def _by_loops(child: Ints, sender: Ints, master: int) -> list[int]:
    below: dict[int, list[int]] = {}
    for server, above in zip(child.tolist(), sender.tolist(), strict=True):
        below.setdefault(above, []).append(server)
    listed = [master]
    for server in listed:  # grows while it is walked
        listed += below.get(server, [])
    return listed


@pytest.mark.parametrize("shape", SHAPES)
def test_walks_equal_loops(shape: str) -> None:
    """Order, sums on the way down and sums from below are those of plain loops."""
    above = SHAPES[shape]
    count = len(above) + 1
    number = RNG.permutation(count)  # of each server, anywhere in the file
    shuffled = RNG.permutation(count - 1)
    child, sender = number[1:][shuffled], number[above][shuffled]
    levels = level_by_level(count, child, sender, int(number[0]))
    assert levels is not None
    servers, begins = levels
    assert servers.tolist() == _by_loops(child, sender, int(number[0]))

    place = np.empty(count, dtype=np.int64)
    place[servers] = np.arange(count)
    parent = np.zeros(count, dtype=np.int64)
    parent[place[child]] = place[sender]
    depth = [0] * count
    for server in range(1, count):
        depth[server] = depth[parent[server]] + 1
    assert np.repeat(np.arange(len(begins) - 1), np.diff(begins)).tolist() == depth

    values, anew = RNG.random(count), RNG.random(count) < 0.2
    down, restarted, up = values.tolist(), values.tolist(), values.tolist()
    for server in range(1, count):
        down[server] = down[parent[server]] + down[server]
        if not anew[server]:
            restarted[server] = restarted[parent[server]] + restarted[server]
    for server in range(count - 1, 0, -1):
        up[parent[server]] += up[server]
    assert carried_down(parent, begins, values).tolist() == down
    assert carried_down(parent, begins, values, anew).tolist() == restarted
    assert gathered_up(parent, begins, values).tolist() == up


@pytest.mark.parametrize("length", [3, 2 * WIDE])
def test_circles_are_no_trees(length: int) -> None:
    """Neither a circle apart from the master nor one through it is a tree."""
    ring = np.arange(1, length + 1)
    assert level_by_level(length + 1, ring, np.roll(ring, 1), 0) is None
    ring = np.arange(length)
    assert level_by_level(length, ring, np.roll(ring, 1), 0) is None
    everybody = np.arange(length)
    assert (
        level_by_level(length, everybody, np.zeros(length, dtype=np.int64), 0) is None
    )
