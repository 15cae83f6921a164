"""The cost of a queue by the set of access points that send to it, all else kept.

This is the objective of P2 (eq 23): some access points, the movers, choose anew, each from
its own signal slot on; all others keep their actions for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from optkit.dispatch.problem.arrival_kernels import (
    add_job,
    add_lasting_source,
    add_source,
    sum_of_streams,
)
from optkit.dispatch.problem.forecast import changing_slots
from optkit.dispatch.problem.keeping_costs import Arrivals, KeepingCosts
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData


class SenderCosts(KeepingCosts):
    """Costs of queues, with the arrivals that each source brings in.

    Parameters
    ----------
    data
        The model.
    max_arrivals
        Largest number of arrivals in one slot that is told apart; 1 for the paper's
        Bernoulli draw.
    """

    def __init__(self, data: ProblemData, max_arrivals: int) -> None:
        super().__init__(data)
        self.slots = changing_slots(data)
        self.max_arrivals = max_arrivals
        self._sources: dict[tuple[int, int, int, int, int], Arrivals] = {}

    def source(self, ap: int, server: int, kind: int, begin: int, end: int) -> Arrivals:
        """Return the arrivals from a source that sends from ``begin`` to before ``end``.

        An end of −1 stands for never.
        """
        key = (ap, server, kind, begin, end)
        if key not in self._sources:
            slots, lasting = self.no_arrivals()
            rate = float(self.data.arrival[ap, kind])
            mass = self.data.upload[self.data.pair[ap, server], kind]
            add_source(slots, mass, rate, begin, end)
            if end < 0:
                add_lasting_source(lasting, mass, rate)
            self._sources[key] = slots, lasting
        return self._sources[key]

    def no_arrivals(self) -> Arrivals:
        """Return the laws of a queue to which nobody sends."""
        slots = np.zeros((self.slots, self.max_arrivals + 1))
        slots[:, 0] = 1.0
        return slots, slots[0].copy()


class Boundary:
    """One boundary, as the access points observe it that are going to move.

    Parameters
    ----------
    model
        The model.
    views
        The movers' observations of the same interval. Nothing else is used.
    """

    def __init__(self, model: SenderCosts, views: Sequence[Observation]) -> None:
        self._model = model
        data = model.data
        self.views = views
        self.movers = [view.ap for view in views]
        self._signal = {view.ap: view.signal_slot for view in views}
        self._length: dict[tuple[int, int], int] = {}
        self._action: dict[int, Any] = {}
        self._under_way: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._fixed: dict[tuple[int, int], Arrivals] = {}
        self._costs: dict[tuple[int, int, frozenset[int]], float] = {}
        for view in views:
            for position, server in enumerate(view.servers):
                for kind in range(data.shape[2]):
                    length = int(view.queues[position, kind])
                    self._length[int(server), kind] = length
            # Views overlap: the jobs of one access point are taken from one of them.
            new = [int(ap) for ap in view.peers if int(ap) not in self._action]
            for ap in new:
                self._action[ap] = view.actions[int(np.searchsorted(view.peers, ap))]
            jobs = view.transit.only(np.isin(view.transit.ap, new))
            for ap, server, kind, age in zip(
                jobs.ap, jobs.server, jobs.kind, jobs.age, strict=True
            ):
                pair = int(data.pair[ap, server])
                self._under_way.setdefault((int(server), int(kind)), []).append(
                    (pair, int(age))
                )

    def senders(self, server: int) -> list[int]:
        """Return the movers that may send to a server."""
        return [ap for ap in self.movers if self._model.data.candidate[ap, server]]

    def action(self, ap: int, kind: int) -> int:
        """Return where an access point sends a type at the boundary."""
        return int(self._action[ap][kind])

    def transit(self, ap: int, server: int, kind: int) -> float:
        """Return W̃† of sending a type to a server from the mover's signal slot on."""
        return self._model.transit(ap, server, kind, self._signal[ap])

    def queue(self, server: int, kind: int, senders: Collection[int]) -> float:
        """Return W̃‡ of a queue if exactly these movers send to it from now on."""
        key = (server, kind, frozenset(senders))
        if key not in self._costs:
            arrivals = self._fixed_arrivals(server, kind)
            for ap in sorted(key[2]):
                source = self._model.source(ap, server, kind, self._signal[ap], -1)
                arrivals = _both(arrivals, source)
            length = self._length[server, kind]
            self._costs[key] = self._model.queue(server, kind, length, arrivals)
        return self._costs[key]

    def _fixed_arrivals(self, server: int, kind: int) -> Arrivals:
        """Return the arrivals that do not depend on what the movers choose."""
        if (server, kind) not in self._fixed:
            model = self._model
            arrivals = model.no_arrivals()
            for pair, age in self._under_way.get((server, kind), ()):
                mass, alive = model.data.upload[pair, kind], model.alive[pair, kind]
                add_job(arrivals[0], mass, float(alive[age]), age)
            for ap, action in self._action.items():
                if int(action[kind]) == server:
                    end = self._signal.get(ap, -1)
                    source = model.source(ap, server, kind, 0, end)
                    arrivals = _both(arrivals, source)
            self._fixed[server, kind] = arrivals
        return self._fixed[server, kind]


def _both(arrivals: Arrivals, source: Arrivals) -> Arrivals:
    """Return arrivals together with those from one more source."""
    (slots, lasting), (more, always) = arrivals, source
    together = sum_of_streams(lasting[None], always[None])[0]
    return sum_of_streams(slots, more), together
