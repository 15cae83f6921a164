"""Uncapacitated facility location: bounds, good answers, and proofs by branch and bound.

Sites cost something to open, and each client takes its cheapest link to an open site. In
discovery the sites are the candidates of a group, and the clients its requests
(:mod:`optkit.discovery.bounds.facility_group`).

For any multipliers v of the clients, Σ v_i + Σ_j min(0, f_j - Σ_i max(0, v_i - c_ij)) is a
lower bound (``docs/discovery.md``). Multipliers come from dual ascent and are improved by
subgradient steps. What remains of the gap is closed by branching on sites.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.runtime.warm_up import wait_until_warm
from optkit.discovery.bounds.covering import Covering, count_rows
from optkit.discovery.bounds.facility_location_kernels import (
    ascend,
    improve,
    raise_bound,
)

ROUNDING = 1e-12
"""Share of a bound's terms that is given up for rounding."""

ROUNDS = 1000
"""Most subgradient steps at the root."""

NODE_ROUNDS = 60
"""Most subgradient steps at any other node."""

LIKELY = 0.4
"""Share of the steps in which a site was open, from which on it is opened in a try."""

LIKELY_AT_ROOT = (0.25, LIKELY, 0.6)
"""The same at the root, where several tries are made."""

STAGES = (0.5, 0.0)
"""Shares of the root's gap that searches by covering leave open, one after the other."""

DIVE = 100
"""Nodes of a first search, which is to find good answers."""

COVERING_NODES = 10
"""Nodes of these searches that take as long as one of the other kind."""

MAX_ENTRIES = 150_000
"""Most entries of a tableau of that search."""

CHUNK = 50
"""Nodes between two looks at the limits."""

FREE, OPEN, CLOSED = 0, 1, -1

FEW_LINKS = 1_000
"""Number of links below which nobody waits for compiled loops."""


@dataclass(frozen=True, eq=False)
class Links:
    """Usable links of n clients to sites, sorted by client and then by cost.

    Parameters
    ----------
    start
        First link of each client, and the number of links at the end, shape (n + 1,).
    site, cost
        Of each link.
    site_start, site_client, site_cost
        The same links sorted by site.
    """

    start: Ints
    site: Ints
    cost: Floats
    site_start: Ints
    site_client: Ints
    site_cost: Floats

    @classmethod
    def of(
        cls, client: Ints, site: Ints, cost: Floats, shape: tuple[int, int]
    ) -> Links:
        """Return links in both orders; every client needs one.

        Parameters
        ----------
        client, site, cost
            Of each link, in any order.
        shape
            Numbers of clients and sites.
        """
        order = np.lexsort((site, cost, client))
        by_site = np.lexsort((client, site))
        return cls(
            np.searchsorted(client[order], np.arange(shape[0] + 1)),
            site[order],
            cost[order],
            np.searchsorted(site[by_site], np.arange(shape[1] + 1)),
            client[by_site],
            cost[by_site],
        )

    @property
    def counts(self) -> Ints:
        """Number of links of each client, shape (n,)."""
        return np.diff(self.start)

    def equal(self, other: Links) -> bool:
        """Return whether the same clients have the same links at the same costs."""
        return (
            np.array_equal(self.start, other.start)
            and np.array_equal(self.site, other.site)
            and np.array_equal(self.cost, other.cost)
        )


@dataclass(order=True)
class _Node:
    """A node of the search: some sites fixed, and a bound on what is left."""

    bound: float
    number: int
    fixed: Ints
    duals: Floats
    share: Floats


class FacilityLocation:
    """One problem, with the best answer and the best bound so far.

    Parameters
    ----------
    links
        The links.
    opening
        Cost of opening each site, at least 0.
    duals
        Multipliers to begin with, shape (clients,); by default those of dual ascent.
    """

    def __init__(
        self, links: Links, opening: Floats, duals: Floats | None = None
    ) -> None:
        self.links, self.opening = links, opening
        self._by_client = (links.start, links.site, links.cost, opening)
        self.value = math.inf
        self.opened: Bools = np.ones(len(opening), dtype=bool)
        self._numbers = itertools.count()
        self._settled = math.inf  # least bound of the nodes that need no branching
        self._nodes: list[_Node] = []
        self._covering: Covering | None = None
        self._covered = -math.inf  # bound proven by covering
        self._stages: list[float] = []
        fixed: Ints = np.zeros(len(opening), dtype=np.int64)
        if duals is None:
            duals = ascend(*self._by_client)
        slack = opening - np.bincount(
            links.site,
            np.maximum(np.repeat(duals, links.counts) - links.cost, 0.0),
            len(opening),
        )
        self.offer(slack <= 1e-9)
        self.offer(np.zeros(len(opening), dtype=bool))  # greedily
        self.duals = self._examine(fixed, duals, -math.inf, ROUNDS)

    @property
    def bound(self) -> float:
        """A lower bound on the cost of every answer."""
        open_nodes = self._nodes[0].bound if self._nodes else math.inf
        return min(self.value, max(self._covered, min(self._settled, open_nodes)))

    def offer(self, opened: Bools) -> None:
        """Improve a set of open sites by local search, and keep it if it is the best."""
        tried = opened.copy()
        links = self.links
        value = improve(
            *self._by_client,
            tried,
            links.site_start,
            links.site_client,
            links.site_cost,
        )
        if value < self.value:
            self.value, self.opened = value, tried

    def prove(
        self,
        tolerance: float,
        should_stop: Callable[[], bool],
        nodes: float = math.inf,
    ) -> bool:
        """Branch until the bound is within ``tolerance`` of the best answer.

        Parameters
        ----------
        tolerance
            Gap at which nothing is left to prove.
        should_stop
            Asked before each node.
        nodes
            Most nodes to divide; in a search by covering, ten times as many.

        Returns
        -------
        bool
            Whether the gap is closed.
        """
        small = len(self.opening) * count_rows(self.links) <= MAX_ENTRIES
        if small and not self._prove_by_covering(
            tolerance, should_stop, COVERING_NODES * nodes
        ):
            return False
        count = 0
        while self._nodes and self.bound < self.value - tolerance:
            if count >= nodes or should_stop():
                return False
            count += 1
            node = heapq.heappop(self._nodes)
            free = np.flatnonzero(node.fixed == FREE)
            site = free[np.argmin(np.abs(node.share[free] - 0.5))]
            for state in (OPEN, CLOSED):
                fixed = node.fixed.copy()
                fixed[site] = state
                self._examine(fixed, node.duals, node.bound, NODE_ROUNDS)
        return self.bound >= self.value - tolerance

    def _prove_by_covering(
        self, tolerance: float, should_stop: Callable[[], bool], nodes: float
    ) -> bool:
        """Search by covering; return whether that came to its end.

        Tableaus take room, so a search that is cut short begins its stage again later.
        """
        count = 0.0
        if self._covering is None and self.bound < self.value - tolerance:
            self._covering = Covering(self.links, self.opening)
            gap = self.value - self.bound
            self._stages = [self.bound + (1.0 - share) * gap for share in STAGES]
            count += self._search(self.value, tolerance, should_stop, DIVE)
        while self._stages and self.bound < self.value - tolerance:
            if count >= nodes or should_stop():
                return False
            before = self._covered
            count += self._search(
                self._stages[0], tolerance, should_stop, nodes - count
            )
            if self._covered > before:
                del self._stages[0]
        return True

    def _search(
        self,
        target: float,
        tolerance: float,
        should_stop: Callable[[], bool],
        nodes: float,
    ) -> int:
        """Search for answers below a target; return the number of nodes."""
        assert self._covering is not None
        count = 0
        search = self._covering.search(target)
        while count < nodes and not should_stop():
            search.lower_target(self.value - 0.5 * tolerance)
            found = search.go_on(int(min(CHUNK, nodes - count)))
            count += search.nodes
            if found is not None:
                self.offer(found)
            if search.has_ended:
                self._covered = max(self._covered, search.proven)
                break
        return count

    def _examine(
        self, fixed: Ints, duals: Floats, inherited: float, rounds: int
    ) -> Floats:
        """Bound the answers that keep ``fixed``; return the multipliers."""
        if not self._propagate(fixed):
            return duals
        own, duals, slack, share = raise_bound(
            *self._by_client, fixed, duals, self.value, rounds
        )
        own -= ROUNDING * float(np.abs(duals).sum() + np.abs(slack).sum())
        bound = max(inherited, own)
        if bound < self.value:
            for least in LIKELY_AT_ROOT if rounds == ROUNDS else (LIKELY,):
                self.offer((fixed == OPEN) | ((fixed == FREE) & (share > least)))
        # A site whose change alone would lift the bound above the best answer stays.
        free = fixed == FREE
        fixed[free & (slack > self.value - own)] = CLOSED
        fixed[free & (slack < own - self.value)] = OPEN
        if bound >= self.value:
            self._settled = min(self._settled, bound)
        elif not self._propagate(fixed):
            self._settled = min(self._settled, self.value)
        elif np.all(fixed != FREE):
            # What was fixed excludes only answers that cost more than the best one.
            cost = self._cost(fixed == OPEN)
            if cost < self.value:
                self.offer(fixed == OPEN)
            self._settled = min(self._settled, max(bound, cost))
        else:
            number = next(self._numbers)
            heapq.heappush(self._nodes, _Node(bound, number, fixed, duals, share))
        return duals

    def _propagate(self, fixed: Ints) -> bool:
        """Open, in place, the sites that a client cannot do without.

        False if a client has no site left.
        """
        links = self.links
        usable = fixed[links.site] != CLOSED
        count = np.add.reduceat(usable.astype(np.int64), links.start[:-1])
        if np.any(count == 0):
            return False
        needed = usable & np.repeat(count == 1, links.counts)
        fixed[links.site[needed]] = OPEN
        return True

    def _cost(self, opened: Bools) -> float:
        """Return what open sites cost, with each client's cheapest link to one."""
        links = self.links
        cost = np.where(opened[links.site], links.cost, np.inf)
        served = np.minimum.reduceat(cost, links.start[:-1])
        return float(self.opening[opened].sum() + served.sum())


def are_loops_ready(links: int, should_stop: Callable[[], bool]) -> bool:
    """Wait until the loops are compiled, where there are many links.

    Parameters
    ----------
    links
        Number of links in all problems.
    should_stop
        Asked every few milliseconds.

    Returns
    -------
    bool
        False if ``should_stop`` said so first.
    """
    return links < FEW_LINKS or wait_until_warm(warm_up, should_stop)


def warm_up() -> None:
    """Call the loops on the smallest problem."""
    one = np.zeros(1, dtype=np.int64)
    located = FacilityLocation(Links.of(one, one, np.zeros(1), (1, 1)), np.ones(1))
    Covering(located.links, located.opening).search(2.0).go_on(1)
