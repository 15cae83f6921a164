"""The declarative models say what the dynamic programmes compute."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest
from optkit.models.sync import notification_model, synchronisation_model

from optkit.backends import solve_model
from optkit.backends.base import Termination
from optkit.sync.check.brute_force import brute_force
from optkit.sync.check.checker import check
from optkit.sync.exact import bound_for_reports
from optkit.sync.exact.all_reports import AllReports
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.objective import solution
from optkit.sync.problem.problem_data import problem_data
from optkit.sync.problem.pyomo_adapter import (
    chosen_slots,
    instance_model,
    notification_data,
    synchronisation_data,
)
from tests.sync.exact.tiny_instances import by_device, some_reports, tiny


def test_given_reports_the_model_agrees_with_the_shortest_paths() -> None:
    """The model of notifications agrees with the shortest paths, also on infeasibility."""
    infeasible = 0
    for seed in range(80):
        instance = tiny(seed, slots=6, devices=3)
        data = problem_data(instance)
        reports = some_reports(data, seed)
        held = held_values(data, reports)
        if brute_force(instance, by_device(instance, reports)) is None and (
            held.age.max() > instance.max_device_age
        ):
            continue  # the devices break their own limit
        if not instance.links:
            continue
        bound = bound_for_reports(data, held, 0)
        result = solve_model(notification_model(notification_data(data, held)))
        if bound is None:
            infeasible += 1
            assert result.termination is Termination.INFEASIBLE, seed
            continue
        assert result.objective == pytest.approx(bound, abs=1e-7), seed
    assert infeasible > 5


@pytest.mark.slow
def test_with_the_reports_free_the_model_agrees_with_the_search() -> None:
    """The joint model's optimum lies between bound and solution of the search."""
    closed = 0
    for seed in range(200):
        instance = tiny(seed, slots=4, devices=2)
        data = problem_data(instance)
        search = AllReports(data, max_states=10**6)
        for _ in search.improve(lambda: False):
            pass
        result = solve_model(synchronisation_model(synchronisation_data(data)))
        assert result.objective is not None, seed
        closed += search.closed
        if search.closed:
            assert result.objective == pytest.approx(search.cost, abs=1e-7), seed
        assert result.objective <= search.cost + 1e-7, seed
        assert result.objective >= search.bound - 1e-7, seed
    assert closed > 190


def test_what_the_model_decides_is_what_the_checker_counts() -> None:
    """The decisions of a solved model have its objective by the checker."""
    for seed in range(8):
        instance = tiny(seed, slots=5, devices=2)
        model = instance_model(instance)
        result = solve_model(model)
        reports = chosen_slots(
            model.report, [str(n) for n in range(len(instance.devices))]
        )
        notifications = chosen_slots(
            model.notify, [str(link) for link in range(len(instance.links))]
        )
        checked = check(instance, solution(instance, reports, notifications))
        assert checked.feasible, seed
        assert checked.objective == pytest.approx(result.objective, abs=1e-7), seed


def test_the_joint_model_grows_with_the_slots_and_not_with_their_square() -> None:
    """Where limits on ages bind, ten more slots always add as many variables and rows."""
    sizes = []
    content = tiny(3, slots=40, max_device_age=4.0, max_pair_age=6.0).document()
    for slots in (20, 30, 40):
        devices = [
            {**device, "load_percent": device["load_percent"][:slots]}
            for device in content["devices"]
        ]
        cut = {**content, "slots": slots, "devices": devices}
        model = instance_model(SyncInstance.parse(cut))
        rows = sum(1 for _ in model.component_data_objects(pyo.Constraint))
        sizes.append((sum(1 for _ in model.component_data_objects(pyo.Var)), rows))
    small, middle, large = np.array(sizes)
    assert (large - middle == middle - small).all()
    assert (large > middle).all()


def test_a_limit_that_leaves_no_copy_young_enough_makes_the_model_infeasible() -> None:
    """The model still has rows where every copy of a slot would be too old."""
    instance = tiny(3, slots=8, max_device_age=4.0, max_pair_age=6.0)
    data = synchronisation_data(problem_data(instance))
    impossible = replace(data, max_pair_age=0.05)
    result = solve_model(synchronisation_model(impossible))
    assert result.termination is Termination.INFEASIBLE
