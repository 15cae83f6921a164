"""Search for prices at which the bound on all policies is high."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats
from optkit.dispatch.bounds.policy.admission_kernels import admission_costs
from optkit.dispatch.bounds.policy.possible_joins import PossibleJoins, possible_joins
from optkit.dispatch.problem.problem_data import ProblemData

MOST_STEPS = 150
"""Steps of a search on an instance of the paper's size or less."""

FEWEST_STEPS = 15
"""Steps of a search, however large the instance is."""

MOST_WORK = 6e9
"""Lengths of queues times slots, over all steps: some 2 s of one processor."""

SMALL = 2e7
"""Work up to which a search is cut short, so that it need not wait for the compiler."""

SMALL_WORK, FEWEST_SMALL_STEPS = 2.5e6, 30
"""The work that is left of such a search, and its fewest steps."""

FIRST_STEP = 2.0
"""Largest change of a price in the first step, in boundaries."""

HALVED_AFTER = 10
"""Steps after which they are half as long as at first."""

AVERAGING = 0.9
"""Weight of all earlier prices in the running average."""

MOMENTUM, SCALING = 0.9, 0.99
"""Weights of all earlier steps in the means of subgradients and of their squares."""


@dataclass(frozen=True)
class Prices:
    """Prices of jobs, and what they prove.

    Parameters
    ----------
    price
        Prices, in boundaries.
    bound
        Least mean cost of the jobs, in jobs times boundaries.
    """

    price: Floats
    bound: float


@dataclass(frozen=True, eq=False)
class PriceAscent:
    """The bound for the jobs of one type, as a function of their prices.

    Parameters
    ----------
    joins
        What the jobs could join.
    constants
        Queue limit, slots per interval, intervals, overflow penalty, drop penalty.
    """

    joins: PossibleJoins
    constants: tuple[int, int, int, float, float]

    @classmethod
    def of(cls, data: ProblemData, kind: int) -> PriceAscent:
        """Return the function for the jobs of one type."""
        return cls(
            possible_joins(data, kind),
            (
                data.queue_limit,
                data.slots_per_interval,
                data.intervals,
                data.overflow_penalty,
                data.drop_penalty,
            ),
        )

    def bound(self, price: Floats) -> tuple[float, Floats]:
        """Return the bound at these prices, and a subgradient, (N,)."""
        joins = self.joins
        costs, admitted = admission_costs(
            price,
            joins.first,
            joins.slot,
            joins.job,
            joins.transit,
            joins.rate,
            self.constants,
        )
        late = np.minimum(joins.late - price, 0.0)
        admitted += late < 0.0
        return float(price.sum() + costs.sum() + late.sum()), 1.0 - admitted

    def search(
        self, steps: int, should_stop: Callable[[], bool] = lambda: False
    ) -> Prices | None:
        """Return the best prices of a search from costs alone; None if it was stopped."""
        return ascend(self.bound, self.joins.alone, steps, should_stop)


def prices_until(ascent: PriceAscent, steps: int, until: float) -> Prices | None:
    """Return the best prices of a search that ends at a time of day; None if it has to.

    A worker of an executor calls it, to which no other limits of a run are known.
    """
    return ascent.search(steps, lambda: time.time() >= until)


def ascend(
    bound: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    steps: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> Prices | None:
    """Return the best prices of a search; None if it was stopped.

    Steps are those of Adam (Kingma and Ba, 2015) with lengths that fall as 1/k, and the
    running average of the prices is tried at the end.

    Parameters
    ----------
    bound
        Returns the bound at some prices, and a subgradient.
    start
        Prices to begin with.
    steps
        Evaluations of the bound.
    should_stop
        Asked before each step.
    """
    price = start.copy()
    best = Prices(price, -np.inf)
    mean, square, average = (np.zeros_like(price) for _ in range(3))
    for step in range(1, steps):
        if should_stop():
            return None
        value, gradient = bound(price)
        if value > best.bound:
            best = Prices(price, value)
        mean = MOMENTUM * mean + (1.0 - MOMENTUM) * gradient
        square = SCALING * square + (1.0 - SCALING) * gradient**2
        length = FIRST_STEP / (1.0 + (step - 1) / HALVED_AFTER)
        direction = mean / (1.0 - MOMENTUM**step)
        scale = np.sqrt(square / (1.0 - SCALING**step))
        price = price + length * direction / (scale + 1e-8)
        average = AVERAGING * average + (1.0 - AVERAGING) * price
    if steps > 1:
        price = average / (1.0 - AVERAGING ** (steps - 1))
    value, _ = bound(price)
    return Prices(price, value) if value > best.bound else best


def step_count(data: ProblemData) -> int:
    """Return how many steps a search for prices takes; fewer on large instances."""
    _, servers, kinds = data.shape
    work = 2.0 * data.queue_limit * data.horizon * servers * kinds
    if MOST_STEPS * work <= SMALL:
        return int(np.clip(SMALL_WORK / work, FEWEST_SMALL_STEPS, MOST_STEPS))
    return int(np.clip(MOST_WORK / work, FEWEST_STEPS, MOST_STEPS))
