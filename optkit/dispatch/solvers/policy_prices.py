"""The prices that bound the mean of every policy, here or on an executor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.solving.on_executor import collect_in_order, time_per_task
from optkit.core.solving.run import Run
from optkit.dispatch.problem.problem_data import ProblemData

if TYPE_CHECKING:
    from optkit.dispatch.bounds.policy.price_ascent import Prices


def policy_prices(data: ProblemData, run: Run) -> Floats | None:
    """Return prices that bound the mean of every policy, by job in the instance's order.

    Types are independent, so each is a task of its own if the run has an executor. The
    prices are the same then.

    None if the run has to stop first, and where the network changes how long services
    take: then a queue's length does not say when its jobs leave.
    """
    from optkit.dispatch.bounds.policy.price_ascent import (
        PriceAscent,
        prices_until,
        step_count,
    )

    if any((later.data.service != data.service).any() for later in data.later):
        return None
    kinds = data.shape[2]
    prices, priced = np.empty(len(data.slot)), 0
    steps = step_count(data)

    def keep(kind: int, best: Prices | None) -> None:
        """Take over the prices of one type."""
        nonlocal priced
        if best is not None:
            prices[data.job[data.kind == kind]] = best.price
            priced += 1
        run.progress("bounding all policies", (kind + 1) / kinds)

    if run.executor is None:
        for kind in range(kinds):
            best = PriceAscent.of(data, kind).search(steps, run.should_stop)
            keep(kind, best)
            if best is None:
                break
    else:
        _, until = time_per_task(run, run.executor, kinds)
        futures = [
            run.executor.submit(prices_until, PriceAscent.of(data, kind), steps, until)
            for kind in range(kinds)
        ]
        collect_in_order(run, futures, keep)
    return prices if priced == kinds else None
