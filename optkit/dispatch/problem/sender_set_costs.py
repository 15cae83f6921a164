"""What a queue costs by the set of access points that send to it, all else kept.

The objective of P2 (eq 23): some access points, the movers, choose anew, each from its own
signal slot on; all others keep their actions for ever. Import where needed: it loads numba.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.runtime.compiled import compiled
from optkit.dispatch.problem.closed_form_values import (
    queue_costs,
    survival,
    transit_values,
)
from optkit.dispatch.problem.forecast import horizon, mix
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import World
from optkit.dispatch.problem.queue_kernels import tail, transient

Arrivals = tuple[Floats, Floats]
"""Laws of the arrivals: (slots, A + 1) after a boundary, and (A + 1,) of all later ones."""


class SenderCosts:
    """The model that boundaries are looked at with.

    Parameters
    ----------
    world
        The model.
    most
        Arrivals of one slot that are told apart: 1 for the paper's Bernoulli draw.
    """

    def __init__(self, world: World, most: int) -> None:
        self.world = world
        self.slots = horizon(world)
        self.most = most
        self.alive = survival(world.upload)
        self._transit = transit_values(
            world.upload, world.slots_per_interval, world.discount
        )
        self._stage = queue_costs(world.queue_limit, world.overflow_penalty)
        self._sources: dict[tuple[int, int, int, int, int], Arrivals] = {}
        self._tails: dict[tuple[float, bytes], Floats] = {}

    def source(self, ap: int, server: int, kind: int, begin: int, end: int) -> Arrivals:
        """Return what one source brings in; it sends from ``begin`` to before ``end``.

        An end of −1 stands for never.
        """
        key = (ap, server, kind, begin, end)
        known = self._sources.get(key)
        if known is None:
            law, lasting = self.nothing()
            rate = float(self.world.arrival[ap, kind])
            mass = self.world.upload[self.world.pair[ap, server], kind]
            compiled(_send)(law, lasting, mass, rate, begin, end)
            known = self._sources[key] = (law, lasting)
        return known

    def nothing(self) -> Arrivals:
        """Return the laws of a queue that nobody sends to."""
        law = np.zeros((self.slots, self.most + 1))
        law[:, 0] = 1.0
        return law, law[0].copy()

    def queue(self, server: int, kind: int, length: int, arrivals: Arrivals) -> float:
        """Return W̃‡ from the next boundary on, in expectation."""
        world = self.world
        mu = 1.0 / float(world.service[server, kind])
        law = (mu, world.slots_per_interval, world.discount, self._stage)
        key = (mu, arrivals[1].tobytes())
        later = self._tails.get(key)
        if later is None:
            later = self._tails[key] = tail(arrivals[1], *law, world.drop_penalty)
        return float(transient(length, arrivals[0], *law, world.drop_penalty, later))

    def transit(self, ap: int, server: int, kind: int, begin: int) -> float:
        """Return W̃† of a source from ``begin`` on, from the next boundary on."""
        world = self.world
        pair = world.pair[ap, server]
        ages = np.arange(1, world.slots_per_interval - begin + 1)
        ages = ages[ages <= world.longest_upload]
        value = self._transit[pair, kind]
        sent = self.alive[pair, kind, ages] @ value[ages]
        return float(world.arrival[ap, kind]) * float(sent + value[0])


class Boundary:
    """One boundary as some access points see it, who are the ones to move.

    Parameters
    ----------
    model
        The model.
    views
        Their observations of the same interval. Nothing else is used.
    """

    def __init__(self, model: SenderCosts, views: Sequence[Observation]) -> None:
        self._model = model
        world = model.world
        self.views = views
        self.movers = [view.ap for view in views]
        self._signal = {view.ap: view.signal_slot for view in views}
        self._length: dict[tuple[int, int], int] = {}
        self._action: dict[int, Any] = {}
        self._base: dict[tuple[int, int], Arrivals] = {}
        self._under_way: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._known: dict[tuple[int, int, frozenset[int]], float] = {}
        for view in views:
            for place, server in enumerate(view.servers):
                for kind in range(world.shape[2]):
                    self._length[int(server), kind] = int(view.queues[place, kind])
            # Views overlap; the jobs of one access point are taken from one of them.
            new = [int(ap) for ap in view.peers if int(ap) not in self._action]
            for ap in new:
                self._action[ap] = view.actions[int(np.searchsorted(view.peers, ap))]
            jobs = view.transit.only(np.isin(view.transit.ap, new))
            for ap, server, kind, age in zip(
                jobs.ap, jobs.server, jobs.kind, jobs.age, strict=True
            ):
                pair = int(world.pair[ap, server])
                self._under_way.setdefault((int(server), int(kind)), []).append(
                    (pair, int(age))
                )

    def senders(self, server: int) -> list[int]:
        """Return the movers that may send to a server."""
        return [ap for ap in self.movers if self._model.world.candidate[ap, server]]

    def action(self, ap: int, kind: int) -> int:
        """Return where an access point sends a type at the boundary."""
        return int(self._action[ap][kind])

    def transit(self, ap: int, server: int, kind: int) -> float:
        """Return W̃† of sending a type to a server from the mover's signal slot on."""
        return self._model.transit(ap, server, kind, self._signal[ap])

    def queue(self, server: int, kind: int, senders: Collection[int]) -> float:
        """Return W̃‡ of a queue if just these movers send to it from now on."""
        key = (server, kind, frozenset(senders))
        cost = self._known.get(key)
        if cost is None:
            law, lasting = self._kept(server, kind)
            for ap in sorted(key[2]):
                more, always = self._model.source(
                    ap, server, kind, self._signal[ap], -1
                )
                law = compiled(_together)(law, more)
                lasting = compiled(_together)(lasting[None], always[None])[0]
            length = self._length[server, kind]
            cost = self._model.queue(server, kind, length, (law, lasting))
            self._known[key] = cost
        return cost

    def _kept(self, server: int, kind: int) -> Arrivals:
        """Return what comes in whatever the movers choose."""
        known = self._base.get((server, kind))
        if known is not None:
            return known
        model = self._model
        law, lasting = model.nothing()
        for pair, age in self._under_way.get((server, kind), ()):
            mass, alive = model.world.upload[pair, kind], model.alive[pair, kind]
            compiled(_carry)(law, mass, float(alive[age]), age)
        for ap, action in self._action.items():
            if int(action[kind]) == server:
                more, always = model.source(
                    ap, server, kind, 0, self._signal.get(ap, -1)
                )
                law = compiled(_together)(law, more)
                lasting = compiled(_together)(lasting[None], always[None])[0]
        self._base[server, kind] = law, lasting
        return law, lasting


def _send(law: Any, lasting: Any, mass: Any, rate: float, begin: int, end: int) -> None:
    """Add a source to a queue's arrivals, in place."""
    longest = len(mass) - 1
    for slot in range(begin, len(law)):
        first = 0 if end < 0 else max(0, slot - end + 1)
        for wait in range(first, min(slot - begin, longest) + 1):
            if mass[wait] > 0.0:
                mix(law[slot], rate * mass[wait])
    if end < 0:
        for wait in range(longest + 1):
            if mass[wait] > 0.0:
                mix(lasting, rate * mass[wait])


def _carry(law: Any, mass: Any, left: float, age: int) -> None:
    """Add a job of some age, under way with probability ``left`` at first, in place."""
    if left > 0.0:
        for slot in range(min(len(law), len(mass) - age)):
            mix(law[slot], mass[age + slot] / left)


def _together(one: Any, other: Any) -> Any:
    """Return the laws of two independent streams added up, slot by slot.

    With one arrival told apart, probabilities are added up, to one at most.
    """
    most = one.shape[1] - 1
    made = np.zeros(one.shape)
    for slot in range(len(one)):
        if most == 1:
            made[slot, 1] = min(1.0, one[slot, 1] + other[slot, 1])
            made[slot, 0] = 1.0 - made[slot, 1]
            continue
        for first in range(most + 1):
            for second in range(most + 1):
                count = min(most, first + second)
                made[slot, count] += one[slot, first] * other[slot, second]
    return made
