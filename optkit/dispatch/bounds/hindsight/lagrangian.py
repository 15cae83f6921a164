"""A lower bound on every policy, by prices for slots of service and for drops.

Import where needed: it loads numba.

**Slots.** First come first served, a job of S slots of service occupies S slots of its
server in a row, and no slot serves two jobs. With prices π ≥ 0 for the slots of each
server, a job that arrives in interval a and is served at server m from slot s on is
charged

    ⌊(s + S − 1)/t_B⌋ − a + π_{m,s} + … + π_{m,s+S−1}                              (1)

in place of the boundaries it meets, and all prices are taken off again: Σ π is no less
than what is paid for the slots that are used. Full queues only add, and what lies behind
the last boundary is free.

**Drops.** A job is dropped at slot s only where L_max jobs are in the queue. Write them in
order of service: the first is served in s or has one slot of service left at least; the
p-th starts no sooner than in slot s + 1 + the services of those between it and the first.
So from the q-th on, q ≥ 2, all start in slot s + ℓ or later, where ℓ is one more than the
sum of the q − 2 shortest services that any jobs would take at that server. That makes

    (L_max − q + 1) · [i is dropped at m] ≤ #{jobs at m with join ≤ s_i ≤ start − ℓ}   (2)

for every job i that would join m in slot s_i; with L_max = 1 the one job is in service,
and the right-hand side counts the jobs with join ≤ s_i ≤ finish. With a price ρ_i ≥ 0 for
each of these constraints, divided by L_max − q + 1, a drop costs the upload, the penalty
and ρ_i, and a job that waits long is paid for every s_i that it sits through.

**Bound.** Let each job take what is cheapest for itself: a drop, or a server and a start,
not before it joins nor, as at most L_max − 1 jobs are ahead of it, later than the
L_max − 1 longest services after. Every real schedule is among these choices, satisfies
(2), and uses no slot twice, so that the sum of the least charges, less Σ π, is no more than
its cost, whatever the prices. Subgradient steps look for good ones.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.runtime.compiled import compiled
from optkit.dispatch.bounds.hindsight.full_queue import Crowd
from optkit.dispatch.bounds.hindsight.job_tables import Known
from optkit.dispatch.bounds.hindsight.price_kernels import charge
from optkit.dispatch.problem.problem_data import World

PATIENCE = 0.97
"""By how much steps shorten whenever one does not help."""


class PricedBound:
    """The best bound that subgradient steps find for one type; better with each round.

    Parameters
    ----------
    world
        The instance.
    seen
        The jobs of the type.

    Attributes
    ----------
    value
        The bound so far, in jobs times boundaries.
    """

    def __init__(self, world: World, seen: Known) -> None:
        self._world = world
        self._seen = seen
        self._crowd = Crowd.of(world, seen)
        self._price = np.zeros((world.shape[1], world.horizon))
        self._drop_price = _first_drop_prices(world, seen)
        self._pace = 1.0
        self.value = 0.0

    def improve(self, goal: float, rounds: int) -> None:
        """Take some steps towards ``goal``, the cost of a known solution."""
        for _ in range(rounds):
            value, used, broken = self._charge()
            if value > self.value:
                self.value = value
            else:
                self._pace *= PATIENCE
            slope = _inward(used - 1.0, self._price)
            drop_slope = _inward(broken, self._drop_price)
            norm = float((slope**2).sum() + (drop_slope**2).sum())
            if norm == 0.0 or goal <= value:
                return
            step = self._pace * (goal - value) / norm
            self._price = np.maximum(self._price + step * slope, 0.0)
            self._drop_price = np.maximum(self._drop_price + step * drop_slope, 0.0)

    def _charge(self) -> tuple[float, Floats, Floats]:
        """Return the bound at the prices, and the slopes of its parts."""
        world, seen, crowd = self._world, self._seen, self._crowd
        found: tuple[float, Floats, Floats] = compiled(charge)(
            seen.arrival,
            seen.join,
            seen.service,
            self._price,
            self._drop_price,
            crowd.share,
            crowd.lag,
            crowd.longest_wait,
            (world.slots_per_interval, world.intervals, float(world.drop_penalty)),
        )
        return found


def _inward(slope: Floats, price: Floats) -> Floats:
    """Return a slope without what would make a price of zero negative."""
    return np.where((price <= 0.0) & (slope < 0.0), 0.0, slope)


def _first_drop_prices(world: World, seen: Known) -> Floats:
    """Return (N, M): what makes a drop cost as much as being served alone."""
    per, most = world.slots_per_interval, world.intervals
    served = np.minimum((seen.join + seen.service - 1) // per, most)
    dropped = np.minimum(seen.join // per, most) + world.drop_penalty
    able = (seen.join >= 0) & (seen.join < world.horizon)
    alone = np.where(seen.join >= 0, served, np.inf).min(axis=1, keepdims=True)
    return np.where(able, np.maximum(alone - dropped, 0.0), 0.0)
