"""A solution that keeps all rules, as arrays: a large one is checked by whole columns.

:func:`sound_tree` only says that a solution is sound, or that a closer look is needed;
:mod:`optkit.allocation.check.rules` then finds what is wrong. The two are compared in the
tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from optkit.allocation.check.rules import LOAD_TOLERANCE
from optkit.allocation.check.sink import sink_numbers
from optkit.allocation.check.tree_walks import carried_down, level_by_level
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class TreeArrays:
    """The tree of a solution, its servers numbered level by level; the master is 0.

    Parameters
    ----------
    servers
        The number of each in the instance, shape (N+1,).
    parent
        Number of each one's parent, shape (N+1,), never falling; the master's is 0.
    begins
        Where each level begins, and the last one ends.
    gbps
        Rate of the link from the parent, shape (N+1,); of the master infinite.
    load
        Gbit, shape (N+1,).
    sent
        The servers in sending order, one subtree after the other, shape (N,).
    cuts
        Where in ``sent`` each subtree but the first begins.
    """

    servers: Ints
    parent: Ints
    begins: list[int]
    gbps: Floats
    load: Floats
    sent: Ints
    cuts: Ints

    @property
    def count(self) -> int:
        """Number of servers, the master included."""
        return len(self.servers)


def sound_tree(
    instance: AllocationInstance, solution: AllocationSolution
) -> TreeArrays | None:
    """Return the tree of a solution; None if it may break a rule.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    """
    number, count = instance.network.number, len(instance.network.ids)
    try:
        child, sender, loaded, roots, sent = (
            np.array(list(map(number.__getitem__, names)), dtype=np.int64)
            for names in (
                solution.parent,
                solution.parent.values(),
                solution.load_gbit,
                solution.order,
                chain.from_iterable(solution.order.values()),
            )
        )
    except KeyError:
        return None
    levels = level_by_level(count, child, sender, number[instance.master])
    if levels is None:
        return None
    servers, begins = levels
    gbps = link_rates(instance, sender, child)
    if gbps is None:
        return None
    if solution.routing == "sink" and np.any(sink_numbers(instance)[child] != sender):
        return None

    place = np.full(count, -1, dtype=np.int64)
    place[servers] = np.arange(len(servers))
    parent = np.zeros(len(servers), dtype=np.int64)
    parent[place[child]] = place[sender]
    rate = np.full(len(servers), np.inf)
    rate[place[child]] = gbps

    load = _loads(instance, solution, loaded, place)
    if load is None:
        return None
    sizes = np.array([len(listed) for listed in solution.order.values()], np.int64)
    if not _covers_subtrees(parent, begins, place[roots], place[sent], sizes):
        return None
    cuts = np.cumsum(sizes)[:-1]
    return TreeArrays(servers, parent, begins, rate, load, place[sent], cuts)


def link_rates(
    instance: AllocationInstance, sender: Ints, child: Ints
) -> Floats | None:
    """Return the rates of links; None if one does not exist."""
    network = instance.network
    pairs, by_pair = instance.derived(_sorted_pairs)
    wanted = sender * len(network.ids) + child
    found = np.searchsorted(pairs, wanted)
    if len(found) and (
        not len(pairs) or found.max() == len(pairs) or np.any(pairs[found] != wanted)
    ):
        return None
    return network.gbps[by_pair[found]]


def _sorted_pairs(instance: AllocationInstance) -> tuple[Ints, Ints]:
    network = instance.network
    pairs = network.source * len(network.ids) + network.target
    by_pair = np.argsort(pairs)
    return pairs[by_pair], by_pair


def _loads(
    instance: AllocationInstance,
    solution: AllocationSolution,
    loaded: Ints,
    place: Ints,
) -> Floats | None:
    """Return the loads of the servers of the tree; None if they break a rule."""
    size = instance.task.size_gbit
    given = np.array(list(solution.load_gbit.values()), dtype=np.float64)
    total = sum(solution.load_gbit.values())
    if abs(total - size) > LOAD_TOLERANCE * size or np.any(
        given < -LOAD_TOLERANCE * size
    ):
        return None
    in_tree = place[loaded] >= 0
    if np.any(given[~in_tree] != 0.0):
        return None
    load = np.zeros(int(place.max()) + 1)
    load[place[loaded[in_tree]]] = given[in_tree]
    return load


def _covers_subtrees(
    parent: Ints, begins: list[int], roots: Ints, sent: Ints, sizes: Ints
) -> bool:
    """Return whether the orders hold every server of each subtree once, and no other."""
    expected = (
        int(np.searchsorted(parent, 0, side="right")) - 1
    )  # the master's children
    if len(roots) != expected or np.any(roots < 1) or np.any(parent[roots] != 0):
        return False
    if len(sent) != len(parent) - 1 or np.any(sent < 1):
        return False
    times = np.bincount(sent, minlength=len(parent))
    if np.any(times[1:] != 1):
        return False
    root = roots_above(parent, begins)
    return bool(np.all(root[sent] == np.repeat(roots, sizes)))


def roots_above(parent: Ints, begins: list[int]) -> Ints:
    """Return the child of the master above each server, or that it is; 0 for the master.

    Parameters
    ----------
    parent, begins
        As in :class:`TreeArrays`.
    """
    is_root = parent == 0
    own = np.where(is_root, np.arange(len(parent)), 0)
    return carried_down(parent, begins, own, is_root)
