"""The nearest open agent of each request of a group, from lists of its links.

Most nodes reach few candidates, so lists of links are much shorter than tables of pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class NearestAgents:
    """The links of n requests, those of one request by their seconds.

    Parameters
    ----------
    candidate, seconds
        Of each link. Of two links that take the same time, that to the candidate with the
        lower index comes first.
    first
        First link of each request, and the number of links at the end, shape (n + 1,).
    linked
        Which requests have links, shape (n,).
    """

    candidate: Ints
    seconds: Floats
    first: Ints
    linked: Bools

    @classmethod
    def of(cls, connect: Floats) -> NearestAgents:
        """Return the links in a table of seconds, infinite for no link, shape (n, J)."""
        request, candidate = np.nonzero(np.isfinite(connect))
        seconds = connect[request, candidate]
        order = np.lexsort((candidate, seconds, request))
        first = np.searchsorted(request, np.arange(len(connect) + 1))
        return cls(candidate[order], seconds[order], first, first[1:] > first[:-1])

    def usable_count(self, opened: Bools) -> Ints:
        """Return how many of the open agents each request could use, shape (n,)."""
        _, position = self._usable(opened)
        count: Ints = position[1:] - position[:-1]
        return count

    def _usable(self, opened: Bools) -> tuple[Ints, Ints]:
        """Return the links to open agents, and where each request's begin among them."""
        usable = opened[self.candidate].nonzero()[0]
        return usable, usable.searchsorted(self.first)

    def serve(self, opened: Bools) -> tuple[Ints, Floats, Ints]:
        """Return what each request finds where some agents are open.

        Parameters
        ----------
        opened
            Open candidates, shape (J,).

        Returns
        -------
        target, seconds
            The nearest open agent and the seconds to it, -1 and infinity if there is none,
            shape (n,).
        count
            Number of open agents that each request could use, shape (n,).
        """
        usable, position = self._usable(opened)
        count = position[1:] - position[:-1]
        served = count.nonzero()[0]
        link = usable[position[served]]
        target = np.full(len(count), -1)
        seconds = np.full(len(count), np.inf)
        target[served] = self.candidate[link]
        seconds[served] = self.seconds[link]
        return target, seconds, count
