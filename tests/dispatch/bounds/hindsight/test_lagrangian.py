"""The bound by prices: never above the optimum, and worth its time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.dispatch.bounds import isolated_jobs
from optkit.dispatch.bounds.hindsight.job_tables import job_table
from optkit.dispatch.bounds.hindsight.lagrangian import PricedBound
from optkit.dispatch.policies.clairvoyant.assignment import Assignment
from optkit.dispatch.problem.finish_slots import DROPPED
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.problem.simulator import Simulator
from optkit.dispatch.testing.cases import random_cases
from tests.dispatch.instances import crowded_data, random_instance


@pytest.mark.slow
def test_priced_bound_is_below_the_optimum_and_above_the_simple_one() -> None:
    """The priced bound never passes brute force, and beats the simple bound in total."""
    simple, priced, optimum = [], [], []
    for case in random_cases(5, 60):
        data = problem_data(case.instance)  # type: ignore[arg-type]
        total = 0.0
        for kind in range(data.shape[2]):
            jobs = job_table(data, kind)
            part = Assignment(data, jobs, isolated_jobs.quickest(data)[jobs.index])
            prices = PricedBound(data, jobs)
            prices.improve(part.cost(), 60)
            total += prices.value
        assert case.optimum is not None
        assert total / data.intervals <= case.optimum + 1e-9, case.label
        simple.append(isolated_jobs.alone(data))
        priced.append(max(total / data.intervals, simple[-1]))
        optimum.append(case.optimum)
    assert sum(simple) <= sum(optimum)
    assert sum(priced) > sum(simple)


def test_prices_raise_the_bound_at_a_wanted_server() -> None:
    """Prices raise the bound where many jobs want the same queue."""
    instance = random_instance(3)
    raised = 0
    for seed in range(30):
        instance = random_instance(seed)
        data = problem_data(instance)
        jobs = job_table(data, 0)
        if not len(jobs.index):
            continue
        part = Assignment(data, jobs, isolated_jobs.quickest(data)[jobs.index])
        prices = PricedBound(data, jobs)
        prices.improve(part.cost(), 1)
        first = prices.value
        prices.improve(part.cost(), 100)
        assert first <= prices.value <= part.cost() + 1e-9
        raised += prices.value > first + 1e-6
    assert raised > 5


@pytest.mark.slow
def test_bound_holds_where_drops_cost_nothing() -> None:
    """The bound holds for hundreds of optima with free drops, many of which drop jobs."""
    compared, dropping = 0, 0
    sums = np.zeros(3)
    for seed in range(750):
        data = crowded_data(seed)
        jobs = job_table(data, 0)
        choices = [np.flatnonzero(row >= 0) for row in jobs.join]
        if not 2 <= np.prod([len(servers) for servers in choices]) <= 100:
            continue
        best, least = None, np.inf
        for target in itertools.product(*choices):
            part = Assignment(data, jobs, np.array(target))
            cost = part.cost()
            if cost < least:
                best, least = part, cost
        assert best is not None
        prices = PricedBound(data, jobs)
        prices.improve(least, 30)
        simple = isolated_jobs.alone(data) * data.intervals
        assert prices.value <= least + 1e-9, seed
        sums += simple, max(simple, prices.value), least
        compared += 1
        dropping += bool(dropped(data, best))
    assert compared > 180
    assert dropping > 40
    # Simple bounds are half of the optimum here; prices close more than a third of the gap.
    assert sums[1] - sums[0] > (sums[2] - sums[0]) / 3


def dropped(data: ProblemData, part: Assignment) -> int:
    """Return how many jobs an assignment of the only type drops, by the simulator."""
    system = Simulator(data)
    system.advance(data.horizon, part.target)
    return int(np.count_nonzero(system.finish == DROPPED))
