"""Rent-or-buy's promise, and the best reports for a reconstruction."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.sync.exact import bound_for_reports
from optkit.sync.exact.pieces import least_errors, piece_errors, tail_errors
from optkit.sync.exact.report_selection import best_reports, error_bound
from optkit.sync.instance import SyncInstance
from optkit.sync.policies.notification.rent_or_buy import RentOrBuyNotification
from optkit.sync.policies.reporting.reporting_offline import ReportingOfflineReporting
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.objective import objective
from optkit.sync.problem.problem_data import problem_data
from optkit.sync.problem.reconstruction import Method, reconstruction_mse
from tests.sync.exact.tiny_instances import some_reports, tiny

METHODS: tuple[Method, ...] = ("pchip", "cubic")


def ratio(instance: SyncInstance, seed: int) -> float | None:
    """Return rent-or-buy's cost over the optimum for some reports; None if infeasible."""
    data = problem_data(instance)
    reports = some_reports(data, seed)
    held = held_values(data, reports)
    least = bound_for_reports(data, held, sum(map(len, reports)))
    if least is None:
        return None
    policy = RentOrBuyNotification()
    slots = policy.plan(data, held, np.random.default_rng(0), lambda: False)
    cost = objective(data, reports, slots, held)
    assert cost >= least - 1e-9
    return cost / least if least > 0.0 else 1.0


def one_way(instance: SyncInstance, seed: int) -> SyncInstance:
    """Return the instance with loads that each move in one direction only."""
    rng = np.random.default_rng(seed)
    document = instance.model_dump(mode="json", by_alias=True)
    for device in document["devices"]:
        ordered = sorted(device["load_percent"], reverse=bool(rng.integers(2)))
        device["load_percent"] = ordered
    for link in document["links"]:
        link["rate"] = 10.0  # less than a slot for each of three devices
    return SyncInstance.parse(document)


def test_rent_or_buy_costs_at_most_twice_the_optimum() -> None:
    """Where the argument holds, the cost is at most twice the optimum, and above it."""
    worst, tried = 1.0, 0
    for seed in range(300):
        base = tiny(seed, slots=25, devices=3, max_device_age=9.0, max_pair_age=12.0)
        if seed % 2:
            instance = one_way(base, seed)
        else:
            document = base.model_dump(mode="json", by_alias=True)
            document["weights"]["error"] = 0.0
            instance = SyncInstance.parse(document)
        found = ratio(instance, seed)
        if found is not None:
            tried += 1
            worst = max(worst, found)
            assert found <= 2.0 + 1e-9, seed
    assert tried > 150
    assert worst > 1.1


def test_where_loads_come_back_rent_or_buy_may_cost_more_than_twice() -> None:
    """With rare peaks of one slot, the cost is more than three times the optimum.

    It rents through ten peaks, buys at the last, and rents and buys again to be rid of it.
    """
    slots = 1_000
    document = tiny(0, slots=slots).model_dump(mode="json", by_alias=True)
    device = {
        "id": "d0",
        "router": "r0",
        "transmit_slots": 0,
        "load_percent": [100.0 * (t % 10 == 9) for t in range(slots)],
    }
    link = {"source": "r0", "target": "r1", "hops": 1, "payload": 1.0, "rate": 10.0}
    document |= {
        "routers": ["r0", "r1"],
        "devices": [device],
        "links": [link],
        "weights": {"age": 0.0, "error": 1.0, "cost": 2_000.0, "report": 0.0},
        "reading": {"error": "held"},
        "header_cost": 0.0,
        "max_device_age": slots,
        "max_pair_age": slots,
    }
    data = problem_data(SyncInstance.parse(document))
    reports = [np.arange(slots)]
    held = held_values(data, reports)
    least = bound_for_reports(data, held, slots)
    assert least is not None
    plan = RentOrBuyNotification().plan(
        data, held, np.random.default_rng(0), lambda: False
    )
    assert objective(data, reports, plan, held) > 3.0 * least


def all_choices(slots: int, gap: int, tail: int):
    """Yield every set of report slots with gaps and tail within limits."""
    for count in range(slots):
        for chosen in itertools.combinations(range(1, slots), count):
            held = (0, *chosen)
            if max(np.diff(held), default=0) <= gap and slots - 1 - held[-1] <= tail:
                yield chosen


def test_best_reports_for_pchip_are_best_for_their_number() -> None:
    """For PCHIP, no other reports of the same number have less error."""
    rng = np.random.default_rng(0)
    for trial in range(20):
        slots = int(rng.integers(2, 10))
        load = rng.integers(0, 6, slots) * 10.0 + (trial % 2) * rng.random(slots)
        gap, tail = int(rng.integers(1, slots + 1)), int(rng.integers(0, slots))
        best: dict[int, float] = {}
        for chosen in all_choices(slots, gap, tail):
            error = reconstruction_mse("pchip", load, chosen)
            best[len(chosen)] = min(best.get(len(chosen), np.inf), error)
        for count in range(slots):
            found = best_reports(load, count, "pchip", gap, tail)
            assert found is not None
            number = len(found.slots)
            assert number <= max(count, min(best))
            assert found.mse == pytest.approx(best[number], abs=1e-9), trial


def test_no_reports_draw_a_series_better_than_the_bound() -> None:
    """No reports have less error than the bound, for both curves and every number."""
    rng = np.random.default_rng(1)
    for trial in range(12):
        slots = int(rng.integers(2, 9))
        load = rng.integers(0, 6, slots) * 10.0 + (trial % 2) * rng.random(slots)
        for method in METHODS:
            least = np.inf
            for count in range(slots):
                least = min(
                    least,
                    *(
                        reconstruction_mse(method, load, chosen)
                        for chosen in itertools.combinations(range(1, slots), count)
                    ),
                    np.inf,
                )
                bound = error_bound(load, count, method)
                assert bound <= least + 1e-9, (trial, method, count)


def test_the_bound_says_something() -> None:
    """The bound is well above 0 where reports are rare."""
    load = np.random.default_rng(2).uniform(0, 100, 60)
    assert error_bound(load, 14, "pchip") > 50.0
    assert error_bound(load, 5, "cubic") > 50.0


def test_pieces_add_up_to_the_curve() -> None:
    """The sums of a piece give its error, and so does the tail."""
    load = np.random.default_rng(3).uniform(0, 100, 12)
    sums = piece_errors(load, 11)
    free = least_errors(load, sums, False)
    kept = least_errors(load, sums, True)
    assert (free <= kept + 1e-6).all()
    line = sums[2, 5] @ [1, *([(load[7] - load[2]) / 5] * 2), *([0.0] * 3)]
    slope = (load[7] - load[2]) / 5
    line += sums[2, 5, 3:].sum() * slope**2
    straight = np.interp(np.arange(2, 8), [2, 7], load[[2, 7]])
    assert line == pytest.approx(((straight - load[2:8]) ** 2).sum())
    assert tail_errors(load)[4] == pytest.approx(((load[4:] - load[4]) ** 2).sum())


def test_reporting_offline_beats_equal_spacing_on_its_own_measure() -> None:
    """It is no worse than periodic with as many reports, for both curves."""
    instance = tiny(5, slots=120, devices=3, max_device_age=12.0, max_pair_age=20.0)
    data = problem_data(instance)
    for method in METHODS:
        options = ReportingOfflineReporting.Options(period=4, reconstruction=method)
        policy = ReportingOfflineReporting(options)
        reports = policy.plan(data, np.random.default_rng(0), lambda: False)
        assert held_values(data, reports).age.max() <= data.max_device_age
        even = np.arange(0, 120, 4)
        for load, slots in zip(data.loads, reports, strict=True):
            assert len(slots) <= len(even)
            drawn = reconstruction_mse(method, load, slots)
            # Even spacing in the test starts in slot 0, which everybody knows anyway.
            assert drawn <= reconstruction_mse(method, load, even) * 1.05
            assert drawn >= error_bound(load, len(slots), method) - 1e-9
