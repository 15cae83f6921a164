"""A lower bound on every policy, by prices for slots of service and for drops.

**Slots.** First come first served, a job of S slots of service occupies S slots of its
server in a row, and no slot serves two jobs. With prices π ≥ 0 for the slots of each
server, a job that arrives in interval a and is served at server m from slot s on is
charged

    ⌊(s + S − 1)/t_B⌋ − a + π_{m,s} + … + π_{m,s+S−1}                              (1)

in place of the boundaries it meets. All prices are subtracted from the total: Σ π is no
less than what is paid for the slots that are used. Full queues only add to the cost, and
slots after the last boundary are free.

**Drops.** A job is dropped at slot s only if L_max jobs are in the queue. Take them in
order of service: the first has at least one slot of service left in s; the p-th starts no
sooner than in slot s + 1 + the services of those between it and the first. So from the
q-th on, q ≥ 2, all start in slot s + ℓ or later, where ℓ is one more than the sum of the
q − 2 shortest services that any jobs would take at that server. Therefore

    (L_max − q + 1) · [i is dropped at m] ≤ #{jobs at m with join ≤ s_i ≤ start − ℓ}   (2)

for every job i that would join m in slot s_i. With L_max = 1 the one job is in service,
and the right-hand side counts the jobs with join ≤ s_i ≤ finish. With a price ρ_i ≥ 0 for
each of these constraints, divided by L_max − q + 1, a drop costs the upload, the penalty
and ρ_i, and a job that waits long receives a payment for every s_i during its wait.

**Bound.** Let each job take what is cheapest for itself: a drop, or a server and a start.
It cannot start before it joins; and as at most L_max − 1 jobs are ahead of it, it starts
after no more than the L_max − 1 longest services. Every real schedule is among these
choices, satisfies (2), and uses no slot twice, so that the sum of the least charges, less
Σ π, is no more than its cost, whatever the prices. Subgradient steps search for good ones.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats
from optkit.dispatch.bounds.hindsight.full_queue import FullQueue
from optkit.dispatch.bounds.hindsight.job_tables import JobTable
from optkit.dispatch.bounds.hindsight.price_kernels import bound_at_prices
from optkit.dispatch.problem.problem_data import ProblemData

STEP_DECAY = 0.97
"""Factor on the step length whenever a step does not raise the bound."""


class PricedBound:
    """The best bound for one type that subgradient steps have found so far.

    Parameters
    ----------
    data
        The instance.
    jobs
        The jobs of the type.

    Attributes
    ----------
    value
        The bound so far, in jobs times boundaries.
    """

    def __init__(self, data: ProblemData, jobs: JobTable) -> None:
        self._data = data
        self._jobs = jobs
        self._full = FullQueue.of(data, jobs)
        self._price = np.zeros((data.shape[1], data.horizon))
        self._drop_price = _first_drop_prices(data, jobs)
        self._step = 1.0
        self.value = 0.0

    def improve(self, goal: float, steps: int) -> None:
        """Take ``steps`` steps towards ``goal``, the cost of a known solution."""
        for _ in range(steps):
            value, used, violated = self._bound()
            if value > self.value:
                self.value = value
            else:
                self._step *= STEP_DECAY
            gradient = _inward(used - 1.0, self._price)
            drop_gradient = _inward(violated, self._drop_price)
            norm = float((gradient**2).sum() + (drop_gradient**2).sum())
            if norm == 0.0 or goal <= value:
                return
            step = self._step * (goal - value) / norm
            self._price = np.maximum(self._price + step * gradient, 0.0)
            self._drop_price = np.maximum(self._drop_price + step * drop_gradient, 0.0)

    def _bound(self) -> tuple[float, Floats, Floats]:
        """Return the bound at the current prices, and its subgradients."""
        data, jobs, full = self._data, self._jobs, self._full
        result: tuple[float, Floats, Floats] = bound_at_prices(
            jobs.arrival,
            jobs.join,
            jobs.service,
            self._price,
            self._drop_price,
            full.share,
            full.lag,
            full.longest_wait,
            (data.slots_per_interval, data.intervals, float(data.drop_penalty)),
        )
        return result


def _inward(gradient: Floats, price: Floats) -> Floats:
    """Return a subgradient without the parts that would make a zero price negative."""
    return np.where((price <= 0.0) & (gradient < 0.0), 0.0, gradient)


def _first_drop_prices(data: ProblemData, jobs: JobTable) -> Floats:
    """Return (N, M): prices at which a drop costs as much as being served alone."""
    per, most = data.slots_per_interval, data.intervals
    served = np.minimum((jobs.join + jobs.service - 1) // per, most)
    dropped = np.minimum(jobs.join // per, most) + data.drop_penalty
    able = (jobs.join >= 0) & (jobs.join < data.horizon)
    alone = np.where(jobs.join >= 0, served, np.inf).min(axis=1, keepdims=True)
    return np.where(able, np.maximum(alone - dropped, 0.0), 0.0)
