"""Arrivals to expect at each queue, from one access point's observation.

Jobs that were seen under way join by the hazards of their upload laws; sources go on
sending where they were seen to send. Import where needed: it loads numba.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.runtime.compiled import compiled
from optkit.dispatch.problem.closed_form_values import survival
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import World

BERNOULLI = 1
"""At most one arrival a slot: the paper's approximation."""


@dataclass(frozen=True, eq=False)
class Laws:
    """Upload laws in the forms that forecasts need, each (pairs, J, Ξ + 1).

    Parameters
    ----------
    mass, alive, reached
        P(U = x), P(U ≥ x), P(U ≤ x).
    """

    mass: Floats
    alive: Floats
    reached: Floats

    @classmethod
    def of(cls, world: World) -> Laws:
        """Return the laws of an instance."""
        return cls(
            world.upload, survival(world.upload), np.cumsum(world.upload, axis=-1)
        )


def horizon(world: World) -> int:
    """Return the slots after a boundary in which arrivals can still change.

    One interval, in which actions switch, and as many as the longest upload takes.
    """
    per = world.slots_per_interval
    return per * (1 + math.ceil(world.longest_upload / per))


@dataclass(frozen=True, eq=False)
class Forecast:
    """Arrivals at the candidate queues of one access point.

    Parameters
    ----------
    slots
        (servers, J, slots, A + 1): law of the arrivals in each slot after the boundary.
    lasting
        (servers, J, A + 1): the same for all later slots.
    """

    slots: Floats
    lasting: Floats


def forecast(world: World, laws: Laws, seen: Observation, most: int) -> Forecast:
    """Return the arrivals to expect if the observer stops sending at its signal slot.

    Parameters
    ----------
    world, laws
        The model.
    seen
        What the access point sees.
    most
        Arrivals of one slot that are told apart, A; :data:`BERNOULLI` adds all
        probabilities up to one.
    """
    position = np.full(world.shape[1], -1, dtype=np.int64)
    position[seen.servers] = np.arange(len(seen.servers))
    near = position[seen.transit.server] >= 0
    under_way = seen.transit.only(near)
    pairs = world.pair[under_way.ap, under_way.server]
    senders, kinds = np.indices(seen.actions.shape)
    ap, kind = seen.peers[senders.ravel()], kinds.ravel()
    target = seen.actions.ravel()
    kept = position[target] >= 0
    ap, kind, target = ap[kept], kind[kept], target[kept]
    stop = np.where(ap == seen.ap, seen.signal_slot, -1)
    slots, lasting = compiled(_forecast)(
        position[under_way.server],
        under_way.kind,
        under_way.age,
        pairs,
        position[target],
        kind,
        world.arrival[ap, kind],
        world.pair[ap, target],
        stop,
        laws.mass,
        laws.alive,
        laws.reached,
        (len(seen.servers), world.shape[2], horizon(world), most),
    )
    return Forecast(slots, lasting)


def with_source(
    given: Floats, lasting: Floats, mass: Floats, rate: float, begin: int
) -> tuple[Floats, Floats]:
    """Return a queue's arrivals with one more source that starts at a slot.

    Parameters
    ----------
    given, lasting
        (slots, A + 1) and (A + 1,): the queue's forecast.
    mass
        (Ξ + 1,): upload law of the source.
    rate
        Its arrival probability λ per slot.
    begin
        Its first slot.
    """
    made: tuple[Floats, Floats] = compiled(_with_source)(
        given, lasting, mass, rate, begin
    )
    return made


def _mix(law: Any, chance: float) -> None:
    """Add an independent arrival of probability ``chance`` to a law, in place."""
    most = len(law) - 1
    if most == 1:  # one Bernoulli draw a slot: probabilities add up, to one at most
        law[1] = min(1.0, law[1] + chance)
        law[0] = 1.0 - law[1]
        return
    law[most] += law[most - 1] * chance
    for count in range(most - 1, 0, -1):
        law[count] = law[count] * (1.0 - chance) + law[count - 1] * chance
    law[0] *= 1.0 - chance


def _forecast(
    at: Any,
    kind: Any,
    age: Any,
    pair: Any,
    source_at: Any,
    source_kind: Any,
    source_rate: Any,
    source_pair: Any,
    stop: Any,
    mass: Any,
    alive: Any,
    reached: Any,
    size: tuple[int, int, int, int],
) -> tuple[Any, Any]:
    servers, kinds, slots, most = size
    longest = mass.shape[2] - 1
    made = np.zeros((servers, kinds, slots, most + 1))
    made[:, :, :, 0] = 1.0
    lasting = np.zeros((servers, kinds, most + 1))
    lasting[:, :, 0] = 1.0
    for job in range(len(at)):
        p, j = pair[job], kind[job]
        left = alive[p, j, age[job]]
        if left <= 0.0:
            continue
        for slot in range(min(slots, longest - age[job] + 1)):
            mix(made[at[job], j, slot], mass[p, j, age[job] + slot] / left)
    for source in range(len(source_at)):
        c, j, p = source_at[source], source_kind[source], source_pair[source]
        rate, ends = source_rate[source], stop[source]
        if most == 1:
            for slot in range(slots):
                share = reached[p, j, min(slot, longest)]
                if ends >= 0 and slot >= ends:
                    share -= reached[p, j, min(slot - ends, longest)]
                mix(made[c, j, slot], rate * max(share, 0.0))
        else:
            for slot in range(slots):
                first = 0 if ends < 0 else max(0, slot - ends + 1)
                for wait in range(first, min(slot, longest) + 1):
                    if mass[p, j, wait] > 0.0:
                        mix(made[c, j, slot], rate * mass[p, j, wait])
        if ends < 0:
            for wait in range(longest + 1):
                if mass[p, j, wait] > 0.0:
                    mix(lasting[c, j], rate * mass[p, j, wait])
    return made, lasting


def _with_source(
    given: Any, lasting: Any, mass: Any, rate: float, begin: int
) -> tuple[Any, Any]:
    made, later = given.copy(), lasting.copy()
    for slot in range(begin, len(given)):
        for wait in range(min(slot - begin, len(mass) - 1) + 1):
            if mass[wait] > 0.0:
                mix(made[slot], rate * mass[wait])
    for wait in range(len(mass)):
        if mass[wait] > 0.0:
            mix(later, rate * mass[wait])
    return made, later


mix = compiled(_mix)
