"""Walks over large trees, a whole level at a time where levels are wide.

Servers are numbered level by level, the master first. The results are the same, bit for
bit, as those of loops over the servers one by one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeVar

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints

ArrayT = TypeVar("ArrayT", Floats, Ints)

WIDE = 32
"""Servers of a level from which on arrays are quicker than loops."""


def level_by_level(
    count: int, child: Ints, sender: Ints, master: int
) -> tuple[Ints, list[int]] | None:
    """Return a tree's servers level by level; in a level by parent, then as given.

    Parameters
    ----------
    count
        Servers in all.
    child, sender
        The servers below the master, and whom each receives from.
    master
        The root.

    Returns
    -------
    tuple or None
        The servers, the master first, and where each level begins and the last one ends;
        None if not all children are below the master.
    """
    below = child[np.argsort(sender, kind="stable")]
    start = np.concatenate([[0], np.cumsum(np.bincount(sender, minlength=count))])
    plain_below, plain_start = below.tolist(), start.tolist()
    level = np.array([master], dtype=np.int64)
    parts, begins = [level], [0, 1]
    while len(level):
        if len(level) < WIDE:
            listed: list[int] = []
            for server in level.tolist():
                listed += plain_below[plain_start[server] : plain_start[server + 1]]
            level = np.array(listed, dtype=np.int64)
        else:
            sizes = start[level + 1] - start[level]
            skipped = start[level] - (np.cumsum(sizes) - sizes)
            level = below[np.repeat(skipped, sizes) + np.arange(sizes.sum())]
        parts.append(level)
        begins.append(begins[-1] + len(level))
        if begins[-1] > len(child) + 1:  # round and round through the master
            return None
    del begins[-1]  # the last level is empty
    return (np.concatenate(parts), begins) if begins[-1] == len(child) + 1 else None


def carried_down(
    parent: Ints, begins: list[int], values: ArrayT, anew: Bools | None = None
) -> ArrayT:
    """Return for each server the sum of the values on the way down to it.

    Parameters
    ----------
    parent
        Number of each server's parent, shape (N+1,).
    begins
        Where each level begins, and the last one ends.
    values
        What each server adds, shape (N+1,).
    anew
        Where the sum begins anew, with the server's own value; shape (N+1,).
    """
    total = values.copy()
    if _is_wide(begins):
        for begin, end in pairwise(begins[1:]):
            above = total[parent[begin:end]]
            if anew is not None:
                above[anew[begin:end]] = 0
            total[begin:end] += above
        return total
    sums, above_all = values.tolist(), parent.tolist()
    goes_on = [True] * len(parent) if anew is None else (~anew).tolist()
    for server in range(1, len(parent)):
        if goes_on[server]:
            sums[server] += sums[above_all[server]]
    total[:] = sums
    return total


def gathered_up(parent: Ints, begins: list[int], values: ArrayT) -> ArrayT:
    """Return for each server the sum of the values of itself and of all below it.

    Children are added from the last to the first.

    Parameters
    ----------
    parent, begins, values
        As in :func:`carried_down`.
    """
    total = values.copy()
    if _is_wide(begins):
        for begin, end in reversed(list(pairwise(begins[1:]))):
            np.add.at(total, parent[begin:end][::-1], total[begin:end][::-1])
        return total
    sums, above_all = values.tolist(), parent.tolist()
    for server in range(len(parent) - 1, 0, -1):
        sums[above_all[server]] += sums[server]
    total[:] = sums
    return total


def _is_wide(begins: list[int]) -> bool:
    return begins[-1] >= WIDE * len(begins)
