"""One step better than the best split: each job where it does least harm.

The base policy is the best fixed split (:mod:`optkit.dispatch.policies.static_split`).
Under it queues are
independent, so what one more job costs is known queue by queue: the boundaries it spends
under way, and at the queue it joins the difference in value that one more job makes,
those behind it included. An access point weighs each job by these, with the law of the
queue at the moment of joining: from the last observation on, jobs seen under way and its
own since then by the hazards of their uploads, all others at the rates of the split.

Import where needed: it loads numba.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.policies.rollout_kernels import (
    cheapest,
    expect,
    flows,
    harms,
    join,
    prices,
)
from optkit.dispatch.policies.static_split import best_split
from optkit.dispatch.problem.closed_form_values import queue_costs, survival
from optkit.dispatch.problem.nearest_server import selfish_actions
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.policy_base import Policy
from optkit.dispatch.problem.problem_data import World


class RolloutPolicy(Policy):
    """Routes every job by its marginal cost under the best split.

    Parameters
    ----------
    world
        The model.
    discount
        Per interval, of the costs that a choice causes.
    horizon
        How far ahead the split looks, in intervals.

    Attributes
    ----------
    split
        (K, M, J): shares of the base policy.
    upload, alive
        (J, pairs, Ξ + 1): P(U = x) and P(U ≥ x) of each upload.
    harm
        (J, M, t_B, L + 1): cost of joining in a slot, in jobs times boundaries, by the
        jobs found there.
    """

    per_job = True

    def __init__(self, world: World, discount: float, horizon: float) -> None:
        self.world = world
        self.discount = discount
        self.split = best_split(world, horizon)
        self.upload = np.ascontiguousarray(world.upload.swapaxes(0, 1))
        self.alive = survival(self.upload)
        self._first = selfish_actions(world)
        self.harm = self._marginal_values()
        self._views = [_View(self, ap) for ap in range(world.shape[0])]

    def start(self) -> Ints:
        """Return the selfish actions; every job is routed on its own anyway."""
        return self._first

    def decide(self, seen: Sequence[Observation]) -> Ints:
        """Keep what each access point sees for when it has it."""
        for view, new in zip(self._views, seen, strict=True):
            view.pending = new
        return self._first

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return the server at which the job does least harm."""
        return self._views[ap].route(kind, slot)

    def _marginal_values(self) -> Floats:
        world = self.world
        _, servers, kinds = world.shape
        arrival = np.einsum("kj,kmj->mj", world.arrival, self.split)
        stage = queue_costs(world.queue_limit, world.overflow_penalty)
        harm = np.empty(
            (kinds, servers, world.slots_per_interval, world.queue_limit + 1)
        )
        for server in range(servers):
            for kind in range(kinds):
                chance = min(1.0, float(arrival[server, kind]))
                harm[kind, server] = harms(
                    np.array([1.0 - chance, chance]),
                    1.0 / float(world.service[server, kind]),
                    world.slots_per_interval,
                    self.discount,
                    stage,
                    world.drop_penalty,
                )
        return harm


class _View:
    """What one access point knows, and what follows for each of its queues."""

    def __init__(self, policy: RolloutPolicy, ap: int) -> None:
        world = policy.world
        self._policy = policy
        self._ap = ap
        self._servers = np.flatnonzero(world.candidate[ap])
        self._pairs = world.pair[ap, self._servers]
        self._place = np.full(world.shape[1], -1, dtype=np.int64)
        self._place[self._servers] = np.arange(len(self._servers))
        self._harm = policy.harm[:, self._servers]
        self._rate = 1.0 / np.ascontiguousarray(world.service[self._servers].T)
        self.pending: Observation | None = None
        # From a boundary to the last join of a job sent before the next observation acts.
        self._slots = 2 * world.slots_per_interval + world.longest_upload + 1
        self._boundary = 0
        self._lengths = np.zeros((world.shape[2], len(self._servers)), dtype=np.int64)
        self._moving = [np.empty((0, 3), dtype=np.int64)] * world.shape[2]
        self._own: list[list[tuple[int, int]]] = [[] for _ in range(world.shape[2])]
        self._others: dict[int, Floats] = {}
        self._arrivals: dict[int, Floats] = {}
        self._price: dict[int, Floats] = {}

    def route(self, kind: int, slot: int) -> int:
        """Return the server for a job that arrives in ``slot``."""
        policy = self._policy
        per = policy.world.slots_per_interval
        new = self.pending
        if new is not None and slot >= new.interval * per + new.signal_slot:
            self._observe(new)
        if kind not in self._price:
            self._prepare(kind)
        now, upload = slot - self._boundary, policy.upload[kind]
        arrivals, price = self._arrivals[kind], self._price[kind]
        place = cheapest(now, per, policy.discount, upload, self._pairs, price)
        self._own[kind].append((slot, place))
        join(arrivals[place], upload[self._pairs[place]], now)
        prices(
            self._lengths[kind, place],
            arrivals[place],
            self._rate[kind, place],
            self._harm[kind, place],
            price[place],
        )
        return int(self._servers[place])

    def _observe(self, seen: Observation) -> None:
        """Go on from a new observation; what was sent before its boundary is in it."""
        self.pending = None
        boundary = seen.interval * self._policy.world.slots_per_interval
        self._boundary = boundary
        self._own = [[job for job in own if job[0] >= boundary] for own in self._own]
        self._arrivals.clear()
        self._price.clear()
        self._lengths = np.ascontiguousarray(seen.queues.T)
        moving = seen.transit
        place = self._place[moving.server]
        pair = self._policy.world.pair[moving.ap, moving.server]
        job = np.stack([place, pair, moving.age], axis=1)
        self._moving = [
            job[(place >= 0) & (moving.kind == kind)] for kind in range(len(self._own))
        ]

    def _prepare(self, kind: int) -> None:
        """Forecast the arrivals of one type at every candidate, and price them."""
        policy = self._policy
        if kind not in self._others:
            self._others[kind] = self._flows(kind)
        own = np.array(self._own[kind], dtype=np.int64).reshape(-1, 2)
        self._arrivals[kind], self._price[kind] = expect(
            self._others[kind],
            self._moving[kind],
            own - np.array([self._boundary, 0]),
            policy.upload[kind],
            policy.alive[kind],
            self._pairs,
            self._lengths[kind],
            self._rate[kind],
            self._harm[kind],
        )

    def _flows(self, kind: int) -> Floats:
        """Return what the others send from the boundary on, at the rates of the split."""
        world, upload = self._policy.world, self._policy.upload[kind]
        share = world.arrival[:, None, kind] * self._policy.split[:, :, kind]
        made = []
        for server in self._servers:
            peers = np.flatnonzero(share[:, server] > 0.0)
            peers = peers[peers != self._ap]
            pairs = world.pair[peers, server]
            made.append(flows(self._slots, pairs, share[peers, server], upload))
        return np.stack(made)
