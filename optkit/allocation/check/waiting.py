"""How long parts sent earlier hold up those sent later, on the way to each server."""

from __future__ import annotations

from collections.abc import Mapping


class SentLoads:
    """The ways from the master, and what has been sent along each so far.

    A way may be as long as the tree is high. It is cut into a few runs of links (a server's
    child with the most servers below it continues its run), and where a run is long, what
    left it earlier is summed over blocks of places, each twice the size of the one before.

    Parameters
    ----------
    parent
        Whom each server receives from.
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

        # Seconds per Gbit: from the master, and from where the server's run begins.
        self._way = {master: 0.0}
        self._along: dict[str, float] = {}
        self._start: dict[str, str] = {}
        runs: dict[str, list[str]] = {}
        heirs = {
            sender: sorted(listed, key=below.__getitem__)[-1]
            for sender, listed in children.items()
            if listed and sender != master
        }
        for name in self.downwards:
            sender = parent[name]
            seconds = 1.0 / rates[sender, name]
            self._way[name] = self._way[sender] + seconds
            if heirs.get(sender) == name:
                self._start[name] = self._start[sender]
                self._along[name] = self._along[sender] + seconds
            else:
                self._start[name] = name
                self._along[name] = seconds
            runs.setdefault(self._start[name], []).append(name)

        # Long runs first: so each begins at a multiple of its length, rounded up to a
        # power of two, and blocks of two runs do not overlap.
        self._place: dict[str, int] = {}
        self._bits: dict[str, range] = {}
        first = 0
        for start in sorted(runs, key=lambda start: -len(runs[start])):
            run = runs[start]
            bits = len(run[1:]).bit_length()
            self._bits[start] = range(bits)
            self._place.update(zip(run, range(first, first + len(run)), strict=True))
            first += 1 << bits
        # For each size of block: Gbit that left the run there; and the same times the
        # seconds per Gbit up to where it left.
        sizes = range(first.bit_length())
        self._gbit = [[0.0] * (first >> bit) for bit in sizes]
        self._spent = [[0.0] * (first >> bit) for bit in sizes]

    def waiting_time(self, server: str) -> float:
        """Return the seconds that what was sent so far takes on the way to ``server``.

        In each run, what left it before this way does, or where it does, counts up to
        where it left; what stayed longer counts as far as this way goes.
        """
        total = 0.0
        while server != self._master:
            start, place = self._start[server], self._place[server]
            total += self._spent[0][place]
            beyond = 0.0
            for bit in self._bits[start]:
                block = place >> bit
                if block & 1:
                    total += self._spent[bit][block ^ 1]
                else:
                    beyond += self._gbit[bit][block ^ 1]
            total += beyond * self._along[server]
            server = self._parent[start]
        return total

    def send(self, server: str, load: float) -> float:
        """Send ``load`` Gbit to ``server``; return the seconds that it takes."""
        target = server
        while load != 0.0 and server != self._master:
            start, place = self._start[server], self._place[server]
            spent = load * self._along[server]
            self._spent[0][place] += spent
            self._gbit[0][place] += load
            for bit in self._bits[start][1:]:
                self._spent[bit][place >> bit] += spent
                self._gbit[bit][place >> bit] += load
            server = self._parent[start]
        return load * self._way[target]
