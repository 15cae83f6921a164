"""The search over all reports."""

from __future__ import annotations

import dataclasses
import math

import pytest

import optkit
from optkit.core.solving.limits import Limits
from optkit.sync.check.brute_force import brute_force
from optkit.sync.check.checker import check
from optkit.sync.data.generate import GeneratorOptions, generate
from optkit.sync.exact.all_reports import AllReports, RouterSearch
from optkit.sync.exact.joint import joint_optimum
from optkit.sync.exact.router import source_routers
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.objective import objective, solution
from optkit.sync.problem.problem_data import problem_data
from tests.sync.exact.tiny_instances import never, tiny


@pytest.mark.slow
def test_bounds_and_solutions_close_in_from_both_sides() -> None:
    """Bounds never pass the optimum, and solutions are never below it."""
    tight = 0
    for seed in range(80):
        instance = tiny(seed, slots=5, devices=2)
        least = brute_force(instance)
        assert least is not None
        search = AllReports(problem_data(instance), max_states=0)
        for _ in search.improve(never):
            assert search.bound <= least + 1e-9, seed
            assert search.cost >= least - 1e-9, seed
        reports, notifications = search.slots()
        verification = check(instance, solution(instance, reports, notifications))
        assert verification.feasible, seed
        assert verification.objective == pytest.approx(search.cost, abs=1e-9), seed
        tight += search.cost <= least + 1e-9
    assert tight > 55


def test_a_limit_nobody_keeps_is_called_infeasible() -> None:
    """A limit that cannot be kept is called infeasible."""
    base = problem_data(tiny(1, slots=6, max_device_age=6.0, max_pair_age=6.0))
    data = dataclasses.replace(base, max_pair_age=0.5)
    if not data.links:
        pytest.fail("the instance has to have links")
    search = AllReports(data, max_states=10**6)
    for _ in search.improve(never):
        pass
    assert math.isinf(search.cost)
    assert math.isinf(search.bound)
    assert search.closed


def test_a_stopped_search_keeps_its_solution_and_bound() -> None:
    """A stopped search keeps its solution and bound."""
    instance = SyncInstance.parse(generate(GeneratorOptions(slots=60), 4))
    router = source_routers(problem_data(instance))[0]
    assert joint_optimum(router, lambda: True) is None
    search = RouterSearch(router, 10**9, lambda _: True)
    steps = search.search(never)
    next(steps)
    assert math.isfinite(search.bound)
    assert search.bound <= search.plan.cost
    result = optkit.solve(instance, "exact-offline", limits=Limits(time=0.0))
    assert result.verification is not None
    assert result.verification.feasible


def test_what_the_search_claims_is_what_the_objective_is() -> None:
    """The cost that the search claims is the objective of its solution."""
    for seed in range(30):
        instance = tiny(seed, slots=12, devices=4)
        data = problem_data(instance)
        search = AllReports(data, max_states=0)
        for _ in search.improve(never):
            pass
        assert objective(data, *search.slots()) == pytest.approx(search.cost)
