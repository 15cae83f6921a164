"""The clairvoyant: its queue costs, its descent, and its bound."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from optkit.core.solving import seeds
from optkit.dispatch.bounds import isolated_jobs
from optkit.dispatch.bounds.hindsight.full_queue import FullQueue
from optkit.dispatch.bounds.hindsight.job_tables import JobTable, job_table
from optkit.dispatch.bounds.hindsight.lagrangian import PricedBound
from optkit.dispatch.bounds.hindsight.price_kernels import IN_SERVICE
from optkit.dispatch.check.checker import check
from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.clairvoyant.assignment import Assignment, descend
from optkit.dispatch.problem.finish_slots import DROPPED
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.problem.simulator import Simulator
from optkit.dispatch.solution import DispatchSolution
from optkit.dispatch.testing import random_cases
from tests.dispatch.instances import random_instance, random_target


def rewarding_drops(seed: int) -> ProblemData:
    """Return a tiny crowded world where dropped jobs cost nothing, of one type."""
    rng = seeds.generator(seed, "test", "crowd")
    options = GeneratorOptions(
        aps=int(rng.integers(1, 4)),
        servers=int(rng.integers(1, 4)),
        types=1,
        cloud=bool(rng.integers(2)),
        cloud_speed=1.5,
        intervals=int(rng.integers(2, 8)),
        slots=int(rng.integers(1, 6)),
        arrival=float(rng.uniform(0.1, 0.6)),
        service=float(rng.uniform(2.0, 9.0)),
        upload_intervals=float(rng.uniform(0.2, 1.5)),
        queue_limit=int(rng.integers(1, 5)),
        overflow_penalty=0.5 * float(rng.integers(2)),
        drop_penalty=0.0,
    )
    return problem_data(DispatchInstance.parse(generate(options, seed)))


def test_costs_by_type_add_up_to_the_checkers() -> None:
    """Protects the descent's arithmetic: its cost is the objective, before and after."""
    for seed in range(80):
        instance = random_instance(seed)
        data = problem_data(instance)
        target = np.array(random_target(instance, seed), dtype=np.int64)[data.job]
        for improve in (False, True):
            total = 0.0
            for kind in range(data.shape[2]):
                jobs = job_table(data, kind)
                part = Assignment(data, jobs, target[jobs.index])
                before = part.cost()
                if improve:
                    passes = list(descend(part, lambda: False))
                    assert passes == sorted(passes, reverse=True)
                    assert part.cost() <= before + 1e-9
                    target[jobs.index] = part.target
                total += part.cost()
            solution = DispatchSolution(target=data.in_instance_order(target))
            report = check(instance, solution)
            assert report.objective == pytest.approx(total / data.intervals, rel=1e-12)


def test_priced_bound_is_below_the_optimum_and_above_the_simple_one() -> None:
    """Protects the bound: never past brute force, and worth its price on average."""
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


def test_prices_are_needed_where_everybody_wants_one_server() -> None:
    """Protects the bound from being idle: a crowd at one queue makes it rise."""
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


def test_bound_holds_where_drops_cost_nothing() -> None:
    """Protects the prices of drops: hundreds of optima, many of which drop jobs."""
    compared, dropping = 0, 0
    sums = np.zeros(3)
    for seed in range(750):
        data = rewarding_drops(seed)
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


def test_a_crowd_by_hand() -> None:
    """Protects the argument's numbers: who is in a full queue, and for how long."""
    data = rewarding_drops(0)
    service = np.tile([[5], [1], [4], [2], [3]], data.shape[1])
    jobs = JobTable(*(np.arange(5) for _ in range(3)), np.zeros_like(service), service)
    found = {
        limit: FullQueue.of(dataclasses.replace(data, queue_limit=limit), jobs)
        for limit in (1, 2, 4, 5, 8)
    }
    # One place: its job is in service, and none waits.
    assert (found[1].lag[0], found[1].longest_wait[0]) == (IN_SERVICE, 0)
    assert found[1].share[0] == 1.0
    # Two places: the second job starts in the next slot at the soonest.
    assert (found[2].lag[0], found[2].longest_wait[0]) == (1, 5)
    # Four places, counted from the second: three jobs, each a third.
    assert found[4].share[0] == pytest.approx(1 / 3)
    assert (found[4].lag[0], found[4].longest_wait[0]) == (1, 5 + 4 + 3)
    # Five jobs can fill five places, but then nobody is left to be dropped.
    assert found[5].share[0] == found[8].share[0] == 0.0
    # Eight places, counted from the fourth: two services between it and the first.
    assert found[8].lag[0] == 1 + 1 + 2
