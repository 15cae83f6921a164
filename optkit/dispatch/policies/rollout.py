"""One step better than the best split: each job goes where it adds least to the cost.

The base policy is the best fixed split (:mod:`optkit.dispatch.policies.static_split`).
Under it queues are independent, so what one more job costs is known queue by queue: the
boundaries it spends under way, and, at the queue it joins, the difference in value that
one more job makes, those behind it included. An access point weighs each job by these,
with the law of the queue at the moment of joining. From the last observation on, jobs
observed under way and its own since then join by the hazards of their uploads, all others
at the rates of the split.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.runtime import stopping
from optkit.dispatch.policies.base import SelfishStart
from optkit.dispatch.policies.rollout_kernels import (
    MAX_ARRIVALS,
    cheapest_server,
    expected_arrivals,
    joining_costs,
    marginal_costs,
    split_arrivals,
)
from optkit.dispatch.policies.static_split import best_split
from optkit.dispatch.problem.arrival_kernels import add_job
from optkit.dispatch.problem.closed_form_values import queue_costs, survival
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData


class RolloutPolicy(SelfishStart):
    """Routes every job by its marginal cost under the best split.

    Parameters
    ----------
    data
        The model.
    discount
        Per interval, of the costs that a choice causes.
    horizon
        How far ahead the split looks, in intervals.

    Attributes
    ----------
    split
        (K, M, J): shares of the base policy.
    upload, alive, reached
        (J, pairs, Ξ + 1): P(U = x), P(U ≥ x) and P(U ≤ x) of each upload.
    marginal
        (J, M, t_B, L + 1): cost of joining in a slot, in jobs times boundaries, by the
        number of jobs already there.
    """

    per_job = True

    def __init__(self, data: ProblemData, discount: float, horizon: float) -> None:
        super().__init__(data)
        self.data = data
        self.discount = discount
        self.split = best_split(data, horizon)
        self.upload = np.ascontiguousarray(data.upload.swapaxes(0, 1))
        self.alive = survival(self.upload)
        self.reached = np.minimum(np.cumsum(self.upload, axis=-1), 1.0)
        self.marginal = self._marginal_costs()
        self._routers = [_Router(self, ap) for ap in range(data.shape[0])]

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Keep each access point's observation until its signal slot."""
        for router, view in zip(self._routers, observations, strict=True):
            router.pending = view
        return self._first

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return the server at which the job adds least to the cost."""
        return self._routers[ap].route(kind, slot)

    @property
    def slots_ahead(self) -> int:
        """Slots from a boundary to the last join of jobs sent before the next view acts."""
        return 2 * self.data.slots_per_interval + self.data.longest_upload + 1

    def marginal_from(self, kind: int, servers: Ints, boundary: int) -> Floats:
        """Return (servers, t_B, L + 1): cost of joining in a slot from ``boundary`` on.

        Slots after the last one begin again with the first.
        """
        return np.ascontiguousarray(self.marginal[kind, servers])

    def _marginal_costs(self) -> Floats:
        data = self.data
        _, servers, kinds = data.shape
        arrival = np.einsum("kj,kmj->mj", data.arrival, self.split)
        stage = queue_costs(data.queue_limit, data.overflow_penalty)
        marginal = np.empty(
            (kinds, servers, data.slots_per_interval, data.queue_limit + 1)
        )
        for server in range(servers):
            for kind in range(kinds):
                stopping.check()
                chance = min(1.0, float(arrival[server, kind]))
                marginal[kind, server] = marginal_costs(
                    np.array([1.0 - chance, chance]),
                    1.0 / float(data.service[server, kind]),
                    data.slots_per_interval,
                    self.discount,
                    stage,
                    data.drop_penalty,
                )
        return marginal


class _Router:
    """Routes the jobs of one access point by what it knows.

    ``pending`` is an observation that has not arrived yet: its signal slot lies ahead.
    """

    def __init__(self, policy: RolloutPolicy, ap: int) -> None:
        data = policy.data
        self._policy = policy
        self._ap = ap
        self._servers = np.flatnonzero(data.candidate[ap])
        self._pairs = data.pair[ap, self._servers]
        self._position = np.full(data.shape[1], -1, dtype=np.int64)
        self._position[self._servers] = np.arange(len(self._servers))
        self._marginal: dict[int, Floats] = {}
        self._rate = 1.0 / np.ascontiguousarray(data.service[self._servers].T)
        self.pending: Observation | None = None
        self._slots = policy.slots_ahead
        self._boundary = 0
        self._lengths = np.zeros((data.shape[2], len(self._servers)), dtype=np.int64)
        self._moving = [np.empty((0, 3), dtype=np.int64)] * data.shape[2]
        self._own: list[list[tuple[int, int]]] = [[] for _ in range(data.shape[2])]
        self._others: dict[int, Floats] = {}
        self._arrivals: dict[int, Floats] = {}
        self._joining: dict[int, Floats] = {}

    def route(self, kind: int, slot: int) -> int:
        """Return the server for a job that arrives in ``slot``."""
        policy = self._policy
        per = policy.data.slots_per_interval
        view = self.pending
        if view is not None and slot >= view.interval * per + view.signal_slot:
            self._observe(view)
        if kind not in self._joining:
            self._prepare(kind)
        now, upload = slot - self._boundary, policy.upload[kind]
        arrivals, joining = self._arrivals[kind], self._joining[kind]
        position = cheapest_server(
            now, per, policy.discount, upload, self._pairs, joining
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

    def _observe(self, view: Observation) -> None:
        """Start again from a new observation, which covers all sent before its boundary."""
        self.pending = None
        boundary = view.interval * self._policy.data.slots_per_interval
        self._boundary = boundary
        self._own = [[job for job in own if job[0] >= boundary] for own in self._own]
        self._arrivals.clear()
        self._joining.clear()
        self._lengths = np.ascontiguousarray(view.queues.T)
        moving = view.transit
        position = self._position[moving.server]
        pair = self._policy.data.pair[moving.ap, moving.server]
        jobs = np.stack([position, pair, moving.age], axis=1)
        self._moving = [
            jobs[(position >= 0) & (moving.kind == kind)]
            for kind in range(len(self._own))
        ]

    def _prepare(self, kind: int) -> None:
        """Forecast the arrivals of one type at every candidate, and the cost of joining."""
        policy = self._policy
        if kind not in self._others:
            self._others[kind] = self._arrivals_from_others(kind)
        marginal = policy.marginal_from(kind, self._servers, self._boundary)
        self._marginal[kind] = marginal
        own = np.array(self._own[kind], dtype=np.int64).reshape(-1, 2)
        arrivals = self._others[kind].copy()
        joining = np.empty(arrivals.shape[:2])
        expected_arrivals(
            arrivals,
            self._moving[kind],
            own - np.array([self._boundary, 0]),
            policy.upload[kind],
            policy.alive[kind],
            self._pairs,
            self._lengths[kind],
            self._rate[kind],
            marginal,
            joining,
        )
        self._arrivals[kind], self._joining[kind] = arrivals, joining

    def _arrivals_from_others(self, kind: int) -> Floats:
        """Return what the others send from the boundary on, at the rates of the split."""
        data, reached = self._policy.data, self._policy.reached[kind]
        share = data.arrival[:, None, kind] * self._policy.split[:, :, kind]
        laws = np.zeros((len(self._servers), self._slots, MAX_ARRIVALS + 1))
        laws[:, :, 0] = 1.0
        for law, server in zip(laws, self._servers, strict=True):
            peers = np.flatnonzero(share[:, server] > 0.0)
            peers = peers[peers != self._ap]
            pairs = data.pair[peers, server]
            split_arrivals(law, pairs, share[peers, server], reached)
        return laws
