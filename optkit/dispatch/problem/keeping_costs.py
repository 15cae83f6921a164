"""The cost of keeping actions for ever: the value terms W̃† and W̃‡ (eqs 17, 18)."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats
from optkit.dispatch.problem.closed_form_values import (
    queue_costs,
    survival,
    transit_values,
)
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.problem.queue_kernels import stationary_cost, transient_cost

Arrivals = tuple[Floats, Floats]
"""Laws of the arrivals: (slots, A + 1) after a boundary, and (A + 1,) of all later ones."""


class KeepingCosts:
    """The expected cost of a source's jobs under way, and that of a queue.

    Parameters
    ----------
    data
        The model.

    Attributes
    ----------
    alive
        (pairs, J, Ξ + 1): P(U ≥ x) of each upload.
    """

    def __init__(self, data: ProblemData) -> None:
        self.data = data
        self.alive = survival(data.upload)
        self._transit = transit_values(
            data.upload, data.slots_per_interval, data.discount
        )
        self._stage = queue_costs(data.queue_limit, data.overflow_penalty)
        # Few laws of lasting arrivals come up, again and again.
        self._stationary: dict[tuple[float, bytes], Floats] = {}

    def transit(self, ap: int, server: int, kind: int, begin: int) -> float:
        """Return W̃† of a source that sends from slot ``begin`` on.

        It counts from the next boundary on.
        """
        data = self.data
        pair = data.pair[ap, server]
        # Jobs sent from slot D on are of age 1 … t_B − D at the next boundary.
        ages = np.arange(1, data.slots_per_interval - begin + 1)
        ages = ages[ages <= data.longest_upload]
        value = self._transit[pair, kind]
        sent = self.alive[pair, kind, ages] @ value[ages]
        return float(data.arrival[ap, kind]) * float(sent + value[0])

    def queue(self, server: int, kind: int, length: int, arrivals: Arrivals) -> float:
        """Return W̃‡ of a queue of ``length`` jobs, from the next boundary on."""
        data = self.data
        slots, lasting = arrivals
        rate = 1.0 / float(data.service[server, kind])
        law = (rate, data.slots_per_interval, data.discount, self._stage)
        key = (rate, lasting.tobytes())
        later = self._stationary.get(key)
        if later is None:
            later = stationary_cost(lasting, *law, data.drop_penalty)
            self._stationary[key] = later
        return float(transient_cost(length, slots, *law, data.drop_penalty, later))
