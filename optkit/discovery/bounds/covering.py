"""Facility location as covering with penalties: proofs where links mostly cost the same.

A client whose links cost c_1 < c_2 < … pays c_1, c_2 - c_1 more unless a site with a link
at c_1 is open, c_3 - c_2 more unless one at c_2 or less is, and so on. At least one of all
its sites has to be open. So every client is a few rows: sets of sites, of which one is open
or a penalty is paid (the radius formulation of Cornuéjols, Nemhauser and Wolsey 1980).
Where a link costs nothing whatever it leads to, that is one row per client, and the problem
is set covering: its linear program is small, but far below the optimum.

Branch and bound solves that program exactly at every node, by its dual
(:mod:`optkit.discovery.bounds.covering_kernels`). It looks for answers below a target that
is raised in stages, so that a search that is stopped has proven something.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.bounds.covering_kernels import (
    DRIFT,
    FINISHED,
    FOUND,
    GOING_DOWN,
    NODES,
    TARGET,
    TOO_DEEP,
    search,
)

if TYPE_CHECKING:
    from optkit.discovery.bounds.facility_location import Links

DEPTHS = 24
"""Depths that a search has room for at first."""

ROUNDING = 1e-12
"""Share of a bound's terms that is given up for rounding."""

DRIFTS = 10.0
"""Multiple of the largest difference between a tableau's bound and the same computed anew
that is given up."""


class Covering:
    """Sets of sites of which one has to be open, or a penalty is paid.

    Parameters
    ----------
    links
        The problem's links.
    opening
        Cost of opening each site, shape (J,).
    """

    def __init__(self, links: Links, opening: Floats) -> None:
        self.opening = opening
        self.base, rows = _rows(links)
        self.penalty: Floats = np.array(list(rows.values()))
        members = np.zeros((len(rows), len(opening)), dtype=bool)
        for number, row in enumerate(rows):
            members[number, np.frombuffer(row, dtype=np.int64)] = True
        kept = ~_implied(members, np.isinf(self.penalty))
        self.penalty = self.penalty[kept]
        site, self.row_of = np.nonzero(members[kept].T)
        self.start: Ints = np.searchsorted(site, np.arange(len(opening) + 1))
        self.gains = np.zeros((len(opening), 4))
        self.largest = np.append(self.penalty, np.full(len(opening), np.inf))
        self.magnitude = float(np.abs(opening).sum() + abs(self.base))

    def search(self, target: float) -> CoveringSearch:
        """Return a search for answers that cost less than ``target``."""
        return CoveringSearch(self, target)


class CoveringSearch:
    """A search for answers below a target; see :meth:`Covering.search`.

    Parameters
    ----------
    problem
        The problem. What the search learns of its sites is kept there.
    target
        What answers have to cost less than.
    """

    def __init__(self, problem: Covering, target: float) -> None:
        self.problem = problem
        self.has_ended = False
        """Whether no answer below the target is left."""
        self.nodes = 0
        """Nodes of the last call."""
        sites, rows = len(problem.opening), len(problem.penalty)
        self._counts: Ints = np.zeros(4, dtype=np.int64)
        self._counts[GOING_DOWN] = 1
        self._numbers = np.array([target - problem.base, 0.0])
        self._incumbent: Bools = np.zeros(sites, dtype=bool)
        depths = min(DEPTHS, sites + 1)
        self._levels: tuple[Any, ...] = (
            np.zeros((depths, sites, rows)),  # tableaus
            np.zeros((depths, sites)),  # their values
            np.zeros((depths, rows)),  # their rates
            np.zeros((depths, sites), dtype=np.int64),  # basic variables
            np.zeros((depths, rows), dtype=np.int64),  # nonbasic variables
            np.zeros((depths, rows), dtype=bool),  # multipliers that are flipped
            np.zeros((depths, sites), dtype=np.int64),  # sites that are fixed
            np.zeros((depths, 2), dtype=np.int64),  # sizes of the tableaus
            np.zeros((depths, 2)),  # bounds, and shares of the sites branched on
            np.zeros((depths, 2), dtype=np.int64),  # these sites
        )
        tables, values, rates, basics, nonbasics, _, _, sizes, _, _ = self._levels
        site = np.repeat(np.arange(sites), np.diff(problem.start))
        tables[0, site, problem.row_of] = 1.0
        values[0], rates[0] = problem.opening, 1.0
        basics[0], nonbasics[0] = rows + np.arange(sites), np.arange(rows)
        sizes[0] = sites, rows

    def lower_target(self, target: float) -> None:
        """Look for answers that cost less than ``target`` only, if that is lower."""
        target -= self.problem.base
        self._numbers[TARGET] = min(self._numbers[TARGET], target)

    def go_on(self, nodes: int) -> Bools | None:
        """Go on with the search.

        Parameters
        ----------
        nodes
            Most nodes.

        Returns
        -------
        array or None
            Which sites the best answer below the target opens, if one was found.
        """
        problem = self.problem
        self._counts[FOUND] = 0
        before, self.nodes = int(self._counts[NODES]), 0
        ended = TOO_DEEP
        while ended == TOO_DEEP:
            ended = search(
                problem.start,
                problem.row_of,
                problem.opening,
                problem.largest,
                self._incumbent,
                self._counts,
                *self._levels,
                problem.gains,
                self._numbers,
                max(nodes - self.nodes, 1),
            )
            self.nodes = int(self._counts[NODES]) - before
            if ended == TOO_DEEP:
                self._levels = tuple(
                    np.concatenate([level, np.zeros_like(level)])
                    for level in self._levels
                )
        self.has_ended = ended == FINISHED
        return self._incumbent.copy() if self._counts[FOUND] else None

    @property
    def proven(self) -> float:
        """The least that an answer can cost, once the search has ended."""
        drift = DRIFTS * float(self._numbers[DRIFT])
        drift += ROUNDING * self.problem.magnitude
        return float(self._numbers[TARGET]) + self.problem.base - drift


def count_rows(links: Links) -> int:
    """Return how many rows a problem has at most: different costs, client by client."""
    cost, client = links.cost, np.repeat(np.arange(len(links.start) - 1), links.counts)
    return 1 + int(((np.diff(cost) != 0.0) | (np.diff(client) != 0)).sum())


def _rows(links: Links) -> tuple[float, dict[bytes, float]]:
    """Return what all clients pay in any case, and the penalty of every set of sites."""
    base: list[float] = []
    rows: dict[bytes, float] = {}
    for first, last in zip(links.start[:-1], links.start[1:], strict=True):
        site, cost = links.site[first:last], links.cost[first:last]
        base.append(float(cost[0]))
        steps = np.flatnonzero(np.diff(cost)) + 1
        penalties = [*(cost[steps] - cost[steps - 1]).tolist(), math.inf]
        for end, penalty in zip([*steps.tolist(), len(site)], penalties, strict=True):
            row = np.sort(site[:end]).astype(np.int64).tobytes()
            rows[row] = rows.get(row, 0.0) + penalty
    return math.fsum(base), rows


def _implied(members: Bools, needed: Bools) -> Bools:
    """Return which rows hold where smaller ones without a penalty hold.

    Parameters
    ----------
    members
        Sites of each row, shape (R, J).
    needed
        Rows without a penalty: one of their sites is open in every answer, shape (R,).
    """
    counts = members.astype(np.float64)
    common = counts[needed] @ counts.T
    contains = common == counts[needed].sum(axis=1)[:, None]
    smaller = counts[needed].sum(axis=1)[:, None] < counts.sum(axis=1)[None, :]
    return np.asarray((contains & smaller).any(axis=0), dtype=np.bool_)
