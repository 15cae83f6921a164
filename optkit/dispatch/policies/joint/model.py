"""The model that a joint decision is taken in: what follows it, and what that costs.

Import where needed: it loads numba.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.policies.joint.kernels import Rules, Tails, send
from optkit.dispatch.policies.static_split import best_split
from optkit.dispatch.problem.closed_form_values import (
    queue_costs,
    survival,
    transit_values,
)
from optkit.dispatch.problem.forecast import mix
from optkit.dispatch.problem.observation import Observation, Transit
from optkit.dispatch.problem.problem_data import World
from optkit.dispatch.problem.queue_kernels import tail

After = Literal["split", "keep"]
"""What is expected after the decision."""

TAILS = 1024
"""Discounted costs that are remembered for each type where decisions last for ever."""


@dataclass(frozen=True, eq=False)
class State:
    """The whole system at a boundary, put together from all observations.

    Parameters
    ----------
    actions
        (K, J), in force at the boundary.
    queues
        (M, J), lengths.
    transit
        Jobs under way.
    signal
        (K,), slots at which the observations arrive.
    """

    actions: Ints
    queues: Ints
    transit: Transit
    signal: Ints

    @classmethod
    def of(cls, world: World, seen: Sequence[Observation]) -> State:
        """Return what all access points together see."""
        queues = np.zeros(world.shape[1:], dtype=np.int64)
        own = []
        for view in seen:
            queues[view.servers] = view.queues
            own.append(view.transit.only(view.transit.ap == view.ap))
        moving = (
            np.concatenate([getattr(jobs, name) for jobs in own])
            for name in ("ap", "server", "kind", "age")
        )
        return cls(
            np.stack([view.own_action for view in seen]),
            queues,
            Transit(*moving),
            np.array([view.signal_slot for view in seen], dtype=np.int64),
        )


class JointModel:
    """What the cost of a joint action is computed with.

    A decision is in force from each access point's signal slot on: for ever (``keep``, the
    paper's W_Π), or to its signal slot in the next interval, expected at the mean of its
    law; from then on everybody sends at random by the best fixed split (``split``).

    Parameters
    ----------
    world
        The model of the system.
    most
        Joins of one slot that are told apart: 1 for the paper's Bernoulli draw.
    after
        What follows the decision.
    horizon
        How far ahead the split looks, in intervals.
    """

    def __init__(self, world: World, most: int, after: After, horizon: float) -> None:
        self.world = world
        self.most = most
        self.keeps = after == "keep"
        per, longest = world.slots_per_interval, world.longest_upload
        # Past the last decision and the longest upload, arrivals change no more.
        changing = (1 if self.keeps else 2) + math.ceil(longest / per)
        self.slots = per * changing
        self.alive = survival(world.upload)
        self._stage = queue_costs(world.queue_limit, world.overflow_penalty)
        expected = world.signal_law @ np.arange(per + 1.0)
        self._next = per + np.rint(expected).astype(np.int64)
        self._way, self._ever = self._ways()
        reached = np.cumsum(world.upload, axis=-1)
        self.rules = [
            Rules(
                per,
                float(world.discount),
                float(world.drop_penalty),
                self.keeps,
                self._stage,
                world.pair,
                np.ascontiguousarray(reached[:, kind]),
                np.ascontiguousarray(world.arrival[:, kind]),
                np.ascontiguousarray(1.0 / world.service[:, kind]),
            )
            for kind in range(world.shape[2])
        ]
        if self.keeps:
            none = np.zeros((*world.shape[:2], world.shape[2]))
            self.tails = [self._table() for _ in self.rules]
        else:
            none = best_split(world, horizon)
            self.tails = []
        self.flow = [
            self._flow(kind, none[:, :, kind]) for kind in range(len(self.rules))
        ]

    def ends(self, kind: int) -> Ints:
        """Return (K,): first slot in which the decision is in force no more, or −1."""
        return np.full_like(self._next, -1) if self.keeps else self._next

    def ways(self, kind: int, begin: Ints) -> Floats:
        """Return (K, M): discounted boundaries under way of all jobs sent in force."""
        world = self.world
        points, servers = np.nonzero(world.candidate)
        pairs = world.pair[points, servers]
        end = (
            np.full_like(begin, world.slots_per_interval) if self.keeps else self._next
        )
        total = (
            self._way[pairs, kind, end[points]] - self._way[pairs, kind, begin[points]]
        )
        if self.keeps:
            total = total + self._ever[pairs, kind]
        cost = np.zeros(world.shape[:2])
        cost[points, servers] = world.arrival[points, kind] * total
        return cost

    def _ways(self) -> tuple[Floats, Floats]:
        """Return, by pair and type, boundaries under way of jobs sent in all slots before.

        (pairs, J, 2 t_B + 1), for one job a slot from the boundary on; and (pairs, J) for
        one a slot from the next boundary on for ever.
        """
        world = self.world
        per = world.slots_per_interval
        value = transit_values(world.upload, per, world.discount)
        met = np.zeros((*value.shape[:2], 2 * per))
        for slot in range(2 * per):
            age = per - slot % per  # at the first boundary that it may meet
            if age <= world.longest_upload:
                weight = world.discount ** (slot // per)
                met[..., slot] = weight * self.alive[..., age] * value[..., age]
        return np.concatenate([0.0 * met[..., :1], np.cumsum(met, -1)], -1), value[
            ..., 0
        ]

    def _flow(self, kind: int, split: Floats) -> tuple[Floats, Floats]:
        """Return what is sent after the decision: laws by slot, and of all later slots."""
        world, rules = self.world, self.rules[kind]
        servers = world.shape[1]
        law = np.zeros((servers, self.slots, self.most + 1))
        law[:, :, 0] = 1.0
        lasting = law[:, 0].copy()
        for k, m in np.argwhere(split > 0.0):
            reached = rules.reached[world.pair[k, m]]
            rate = float(world.arrival[k, kind] * split[k, m])
            send(law[m], reached, rate, int(self._next[k]), -1)
            mix(lasting[m], rate * reached[-1])
        if not self.keeps:
            cost = np.stack(
                [
                    tail(lasting[m], rules.rate[m], rules.per, rules.discount,
                         self._stage, rules.penalty)
                    for m in range(servers)
                ]
            )  # fmt: skip
            self.tails.append(Tails(np.empty((0, self.most + 2)), cost))
        return law, lasting

    def _table(self) -> Tails:
        key = np.full((TAILS, self.most + 2), -1.0)
        return Tails(key, np.empty((TAILS, self.world.queue_limit + 1)))
