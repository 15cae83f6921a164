"""The clairvoyant: its queue costs, its descent, and its bound."""

from __future__ import annotations

import numpy as np
import pytest
from dispatch_worlds import random_instance, random_target

from optkit.dispatch import bound
from optkit.dispatch.check import check
from optkit.dispatch.hindsight import Assignment, PricedBound, descend, known
from optkit.dispatch.policy import in_order_of_jobs
from optkit.dispatch.solution import DispatchSolution
from optkit.dispatch.trials import random_trials
from optkit.dispatch.world import world


def test_costs_by_type_add_up_to_the_checkers() -> None:
    """Protects the descent's arithmetic: its cost is the objective, before and after."""
    for seed in range(80):
        instance = random_instance(seed)
        seen = world(instance)
        target = np.array(random_target(instance, seed), dtype=np.int64)[seen.job]
        for improve in (False, True):
            total = 0.0
            for kind in range(seen.shape[2]):
                jobs = known(seen, kind)
                part = Assignment(seen, jobs, target[jobs.jobs])
                before = part.cost()
                if improve:
                    passes = list(descend(part, lambda: False))
                    assert passes == sorted(passes, reverse=True)
                    assert part.cost() <= before + 1e-9
                    target[jobs.jobs] = part.target
                total += part.cost()
            solution = DispatchSolution(target=in_order_of_jobs(seen, target))
            report = check(instance, solution)
            assert report.objective == pytest.approx(total / seen.intervals, rel=1e-12)


def test_priced_bound_is_below_the_optimum_and_above_the_simple_one() -> None:
    """Protects the bound: never past brute force, and worth its price on average."""
    simple, priced, optimum = [], [], []
    for trial in random_trials(5, 60):
        seen = world(trial.instance)  # type: ignore[arg-type]
        total = 0.0
        for kind in range(seen.shape[2]):
            jobs = known(seen, kind)
            part = Assignment(seen, jobs, bound.quickest(seen)[jobs.jobs])
            prices = PricedBound(seen, jobs)
            prices.improve(part.cost(), 60)
            total += prices.value
        assert trial.optimum is not None
        assert total / seen.intervals <= trial.optimum + 1e-9, trial.label
        simple.append(bound.alone(seen))
        priced.append(max(total / seen.intervals, simple[-1]))
        optimum.append(trial.optimum)
    assert sum(simple) <= sum(optimum)
    assert sum(priced) > sum(simple)


def test_prices_are_needed_where_everybody_wants_one_server() -> None:
    """Protects the bound from being idle: a crowd at one queue makes it rise."""
    instance = random_instance(3)
    raised = 0
    for seed in range(30):
        instance = random_instance(seed)
        seen = world(instance)
        jobs = known(seen, 0)
        if not len(jobs.jobs):
            continue
        part = Assignment(seen, jobs, bound.quickest(seen)[jobs.jobs])
        prices = PricedBound(seen, jobs)
        prices.improve(part.cost(), 1)
        first = prices.value
        prices.improve(part.cost(), 100)
        assert first <= prices.value <= part.cost() + 1e-9
        raised += prices.value > first + 1e-6
    assert raised > 5
