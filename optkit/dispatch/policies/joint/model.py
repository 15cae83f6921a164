"""The model of a joint decision: what is expected to follow it, and what that costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.policies.joint.kernels import Constants, StationaryCosts
from optkit.dispatch.policies.static_split import best_split
from optkit.dispatch.problem.arrival_kernels import add_arrival, add_merged_source
from optkit.dispatch.problem.closed_form_values import (
    queue_costs,
    survival,
    transit_values,
)
from optkit.dispatch.problem.observation import Observation, Transit
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.problem.queue_kernels import stationary_cost

After = Literal["split", "keep"]
"""What is expected to follow the decision."""

TABLE_ROWS = 1024
"""Stationary costs that are remembered per type if decisions last for ever."""


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
    def of(cls, data: ProblemData, observations: Sequence[Observation]) -> State:
        """Return what all access points together observe."""
        queues = np.zeros(data.shape[1:], dtype=np.int64)
        own = []
        for view in observations:
            queues[view.servers] = view.queues
            own.append(view.transit.only(view.transit.ap == view.ap))
        moving = (
            np.concatenate([getattr(jobs, name) for jobs in own])
            for name in ("ap", "server", "kind", "age")
        )
        return cls(
            np.stack([view.own_action for view in observations]),
            queues,
            Transit(*moving),
            np.array([view.signal_slot for view in observations], dtype=np.int64),
        )


class JointModel:
    """The data from which the cost of a joint action is computed.

    A decision is in force from each access point's signal slot on: for ever (``keep``, the
    paper's W_Π), or until its signal slot in the next interval, taken at the mean of its
    law; from then on all send at random by the best fixed split (``split``).

    Parameters
    ----------
    data
        The model of the system.
    max_arrivals
        Largest number of joins in one slot that is told apart; 1 for the paper's
        Bernoulli draw.
    after
        What is expected to follow the decision.
    horizon
        How far ahead the split looks, in intervals.
    """

    def __init__(
        self, data: ProblemData, max_arrivals: int, after: After, horizon: float
    ) -> None:
        self.data = data
        self.max_arrivals = max_arrivals
        self.keeps = after == "keep"
        per, longest = data.slots_per_interval, data.longest_upload
        # Past the last decision and the longest upload, arrivals change no more.
        changing = (1 if self.keeps else 2) + math.ceil(longest / per)
        self.slots = per * changing
        self.alive = survival(data.upload)
        self._stage = queue_costs(data.queue_limit, data.overflow_penalty)
        expected = data.signal_law @ np.arange(per + 1.0)
        self._next = per + np.rint(expected).astype(np.int64)
        self._transit, self._lasting_transit = self._transit_tables()
        reached = np.cumsum(data.upload, axis=-1)
        self.constants = [
            Constants(
                per,
                float(data.discount),
                float(data.drop_penalty),
                self.keeps,
                self._stage,
                data.pair,
                np.ascontiguousarray(reached[:, kind]),
                np.ascontiguousarray(data.arrival[:, kind]),
                np.ascontiguousarray(1.0 / data.service[:, kind]),
            )
            for kind in range(data.shape[2])
        ]
        if self.keeps:
            split = np.zeros(data.shape)
            self.stationary = [self._table() for _ in self.constants]
        else:
            split = best_split(data, horizon)
            self.stationary = []
        self.flow = [
            self._flow(kind, split[:, :, kind]) for kind in range(len(self.constants))
        ]

    def ends(self) -> Ints:
        """Return (K,): first slot in which a decision is no longer in force, or −1."""
        return np.full_like(self._next, -1) if self.keeps else self._next

    def transit_costs(self, kind: int, begin: Ints) -> Floats:
        """Return (K, M): discounted boundaries under way of what a decision sends."""
        data = self.data
        points, servers = data.pair_ends
        pairs = data.pair[points, servers]
        end = np.full_like(begin, data.slots_per_interval) if self.keeps else self._next
        total = (
            self._transit[pairs, kind, end[points]]
            - self._transit[pairs, kind, begin[points]]
        )
        if self.keeps:
            total = total + self._lasting_transit[pairs, kind]
        cost = np.zeros(data.shape[:2])
        cost[points, servers] = data.arrival[points, kind] * total
        return cost

    def _transit_tables(self) -> tuple[Floats, Floats]:
        """Return discounted boundaries under way, by pair and type.

        (pairs, J, 2 t_B + 1): of all jobs sent before a slot, one per slot from the
        boundary on. (pairs, J): of one job per slot from the next boundary on for ever.
        """
        data = self.data
        per = data.slots_per_interval
        value = transit_values(data.upload, per, data.discount)
        met = np.zeros((*value.shape[:2], 2 * per))
        for slot in range(2 * per):
            age = per - slot % per  # at the first boundary that the job may meet
            if age <= data.longest_upload:
                weight = data.discount ** (slot // per)
                met[..., slot] = weight * self.alive[..., age] * value[..., age]
        return np.concatenate([0.0 * met[..., :1], np.cumsum(met, -1)], -1), value[
            ..., 0
        ]

    def _flow(self, kind: int, split: Floats) -> tuple[Floats, Floats]:
        """Return what is sent after the decision: laws by slot, and of all later slots."""
        data, constants = self.data, self.constants[kind]
        servers = data.shape[1]
        law = np.zeros((servers, self.slots, self.max_arrivals + 1))
        law[:, :, 0] = 1.0
        lasting = law[:, 0].copy()
        for k, m in np.argwhere(split > 0.0):
            reached = constants.reached[data.pair[k, m]]
            rate = float(data.arrival[k, kind] * split[k, m])
            add_merged_source(law[m], reached, rate, int(self._next[k]), -1)
            add_arrival(lasting[m], rate * reached[-1])
        if not self.keeps:
            cost = np.stack(
                [
                    stationary_cost(
                        lasting[m],
                        constants.rate[m],
                        constants.per,
                        constants.discount,
                        self._stage,
                        constants.penalty,
                    )
                    for m in range(servers)
                ]
            )
            key = np.empty((0, self.max_arrivals + 2))
            self.stationary.append(StationaryCosts(key, cost))
        return law, lasting

    def _table(self) -> StationaryCosts:
        key = np.full((TABLE_ROWS, self.max_arrivals + 2), -1.0)
        cost = np.empty((TABLE_ROWS, self.data.queue_limit + 1))
        return StationaryCosts(key, cost)
