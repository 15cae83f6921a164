"""Optimal notifications for given reports."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from optkit.sync.check.brute_force import brute_force
from optkit.sync.check.checker import check
from optkit.sync.exact import best_notifications, bound_for_reports
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.objective import solution
from optkit.sync.problem.problem_data import problem_data
from tests.sync.exact.tiny_instances import by_device, some_reports, tiny


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
        verification = check(instance, solution(instance, reports, slots))
        assert verification.feasible, seed
        assert verification.objective == pytest.approx(least, abs=1e-9), seed
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
    values = held.value[members]
    reference = data.loads[members] if data.true_error else values
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
                + per_error * np.abs(reference[:, u] - values[:, max(s, 0)]).sum()
                for u in range(max(s, 0), t)
            )
            for s, paid in starts.items()
        )
    starts[data.slots - 1] = best[data.slots - 1] + fee
    return min(
        paid
        + sum(
            per_age * (u if s < 0 else age[s] + u - s)
            + per_error * np.abs(reference[:, u] - values[:, max(s, 0)]).sum()
            for u in range(max(s, 0), data.slots)
        )
        for s, paid in starts.items()
    )
