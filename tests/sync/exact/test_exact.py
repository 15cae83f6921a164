"""What claims to be the optimum, and what claims to be a bound on it."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest

import optkit
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Reason, Status
from optkit.sync.check.brute_force import brute_force
from optkit.sync.check.checker import check
from optkit.sync.data.generate import GeneratorOptions, generate
from optkit.sync.exact import best_notifications, bound_for_reports
from optkit.sync.exact.all_reports import AllReports, RouterSearch
from optkit.sync.exact.joint import joint_optimum, states
from optkit.sync.exact.lagrangian import SharedPrices
from optkit.sync.exact.pair import pair_path
from optkit.sync.exact.router import rarest_reports, source_routers
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.objective import objective, solution
from optkit.sync.problem.problem_data import problem_data
from tests.sync.exact.tiny_instances import by_device, some_reports, tiny


def never() -> bool:
    """Return that nothing is to stop."""
    return False


def test_given_reports_cost_what_brute_force_finds() -> None:
    """For given reports, the optimum equals brute force, also on infeasibility."""
    infeasible = 0
    for seed in range(120):
        instance = tiny(seed, slots=6, devices=3)
        data = problem_data(instance)
        reports = some_reports(data, seed)
        held = held_values(data, reports)
        least = brute_force(instance, by_device(instance, reports))
        bound = bound_for_reports(data, held, sum(map(len, reports)))
        if least is None:
            infeasible += 1
            assert bound is None, seed
            continue
        assert bound == pytest.approx(least, abs=1e-9), seed
        slots = best_notifications(data, held).slots
        found = check(instance, solution(instance, reports, slots))
        assert found.feasible, seed
        assert found.objective == pytest.approx(least, abs=1e-9), seed
    assert 10 < infeasible < 110


def test_counting_fewer_reports_keeps_the_bound_below() -> None:
    """Without the number of reports, the bound is no higher."""
    for seed in range(40):
        instance = tiny(seed, slots=6)
        data = problem_data(instance)
        reports = some_reports(data, seed)
        held = held_values(data, reports)
        exact = bound_for_reports(data, held, sum(map(len, reports)))
        careful = bound_for_reports(data, held)
        assert (exact is None) == (careful is None)
        if exact is not None and careful is not None:
            assert careful <= exact + 1e-12


def test_pruning_changes_nothing_on_long_series() -> None:
    """Pruning does not change the optimum of long series with generous limits."""
    rng = np.random.default_rng(3)
    for _ in range(6):
        slots = 40
        instance = tiny(int(rng.integers(10**6)), slots=slots, devices=3)
        base = problem_data(instance)
        data = dataclasses.replace(
            base,
            max_device_age=float(slots),
            max_pair_age=float(slots),
            weight_age=1.0,
            weight_error=0.05,
        )
        held = held_values(data, some_reports(data, 1))
        best = best_notifications(data, held)
        for link in range(data.links):
            assert best.cost[link] == pytest.approx(_plain_path(data, held, link))


def _plain_path(data, held, link: int) -> float:
    """Return a link's least cost by the textbook recursion over all arcs."""
    members = data.members[data.source[link]]
    told = held.value[members]
    real = data.loads[members] if data.true_error else told
    age = held.age[members].mean(axis=0) + data.residence[link]
    per_age = data.weight_age / data.age_tolerance / data.links
    per_error = data.weight_error / data.links
    fee = data.weight_cost * data.fee[link] / data.routers
    best = np.full(data.slots + 1, np.inf)
    starts = {-1: 0.0}
    for t in range(data.slots):
        if t:
            starts[t - 1] = best[t - 1] + fee
        # best[t]: least cost of the slots before t, with a notification in slot t.
        best[t] = min(
            paid
            + sum(
                per_age * (u if s < 0 else age[s] + u - s)
                + per_error * np.abs(real[:, u] - told[:, max(s, 0)]).sum()
                for u in range(max(s, 0), t)
            )
            for s, paid in starts.items()
        )
    starts[data.slots - 1] = best[data.slots - 1] + fee
    return min(
        paid
        + sum(
            per_age * (u if s < 0 else age[s] + u - s)
            + per_error * np.abs(real[:, u] - told[:, max(s, 0)]).sum()
            for u in range(max(s, 0), data.slots)
        )
        for s, paid in starts.items()
    )


def test_over_all_reports_the_joint_table_finds_the_optimum() -> None:
    """The joint table finds the brute-force optimum over all reports."""
    together = 0
    for seed in range(120):
        instance = tiny(seed, slots=5, devices=2)
        data = problem_data(instance)
        routers = source_routers(data)
        if max(map(states, routers)) > 50_000:
            continue
        together += max(len(router.devices) for router in routers) > 1
        least = brute_force(instance)
        total = sum(
            found.cost
            for router in routers
            if (found := joint_optimum(router)) is not None
        )
        assert total == pytest.approx(least, abs=1e-9), seed
    assert together > 10


def test_bounds_and_solutions_close_in_from_both_sides() -> None:
    """Bounds never pass the optimum, and solutions are never below it."""
    tight = 0
    for seed in range(80):
        instance = tiny(seed, slots=5, devices=2)
        least = brute_force(instance)
        assert least is not None
        problem = AllReports(problem_data(instance), max_states=0)
        for _ in problem.improve(never):
            assert problem.bound <= least + 1e-9, seed
            assert problem.cost >= least - 1e-9, seed
        reports, notifications = problem.slots()
        found = check(instance, solution(instance, reports, notifications))
        assert found.feasible, seed
        assert found.objective == pytest.approx(problem.cost, abs=1e-9), seed
        tight += problem.cost <= least + 1e-9
    assert tight > 55


def test_any_split_of_the_prices_gives_a_bound() -> None:
    """Any split of the prices gives a bound, also with negative shares."""
    rng = np.random.default_rng(0)
    for seed in range(60):
        instance = tiny(seed, slots=5, devices=3)
        if not instance.links:
            continue
        for router in source_routers(problem_data(instance)):
            if not router.classes or states(router) > 50_000:
                continue
            best = joint_optimum(router)
            assert best is not None
            prices = SharedPrices(router, best)
            noise = rng.normal(0.0, 0.3, prices.report.shape)
            prices.report += noise - noise.mean(axis=0, keepdims=True)
            noise = rng.normal(0.0, 0.3, prices.fee.shape)
            prices.fee += noise - noise.mean(axis=1, keepdims=True)
            next(prices.steps(never))
            assert prices.bound <= best.cost + 1e-9, seed


def test_one_device_and_like_links_are_solved_by_the_pair_alone() -> None:
    """One device and one class of links are solved exactly by the pair."""
    solved = 0
    for seed in range(150):
        instance = tiny(seed, slots=9, devices=1, max_device_age=4.0, max_pair_age=6.0)
        for router in source_routers(problem_data(instance)):
            if len(router.classes) != 1:
                continue
            group = router.classes[0]
            report = np.full(router.slots, router.report)
            path = pair_path(router, 0, group, report, np.full(router.slots, group.fee))
            joint = joint_optimum(router)
            assert joint is not None
            assert path.cost == pytest.approx(joint.cost, abs=1e-9), seed
            solved += 1
    assert solved > 40


def test_rarest_reports_are_the_fewest_that_keep_the_limit() -> None:
    """The rarest reports are the fewest that keep the limit."""
    for slots in range(1, 9):
        for transmit in range(3):
            for max_age in range(transmit, slots):
                ages = []
                for bits in range(2**slots):
                    sent = [s for s in range(slots) if bits >> s & 1]
                    born = [
                        max([s for s in sent if s + transmit <= t], default=0)
                        for t in range(slots)
                    ]
                    if all(t - b <= max_age for t, b in enumerate(born)):
                        ages.append(len(sent))
                found = rarest_reports(slots, transmit, max_age)
                assert len(found) == min(ages), (slots, transmit, max_age)


def test_the_solver_proves_the_optimum_over_all_reports() -> None:
    """The solver proves an optimum that no other solver beats."""
    options = GeneratorOptions(slots=40, error="true", weight_report=0.2)
    instance = SyncInstance.parse(generate(options, 5))
    result = optkit.solve(instance, "exact-offline")
    assert result.status is Status.OPTIMAL
    assert result.termination.reason is Reason.PROVED
    assert "given reports" not in str(result.bound_source)
    for name in ("periodic", "rent-or-buy", "gradient+exact-offline"):
        other = optkit.solve(instance, name)
        assert other.objective is not None
        assert result.objective is not None
        assert other.objective >= result.objective - 1e-9, name


def test_reports_from_a_file_are_kept_and_the_bound_says_so(tmp_path: Path) -> None:
    """Reports from a file are kept, and the bound says that it is for them."""
    instance = SyncInstance.parse(generate(GeneratorOptions(slots=30), 2))
    sent = {device.id: list(range(0, 30, 5)) for device in instance.devices}
    path = tmp_path / "reports.json"
    path.write_text(json.dumps({"reports": sent}))
    result = optkit.solve(instance, "exact-offline", options={"reports": str(path)})
    assert result.status is Status.OPTIMAL
    assert "for the given reports" in str(result.bound_source)
    assert result.solution is not None
    kept = result.solution.reports
    assert {name: list(slots) for name, slots in kept.items()} == sent
    free = optkit.solve(instance, "exact-offline")
    assert free.objective is not None
    assert result.objective is not None
    assert free.objective <= result.objective + 1e-9


def test_a_limit_nobody_keeps_is_called_infeasible() -> None:
    """A limit that cannot be kept is called infeasible."""
    base = problem_data(tiny(1, slots=6, max_device_age=6.0, max_pair_age=6.0))
    data = dataclasses.replace(base, max_pair_age=0.5)
    if not data.links:
        pytest.fail("the instance has to have links")
    problem = AllReports(data, max_states=10**6)
    for _ in problem.improve(never):
        pass
    assert math.isinf(problem.cost)
    assert math.isinf(problem.bound)
    assert problem.closed


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
        problem = AllReports(data, max_states=0)
        for _ in problem.improve(never):
            pass
        assert objective(data, *problem.slots()) == pytest.approx(problem.cost)
