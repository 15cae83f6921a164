"""One access point routes its jobs: each to the queue where it adds least to the cost."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.policies.rollout_kernels import (
    cheapest_server,
    expected_arrivals,
    joining_costs,
)
from optkit.dispatch.problem.arrival_kernels import add_job
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData


class RouterLaws(Protocol):
    """What a router takes to be true of uploads, services and others' jobs."""

    @property
    def discount(self) -> float:
        """Per interval, of the costs that a choice causes."""

    @property
    def slots_per_interval(self) -> int:
        """t_B."""

    @property
    def slots_ahead(self) -> int:
        """Slots from a boundary to the last join of jobs sent before the next view acts."""

    def uploads(self, kind: int) -> tuple[Floats, Floats]:
        """Return P(U = x) and P(U ≥ x) of a type's uploads, each (pairs, Ξ + 1)."""

    def pairs(self, ap: Ints, server: Ints) -> Ints:
        """Return the rows of access points and servers in :meth:`uploads`."""

    def service_rates(self, servers: Ints) -> Floats:
        """Return (J, servers): probability that a service ends in a slot."""

    def marginal_from(self, kind: int, servers: Ints, boundary: int) -> Floats:
        """Return (servers, t_B, L + 1): cost of joining in a slot from ``boundary`` on."""

    def from_others(self, ap: int, kind: int, servers: Ints) -> Floats:
        """Return (servers, slots, A + 1): laws of the joins of jobs that others send.

        These are jobs that are sent from the boundary on.
        """


class Router:
    """Routes the jobs of one access point by what it knows.

    ``pending`` is an observation that has not arrived yet: its signal slot lies ahead.

    Parameters
    ----------
    laws
        The laws.
    network
        The network; its laws are not read.
    ap
        The access point.
    """

    def __init__(self, laws: RouterLaws, network: ProblemData, ap: int) -> None:
        _, all_servers, kinds = network.shape
        servers = np.flatnonzero(network.candidate[ap])
        self._laws = laws
        self._ap = ap
        self._servers = servers
        self._pairs = laws.pairs(np.full(len(servers), ap), servers)
        self._position = np.full(all_servers, -1, dtype=np.int64)
        self._position[servers] = np.arange(len(servers))
        self._marginal: dict[int, Floats] = {}
        self._rate = laws.service_rates(servers)
        self.pending: Observation | None = None
        self._boundary = 0
        self._lengths = np.zeros((kinds, len(servers)), dtype=np.int64)
        self._moving = [np.empty((0, 3), dtype=np.int64)] * kinds
        self._own: list[list[tuple[int, int]]] = [[] for _ in range(kinds)]
        self._others: dict[int, Floats] = {}
        self._arrivals: dict[int, Floats] = {}
        self._joining: dict[int, Floats] = {}

    def route(self, kind: int, slot: int) -> int:
        """Return the server for a job that arrives in ``slot``."""
        laws = self._laws
        per = laws.slots_per_interval
        view = self.pending
        if view is not None and slot >= view.interval * per + view.signal_slot:
            self.observe(view)
        upload, _ = laws.uploads(kind)
        if kind not in self._joining:
            self._prepare(kind)
        now = slot - self._boundary
        arrivals, joining = self._arrivals[kind], self._joining[kind]
        position = cheapest_server(
            now, per, laws.discount, upload, self._pairs, joining
        )
        self._own[kind].append((slot, position))
        add_job(arrivals[position, now:], upload[self._pairs[position]], 1.0, 0)
        joining_costs(
            self._lengths[kind, position],
            arrivals[position],
            self._rate[kind, position],
            self._marginal[kind][position],
            joining[position],
        )
        return int(self._servers[position])

    def observe(self, view: Observation) -> None:
        """Start again from a new observation, which covers all sent before its boundary."""
        self.pending = None
        boundary = view.interval * self._laws.slots_per_interval
        self._boundary = boundary
        self._own = [[job for job in own if job[0] >= boundary] for own in self._own]
        self._arrivals.clear()
        self._joining.clear()
        self._rate = self._laws.service_rates(self._servers)
        self._lengths = np.ascontiguousarray(view.queues.T)
        position = self._position[view.transit.server]
        moving = view.transit.only(position >= 0)
        position = position[position >= 0]
        pair = self._laws.pairs(moving.ap, moving.server)
        jobs = np.stack([position, pair, moving.age], axis=1)
        self._moving = [jobs[moving.kind == kind] for kind in range(len(self._own))]

    def _prepare(self, kind: int) -> None:
        """Forecast the arrivals of one type at every candidate, and the cost of joining."""
        laws = self._laws
        if kind not in self._others:
            self._others[kind] = laws.from_others(self._ap, kind, self._servers)
        marginal = laws.marginal_from(kind, self._servers, self._boundary)
        self._marginal[kind] = marginal
        own = np.array(self._own[kind], dtype=np.int64).reshape(-1, 2)
        arrivals = self._others[kind].copy()
        joining = np.empty(arrivals.shape[:2])
        upload, alive = laws.uploads(kind)
        expected_arrivals(
            arrivals,
            self._moving[kind],
            own - np.array([self._boundary, 0]),
            upload,
            alive,
            self._pairs,
            self._lengths[kind],
            self._rate[kind],
            marginal,
            joining,
        )
        self._arrivals[kind], self._joining[kind] = arrivals, joining
