"""The paper's policy: improve on keeping one's actions, a group at a time (Algorithm 2).

Import where needed: it loads numba.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.problem.agent_groups import groups
from optkit.dispatch.problem.closed_form_values import (
    queue_costs,
    survival,
    transit_values,
)
from optkit.dispatch.problem.forecast import Forecast, Laws, forecast, with_source
from optkit.dispatch.problem.nearest_server import selfish_actions
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.policy_base import Policy
from optkit.dispatch.problem.problem_data import World
from optkit.dispatch.problem.queue_kernels import tail, transient


class ActionCosts:
    """Costs of an access point's choices, all else kept (the objective of P3, eq 24).

    Parameters
    ----------
    world
        The model.
    most
        Arrivals of one slot that are told apart: 1 for the paper's Bernoulli draw.
    """

    def __init__(self, world: World, most: int) -> None:
        self._world = world
        self._most = most
        self._laws = Laws.of(world)
        self._transit = transit_values(
            world.upload, world.slots_per_interval, world.discount
        )
        self._alive = survival(world.upload)
        self._stage = queue_costs(world.queue_limit, world.overflow_penalty)
        self._tails: dict[tuple[float, bytes], Floats] = {}

    def __call__(self, seen: Observation) -> Floats:
        """Return (J, servers): W̃† + W̃‡ of sending a type to a server.

        Up to a constant for each type: what does not depend on the choice is left out.
        """
        expected = forecast(self._world, self._laws, seen, self._most)
        kinds = self._world.shape[2]
        costs = np.empty((kinds, len(seen.servers)))
        for kind in range(kinds):
            for place, server in enumerate(seen.servers):
                costs[kind, place] = self._cost(
                    seen, expected, kind, place, int(server)
                )
        return costs

    def _cost(
        self,
        seen: Observation,
        expected: Forecast,
        kind: int,
        place: int,
        server: int,
    ) -> float:
        world = self._world
        rate = float(world.arrival[seen.ap, kind])
        pair = world.pair[seen.ap, server]
        slots, lasting = expected.slots[place, kind], expected.lasting[place, kind]
        without = self._queue(seen, place, kind, server, slots, lasting)
        more = with_source(
            slots, lasting, world.upload[pair, kind], rate, seen.signal_slot
        )
        queued = self._queue(seen, place, kind, server, *more) - without
        # Jobs sent from the signal slot on are of age 1 … t_B − D at the next boundary.
        ages = np.arange(1, world.slots_per_interval - seen.signal_slot + 1)
        ages = ages[ages <= world.longest_upload]
        value = self._transit[pair, kind]
        sent = self._alive[pair, kind, ages] @ value[ages]
        return queued + rate * float(sent + value[0])

    def _queue(
        self,
        seen: Observation,
        place: int,
        kind: int,
        server: int,
        slots: Floats,
        lasting: Floats,
    ) -> float:
        world = self._world
        mu = 1.0 / float(world.service[server, kind])
        law = (mu, world.slots_per_interval, world.discount, self._stage)
        # Few sets of senders come up, again and again.
        key = (mu, lasting.tobytes())
        later = self._tails.get(key)
        if later is None:
            later = self._tails[key] = tail(lasting, *law, world.drop_penalty)
        start = int(seen.queues[place, kind])
        value = transient(start, slots, *law, world.drop_penalty, later)
        return float(value)


class MdpPolicy(Policy):
    """Alternating policy iteration: one group an interval moves to its best reply."""

    def __init__(self, world: World, most: int) -> None:
        self._costs = ActionCosts(world, most)
        self._groups = groups(world)
        self._first = selfish_actions(world)

    def start(self) -> Ints:
        """Return the selfish actions, the paper's initial policy."""
        return self._first

    def decide(self, seen: Sequence[Observation]) -> Ints:
        """Return everybody's actions, those of the interval's group chosen anew."""
        actions = np.stack([view.own_action for view in seen])
        for ap in self._groups[seen[0].interval % len(self._groups)]:
            view = seen[ap]
            actions[ap] = view.servers[np.argmin(self._costs(view), axis=1)]
        return actions
