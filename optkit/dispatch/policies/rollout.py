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
    marginal_costs,
    split_arrivals,
)
from optkit.dispatch.policies.rollout_router import Router
from optkit.dispatch.policies.static_split import best_split
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
        self._routers = [Router(self, data, ap) for ap in range(data.shape[0])]

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Keep each access point's observation until its signal slot."""
        for router, view in zip(self._routers, observations, strict=True):
            router.pending = view
        return self._first

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return the server at which the job adds least to the cost."""
        return self._routers[ap].route(kind, slot)

    @property
    def slots_per_interval(self) -> int:
        """t_B."""
        return self.data.slots_per_interval

    def uploads(self, kind: int) -> tuple[Floats, Floats]:
        """Return P(U = x) and P(U ≥ x) of a type's uploads, each (pairs, Ξ + 1)."""
        return self.upload[kind], self.alive[kind]

    def pairs(self, ap: Ints, server: Ints) -> Ints:
        """Return the numbers of pairs of access points and servers."""
        pair: Ints = self.data.pair[ap, server]
        return pair

    def service_rates(self, servers: Ints) -> Floats:
        """Return (J, servers): probability that a service ends in a slot."""
        rates: Floats = 1.0 / np.ascontiguousarray(self.data.service[servers].T)
        return rates

    def from_others(self, ap: int, kind: int, servers: Ints) -> Floats:
        """Return what others send from a boundary on, at the rates of the split."""
        data, reached = self.data, self.reached[kind]
        laws = np.zeros((len(servers), self.slots_ahead, MAX_ARRIVALS + 1))
        laws[:, :, 0] = 1.0
        for law, server in zip(laws, servers, strict=True):
            share = data.arrival[:, kind] * self.split[:, server, kind]
            peers = np.flatnonzero(share > 0.0)
            peers = peers[peers != ap]
            pairs = data.pair[peers, server]
            split_arrivals(law, pairs, share[peers], reached)
        return laws

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
