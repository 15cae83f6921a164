"""The arrivals that one access point expects at each queue, from its observation.

Jobs that were seen under way join by the hazards of their upload laws; all sources go on
sending where they were seen to send.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats
from optkit.dispatch.problem.closed_form_values import survival
from optkit.dispatch.problem.forecast_kernels import forecast_arrivals
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData


@dataclass(frozen=True, eq=False)
class UploadLaws:
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
    def of(cls, data: ProblemData) -> UploadLaws:
        """Return the laws of an instance."""
        return cls(data.upload, survival(data.upload), np.cumsum(data.upload, axis=-1))


def changing_slots(data: ProblemData) -> int:
    """Return the number of slots after a boundary in which arrivals can still change.

    That is one interval, in which actions switch, and as many intervals as the longest
    upload takes.
    """
    per = data.slots_per_interval
    return per * (1 + math.ceil(data.longest_upload / per))


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


def forecast(
    data: ProblemData, laws: UploadLaws, view: Observation, max_arrivals: int
) -> Forecast:
    """Return the arrivals to expect if the observer stops sending at its signal slot.

    Parameters
    ----------
    data, laws
        The model.
    view
        What the access point observes.
    max_arrivals
        Largest number of arrivals in one slot that is told apart, A; 1 for the paper's
        Bernoulli draw.
    """
    position = np.full(data.shape[1], -1, dtype=np.int64)
    position[view.servers] = np.arange(len(view.servers))
    near = position[view.transit.server] >= 0
    under_way = view.transit.only(near)
    pairs = data.pair[under_way.ap, under_way.server]
    senders, kinds = np.indices(view.actions.shape)
    ap, kind = view.peers[senders.ravel()], kinds.ravel()
    target = view.actions.ravel()
    kept = position[target] >= 0
    ap, kind, target = ap[kept], kind[kept], target[kept]
    stop = np.where(ap == view.ap, view.signal_slot, -1)
    slots, lasting = forecast_arrivals(
        position[under_way.server],
        under_way.kind,
        under_way.age,
        pairs,
        position[target],
        kind,
        data.arrival[ap, kind],
        data.pair[ap, target],
        stop,
        laws.mass,
        laws.alive,
        laws.reached,
        (len(view.servers), data.shape[2], changing_slots(data), max_arrivals),
    )
    return Forecast(slots, lasting)
