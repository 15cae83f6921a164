"""One step better than the best split: each job where it does least harm.

The base policy is the best fixed split (:mod:`optkit.dispatch.split`). Under it queues are
independent, so what one more job costs is known queue by queue: the boundaries it spends
under way, and at the queue it joins the difference in value that one more job makes,
those behind it included. An access point weighs each job by these, with the law of the
queue at the moment of joining: from the last observation on, jobs seen under way and its
own since then by the hazards of their uploads, all others at the rates of the split.

Import where needed: it loads numba.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from optkit.core.compiled import compiled
from optkit.dispatch.forecast import mix
from optkit.dispatch.kernels import back, move, tail
from optkit.dispatch.observation import Observation
from optkit.dispatch.policy import Policy
from optkit.dispatch.selfish import selfish_actions
from optkit.dispatch.split import best_split
from optkit.dispatch.value import queue_costs, survival
from optkit.dispatch.world import Floats, Integers, World

MOST = 3
"""Arrivals of one slot that are told apart."""


class RolloutPolicy(Policy):
    """Routes every job by its marginal cost under the best split.

    Parameters
    ----------
    world
        The model.
    discount
        Per interval, of the costs that a choice causes.

    Attributes
    ----------
    split
        (K, M, J): shares of the base policy.
    alive
        (pairs, J, Ξ + 1): P(U ≥ x) of each upload.
    harm
        (M, J, t_B, L + 1): cost of joining in a slot, in jobs times boundaries, by the
        jobs found there.
    """

    per_job = True

    def __init__(self, world: World, discount: float) -> None:
        self.world = world
        self.discount = discount
        self.split = best_split(world)
        self.alive = survival(world.upload)
        self._first = selfish_actions(world)
        self.harm = self._marginal_values()
        self._views = [_View(self, ap) for ap in range(world.shape[0])]

    def start(self) -> Integers:
        """Return the selfish actions; every job is routed on its own anyway."""
        return self._first

    def decide(self, seen: Sequence[Observation]) -> Integers:
        """Keep what each access point sees for when it has it."""
        for view, new in zip(self._views, seen, strict=True):
            view.pending = new
        return self._first

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return the server at which the job does least harm."""
        return self._views[ap].route(kind, slot)

    def _marginal_values(self) -> Floats:
        """Return (M, J, t_B, L + 1): cost of joining in a slot, by the jobs found there."""
        world = self.world
        _, servers, kinds = world.shape
        arrival = np.einsum("kj,kmj->mj", world.arrival, self.split)
        stage = queue_costs(world.queue_limit, world.overflow_penalty)
        harm = np.empty(
            (servers, kinds, world.slots_per_interval, world.queue_limit + 1)
        )
        for server in range(servers):
            for kind in range(kinds):
                chance = min(1.0, float(arrival[server, kind]))
                harm[server, kind] = _harm(
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
        self._seen: Observation | None = None
        self.pending: Observation | None = None
        # From a boundary to the last join of a job sent before the next observation acts.
        self._slots = 2 * world.slots_per_interval + world.longest_upload + 1
        self._own: list[tuple[int, int, int]] = []
        self._others: dict[int, Floats] = {}
        self._arrivals: dict[int, Floats] = {}
        self._price: dict[int, Floats] = {}

    def route(self, kind: int, slot: int) -> int:
        """Return the server for a job that arrives in ``slot``."""
        world = self._policy.world
        pending = self.pending
        if pending is not None:
            boundary = pending.interval * world.slots_per_interval
            if slot >= boundary + pending.signal_slot:
                self._observe(pending, boundary)
        if kind not in self._price:
            self._prepare(kind)
        base = self._boundary
        cost = _costs(
            slot - base,
            world.slots_per_interval,
            self._policy.discount,
            world.upload[self._pairs, kind],
            self._price[kind],
        )
        place = int(np.argmin(cost))
        self._own.append((slot, kind, place))
        _join(
            self._arrivals[kind][place],
            world.upload[self._pairs[place], kind],
            slot - base,
        )
        self._reprice(kind, place)
        return int(self._servers[place])

    @property
    def _boundary(self) -> int:
        interval = 0 if self._seen is None else self._seen.interval
        return interval * self._policy.world.slots_per_interval

    def _observe(self, seen: Observation, boundary: int) -> None:
        self._seen, self.pending = seen, None
        self._own = [job for job in self._own if job[0] >= boundary]
        self._arrivals.clear()
        self._price.clear()

    def _prepare(self, kind: int) -> None:
        """Forecast the arrivals of one type at every candidate, and price them."""
        world, seen, base = self._policy.world, self._seen, self._boundary
        if kind not in self._others:
            self._others[kind] = self._flows(kind)
        arrivals = self._others[kind].copy()
        if seen is not None:
            moving = seen.transit
            for job in np.flatnonzero(moving.kind == kind):
                places = np.flatnonzero(self._servers == moving.server[job])
                if len(places):
                    pair = world.pair[moving.ap[job], moving.server[job]]
                    _arrive(
                        arrivals[places[0]],
                        world.upload[pair, kind],
                        self._policy.alive[pair, kind],
                        int(moving.age[job]),
                    )
        for slot, type_, place in self._own:
            if type_ == kind:
                law = world.upload[self._pairs[place], kind]
                _join(arrivals[place], law, slot - base)
        self._arrivals[kind] = arrivals
        self._price[kind] = np.empty((len(self._servers), self._slots))
        for place in range(len(self._servers)):
            self._reprice(kind, place)

    def _flows(self, kind: int) -> Floats:
        """Return what the others send from the boundary on, at the rates of the split."""
        world, split = self._policy.world, self._policy.split
        arrivals = np.zeros((len(self._servers), self._slots, MOST + 1))
        arrivals[:, :, 0] = 1.0
        for place, server in enumerate(self._servers):
            for peer in np.flatnonzero(world.candidate[:, server]):
                rate = world.arrival[peer, kind] * split[peer, server, kind]
                if peer != self._ap and rate > 0.0:
                    law = world.upload[world.pair[peer, server], kind]
                    _flow(arrivals[place], law, rate)
        return arrivals

    def _reprice(self, kind: int, place: int) -> None:
        world, server = self._policy.world, int(self._servers[place])
        length = 0 if self._seen is None else int(self._seen.queues[place, kind])
        self._price[kind][place] = _prices(
            length,
            self._arrivals[kind][place],
            1.0 / float(world.service[server, kind]),
            self._policy.harm[server, kind],
        )


@compiled
def _harm(
    arrivals: Any, rate: float, per: int, discount: float, cost: Any, penalty: float
) -> Any:
    """Return (t_B, L + 1): what one more job costs that joins in a slot, by length."""
    limit = len(cost) - 1
    value = tail(arrivals, rate, per, discount, cost, penalty)
    harm = np.empty((per, limit + 1))
    for slot in range(per - 1, -1, -1):
        value = back(value, arrivals, rate)
        if penalty > 0.0:
            for length in range(limit + 1):
                for count in range(len(arrivals)):
                    over = length + count - limit
                    if over > 0:
                        value[length] += penalty * arrivals[count] * over
        for length in range(limit):
            harm[slot, length] = value[length + 1] - value[length]
        harm[slot, limit] = penalty
    return harm


@compiled
def _prices(length: int, arrivals: Any, rate: float, harm: Any) -> Any:
    """Return the expected cost of joining in each slot after the boundary."""
    limit = harm.shape[1] - 1
    top = min(length, limit)
    law, scratch = np.zeros(limit + 1), np.zeros(limit + 1)
    law[top] = 1.0
    price = np.zeros(len(arrivals))
    for slot in range(len(arrivals)):
        for found in range(top + 1):
            price[slot] += law[found] * harm[slot % len(harm), found]
        top, _ = move(law, scratch, top, arrivals[slot], rate)
    return price


@compiled
def _costs(now: int, per: int, discount: float, upload: Any, price: Any) -> Any:
    """Return the expected cost of sending a job now, for each server."""
    servers, laws = upload.shape
    cost = np.zeros(servers)
    for server in range(servers):
        under_way, weight = 0.0, 1.0
        for wait in range(laws):
            slot = now + wait
            if wait > 0 and slot % per == 0:  # a boundary that is met under way
                under_way += weight
                weight *= discount
            if upload[server, wait] > 0.0:
                last = min(slot, price.shape[1] - 1)
                cost[server] += upload[server, wait] * (
                    under_way + weight * price[server, last]
                )
    return cost


@compiled
def _flow(arrivals: Any, law: Any, rate: float) -> None:
    """Add a source that has sent at a rate since the boundary."""
    total = 0.0
    for slot in range(len(arrivals)):
        if slot < len(law):
            total += law[slot]
        mix(arrivals[slot], rate * min(total, 1.0))


@compiled
def _arrive(arrivals: Any, law: Any, alive: Any, age: int) -> None:
    """Add a job that was under way for ``age`` slots at the boundary."""
    if alive[age] > 0.0:
        for wait in range(age, len(law)):
            if law[wait] > 0.0 and wait - age < len(arrivals):
                mix(arrivals[wait - age], law[wait] / alive[age])


@compiled
def _join(arrivals: Any, law: Any, sent: int) -> None:
    """Add a job that was sent ``sent`` slots after the boundary."""
    for wait in range(len(law)):
        if law[wait] > 0.0 and sent + wait < len(arrivals):
            mix(arrivals[sent + wait], law[wait])
