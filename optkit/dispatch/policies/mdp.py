"""The paper's policy: one group per interval improves on keeping its actions (Alg. 2)."""

from __future__ import annotations

import abc
from collections.abc import Sequence

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.policies.base import SelfishStart
from optkit.dispatch.problem.agent_groups import groups
from optkit.dispatch.problem.arrival_kernels import add_lasting_source, add_source
from optkit.dispatch.problem.forecast import UploadLaws, forecast
from optkit.dispatch.problem.keeping_costs import Arrivals, KeepingCosts
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData


class ActionCosts:
    """Costs of an access point's choices, all else kept (the objective of P3, eq 24).

    Parameters
    ----------
    data
        The model.
    max_arrivals
        Largest number of arrivals in one slot that is told apart; 1 for the paper's
        Bernoulli draw.
    """

    def __init__(self, data: ProblemData, max_arrivals: int) -> None:
        self._data = data
        self._max_arrivals = max_arrivals
        self._laws = UploadLaws.of(data)
        self._costs = KeepingCosts(data)

    def __call__(self, view: Observation) -> Floats:
        """Return (J, servers): W̃† + W̃‡ of sending a type to a server.

        They are exact up to a constant per type: what does not depend on the choice is
        left out.
        """
        expected = forecast(self._data, self._laws, view, self._max_arrivals)
        kinds = self._data.shape[2]
        costs = np.empty((kinds, len(view.servers)))
        for kind in range(kinds):
            for position in range(len(view.servers)):
                arrivals = (
                    expected.slots[position, kind],
                    expected.lasting[position, kind],
                )
                costs[kind, position] = self._cost(view, kind, position, arrivals)
        return costs

    def _cost(
        self, view: Observation, kind: int, position: int, others: Arrivals
    ) -> float:
        """Return what sending a type to one candidate adds to the cost."""
        data, signal = self._data, view.signal_slot
        server, length = int(view.servers[position]), int(view.queues[position, kind])
        rate = float(data.arrival[view.ap, kind])
        mass = data.upload[data.pair[view.ap, server], kind]
        slots, lasting = others[0].copy(), others[1].copy()
        add_source(slots, mass, rate, signal, -1)
        add_lasting_source(lasting, mass, rate)
        without = self._costs.queue(server, kind, length, others)
        queued = self._costs.queue(server, kind, length, (slots, lasting)) - without
        return queued + self._costs.transit(view.ap, server, kind, signal)


class GroupPolicy(SelfishStart):
    """A policy by which one group of access points per interval chooses anew.

    Parameters
    ----------
    data
        The model.
    """

    def __init__(self, data: ProblemData) -> None:
        super().__init__(data)
        self._groups = groups(data)

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Return everybody's actions, those of the interval's group chosen anew."""
        actions = np.stack([view.own_action for view in observations])
        group = self._groups[observations[0].interval % len(self._groups)]
        self._move([observations[ap] for ap in group], actions)
        return actions

    @abc.abstractmethod
    def _move(self, views: list[Observation], actions: Ints) -> None:
        """Choose the actions of the group with these observations, in place."""


class MdpPolicy(GroupPolicy):
    """Alternating policy iteration: one group per interval moves to its best reply.

    Parameters
    ----------
    data, max_arrivals
        As in :class:`ActionCosts`.
    """

    def __init__(self, data: ProblemData, max_arrivals: int) -> None:
        super().__init__(data)
        self._costs = ActionCosts(data, max_arrivals)

    def _move(self, views: list[Observation], actions: Ints) -> None:
        for view in views:
            best = np.argmin(self._costs(view), axis=1)
            actions[view.ap] = view.servers[best]
