"""How long parts sent earlier hold up later ones, on the way to each server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optkit.allocation.check.tree_arrays import TreeArrays
from optkit.allocation.check.tree_walks import carried_down, gathered_up
from optkit.core.arrays import Floats, Ints


class SentLoads:
    """The ways from the master, and what has been sent along each so far.

    A way may be as long as the tree is high. So the tree is cut into heavy paths: the
    child with the most servers below it continues its parent's path, and every way
    passes only a few of them. Along a path, the loads that left it are summed over
    blocks of positions, each level of blocks twice the size of the one below.

    Parameters
    ----------
    parent
        The server that each server receives from.
    master
        The root.
    rates
        Gbit/s of each link (source, target).
    """

    def __init__(
        self,
        parent: Mapping[str, str],
        master: str,
        rates: Mapping[tuple[str, str], float],
    ) -> None:
        self._parent, self._master = parent, master
        children: dict[str, list[str]] = {name: [] for name in (master, *parent)}
        for child, sender in parent.items():
            children[sender].append(child)
        self.downwards = list(children[master])  # parents before children
        for name in self.downwards:  # grows while it is walked
            self.downwards.extend(children[name])
        below = dict.fromkeys(children, 1)
        for name in reversed(self.downwards):
            below[parent[name]] += below[name]

        # Seconds per Gbit: from the master, and from where the server's path begins.
        self._way = {master: 0.0}
        self._along: dict[str, float] = {}
        self._path_start: dict[str, str] = {}
        paths: dict[str, list[str]] = {}
        heavy_child = {
            sender: sorted(listed, key=below.__getitem__)[-1]
            for sender, listed in children.items()
            if listed and sender != master
        }
        for name in self.downwards:
            sender = parent[name]
            seconds = 1.0 / rates[sender, name]
            self._way[name] = self._way[sender] + seconds
            if heavy_child.get(sender) == name:
                self._path_start[name] = self._path_start[sender]
                self._along[name] = self._along[sender] + seconds
            else:
                self._path_start[name] = name
                self._along[name] = seconds
            paths.setdefault(self._path_start[name], []).append(name)

        # Long paths first: so each begins at a multiple of its length, rounded up to a
        # power of two, and blocks of two paths do not overlap.
        self._position: dict[str, int] = {}
        self._levels: dict[str, range] = {}
        offset = 0
        for start in sorted(paths, key=lambda start: -len(paths[start])):
            path = paths[start]
            levels = len(path[1:]).bit_length()
            self._levels[start] = range(levels)
            self._position.update(
                zip(path, range(offset, offset + len(path)), strict=True)
            )
            offset += 1 << levels
        # For each level of blocks: the Gbit that left the path there; and the same times
        # the seconds per Gbit up to where it left.
        sizes = range(offset.bit_length())
        self._gbit = [[0.0] * (offset >> level) for level in sizes]
        self._spent = [[0.0] * (offset >> level) for level in sizes]

    def waiting_time(self, server: str) -> float:
        """Return the seconds that everything sent so far takes on the way to ``server``.

        On each path, a load that left it at or before the point where this way does
        counts up to where it left. A load that stayed on the path longer counts as far
        as this way goes.
        """
        total = 0.0
        while server != self._master:
            start, position = self._path_start[server], self._position[server]
            total += self._spent[0][position]
            beyond = 0.0
            for level in self._levels[start]:
                block = position >> level
                if block & 1:
                    total += self._spent[level][block ^ 1]
                else:
                    beyond += self._gbit[level][block ^ 1]
            total += beyond * self._along[server]
            server = self._parent[start]
        return total

    def send(self, server: str, load: float) -> float:
        """Send ``load`` Gbit to ``server``; return the seconds that it takes."""
        target = server
        while load != 0.0 and server != self._master:
            start, position = self._path_start[server], self._position[server]
            spent = load * self._along[server]
            self._spent[0][position] += spent
            self._gbit[0][position] += load
            for level in self._levels[start][1:]:
                self._spent[level][position >> level] += spent
                self._gbit[level][position >> level] += load
            server = self._parent[start]
        return load * self._way[target]


def waiting_times(tree: TreeArrays) -> Floats:
    """Return the waiting time of every server, as :class:`SentLoads` does, by columns.

    Parameters
    ----------
    tree
        The tree, with its loads and orders.
    """
    waiting = np.zeros(tree.count)
    if tree.count == 1:
        return waiting
    passed = _passed_paths(tree)
    # Loads that left a path at the point where this way does.
    here = _Blocks(passed.place, passed.moment, tree.count)
    first = here.begin[passed.place]
    total = here.between(passed.spent, first, first + here.earlier)
    beyond = np.zeros(len(total))
    for level in range(int(passed.levels.max())):
        inside = np.flatnonzero(passed.levels > level)
        block, moment = passed.place[inside] >> level, passed.moment[inside]
        blocks = _Blocks(block, moment, tree.count)
        # Of a pair of blocks, who was earlier in the pair and not in the own block.
        last = _Blocks(block >> 1, moment, tree.count).earlier - blocks.earlier
        first = blocks.begin[block ^ 1]
        last += first
        is_left = block & 1 == 1
        del block, moment
        left, right = np.flatnonzero(is_left), np.flatnonzero(~is_left)
        total[inside[left]] += blocks.between(
            passed.spent[inside], first[left], last[left]
        )
        beyond[inside[right]] += blocks.between(
            passed.gbit[inside], first[right], last[right]
        )
    total += beyond * passed.along
    waiting[tree.sent] = np.bincount(passed.moment, total, len(tree.sent))
    return waiting


@dataclass(frozen=True, eq=False)
class _PassedPaths:
    """Every heavy path that the way to a server takes a part of.

    Parameters
    ----------
    moment
        Position in ``TreeArrays.sent`` of the server.
    place
        Position among all paths where its way leaves the path.
    along
        Seconds per Gbit on the path up to there.
    levels
        How many levels of blocks the path has.
    gbit, spent
        The server's load, and its seconds on the path.
    """

    moment: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]
    along: Floats
    levels: npt.NDArray[np.int8]
    gbit: Floats
    spent: Floats


def _passed_paths(tree: TreeArrays) -> _PassedPaths:
    ones = np.ones(tree.count, dtype=np.int64)
    below = gathered_up(tree.parent, tree.begins, ones)
    # The last of the children with the most servers below them continues the path.
    ranked = np.lexsort((below[1:], tree.parent[1:])) + 1
    last = np.append(np.diff(tree.parent[ranked]) > 0, True)
    continues = np.zeros(tree.count, dtype=bool)
    continues[ranked[last]] = True
    continues[tree.parent == 0] = False
    begins_path = ~continues
    own = np.where(begins_path, np.arange(tree.count), 0)
    starts = carried_down(tree.parent, tree.begins, own, begins_path)
    along_path = carried_down(tree.parent, tree.begins, 1.0 / tree.gbps, begins_path)
    step = carried_down(tree.parent, tree.begins, ones * continues, begins_path)
    length = np.bincount(starts, minlength=tree.count)
    length[0] = 0
    levels = np.frexp(np.maximum(length - 1, 0))[1].astype(np.int64)  # bit lengths
    # Long paths first, so that blocks of two paths do not overlap.
    by_length = np.argsort(-length, kind="stable")
    offset = np.zeros(tree.count, dtype=np.int64)
    offset[by_length] = np.cumsum(1 << levels[by_length]) - (1 << levels[by_length])
    place = offset[starts] + step

    moments, here = np.arange(len(tree.sent)), tree.sent
    taken = []
    while len(here):
        taken.append((moments, here))
        here = tree.parent[starts[here]]
        moments, here = moments[here > 0], here[here > 0]
    moment = np.concatenate([moments for moments, _ in taken])
    ends = np.concatenate([here for _, here in taken])
    # Neighbours on a path beside each other: what is looked up then lies close together.
    by_place = np.argsort(place[ends] * tree.count + moment)
    moment, ends = moment[by_place], ends[by_place]
    gbit = tree.load[tree.sent[moment]]
    return _PassedPaths(  # in small types, because these arrays are the longest of all
        moment=moment.astype(np.int32),
        place=place[ends].astype(np.int32),
        along=along_path[ends],
        levels=levels[starts[ends]].astype(np.int8),
        gbit=gbit,
        spent=gbit * along_path[ends],
    )


class _Blocks:
    """Entries that are made in blocks, one after the other.

    Parameters
    ----------
    block, moment
        Where and when each entry is made; no two entries of a block at the same moment.
    moments
        How many moments there are.
    """

    def __init__(
        self,
        block: npt.NDArray[np.int32],
        moment: npt.NDArray[np.int32],
        moments: int,
    ) -> None:
        self._ordered = np.argsort(block.astype(np.int64) * moments + moment)
        sizes = np.bincount(block, minlength=(int(block.max()) | 1) + 1)
        self.begin = np.cumsum(sizes) - sizes
        """Where each block begins among the entries by block and moment."""
        place = np.empty(len(block), dtype=np.int64)
        place[self._ordered] = np.arange(len(block))
        self.earlier = place - self.begin[block]
        """How many entries of its block were made before each entry."""

    def between(self, values: Floats, first: Ints, last: Ints) -> Floats:
        """Return sums of values from one place in that order to another.

        Differences of running sums would be as wrong as the largest of them, so the
        rounding error of each is summed, too.
        """
        ordered = values[self._ordered]
        high, low = np.zeros(len(values) + 1), np.zeros(len(values) + 1)
        np.cumsum(ordered, out=high[1:])
        added = high[1:] - high[:-1]
        ordered -= added
        error = np.subtract(high[1:], added, out=added)
        np.subtract(high[:-1], error, out=error)
        error += ordered
        np.cumsum(error, out=low[1:])
        total = high[last] - high[first]
        total += low[last] - low[first]
        return total
