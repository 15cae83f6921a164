"""How long parts sent earlier hold up later ones, on the way to each server."""

from __future__ import annotations

from collections.abc import Mapping


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
