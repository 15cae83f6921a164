from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

import optkit
from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.solving.registry import solver_class, solvers
from optkit.core.solving.result import Result
from optkit.sync.check.brute_force import brute_force
from optkit.sync.check.checker import check
from optkit.sync.instance import SyncInstance
from optkit.sync.policies.base import notification_policies, reporting_policies
from optkit.sync.policies.reporting.gradient import gradient
from optkit.sync.problem.held_values import held_values, notified_age
from optkit.sync.problem.objective import objective
from optkit.sync.problem.problem_data import problem_data
from optkit.sync.problem.report_gaps import longest_gap
from optkit.sync.solution import SyncSolution
from optkit.testing import ContractCheck, parametrize_with_contract
from tests.sync.instances import document, random_instance, random_solution, replay


def _slots(answer: SyncSolution, instance: SyncInstance) -> tuple[Any, Any]:
    told = {(n.source, n.target): n.slots for n in answer.notifications}
    return (
        [np.array(answer.reports.get(d.id, ()), dtype=int) for d in instance.devices],
        [
            np.array(told.get((k.source, k.target), ()), dtype=int)
            for k in instance.links
        ],
    )


def _solve(instance: SyncInstance, name: str, **options: Any) -> SyncSolution:
    result = optkit.solve(instance, name, options=options)
    assert result.verification is not None
    assert result.verification.feasible, result.verification.violations
    assert isinstance(result.solution, SyncSolution)
    return result.solution


def test_the_world_follows_the_text() -> None:
    """Held values, ages and costs equal those of a replay from the model's text."""
    for seed in range(50):
        instance = random_instance(seed)
        answer = random_solution(instance, seed)
        data, slow = problem_data(instance), replay(instance, answer)
        reports, notifications = _slots(answer, instance)
        held = held_values(data, reports)
        assert held.value.tolist() == list(slow.held.values())
        assert held.age.tolist() == list(slow.device_age.values())
        cost = objective(data, reports, notifications, held)
        assert cost == pytest.approx(slow.objective, rel=1e-12, abs=1e-12)


def test_the_two_counts_of_a_pairs_age_are_one() -> None:
    """In (8), the running age is the age at reception plus the time since."""
    for seed in range(20):
        instance = random_instance(seed)
        reports, _ = _slots(random_solution(instance, seed), instance)
        data = problem_data(instance)
        told = notified_age(data, held_values(data, reports))
        for link, router in enumerate(data.source):
            for t in range(data.slots):
                sums = []
                for device in data.members[router]:
                    delay = data.transmit[device]
                    arrived = [s + delay for s in reports[device] if s + delay <= t]
                    at_reception, since = (
                        (delay, t - arrived[-1]) if arrived else (0, t)
                    )
                    sums.append(at_reception + since)
                mean = sum(sums) / len(sums)
                assert told[link, t] == pytest.approx(mean + data.residence[link])


@pytest.mark.parametrize("reporting", sorted(reporting_policies()))
def test_every_reporting_policy_keeps_the_limits(reporting: str) -> None:
    """With the reports of every policy, notifications can keep all limits."""
    for seed in range(15):
        _solve(random_instance(seed), f"{reporting}+threshold")


@pytest.mark.parametrize("notification", sorted(notification_policies()))
def test_every_notification_policy_keeps_the_limits(notification: str) -> None:
    """Every policy notifies before a pair gets too old."""
    policy = notification_policies()[notification]
    if not policy.available().available:
        pytest.skip(policy.available().reason)
    for seed in range(15):
        instance = random_instance(seed)
        _solve(instance, f"periodic+{notification}", reporting={"period": 9})


def test_the_longest_gap_is_the_longest() -> None:
    """One more slot between reports breaks a limit."""
    tight = 0
    for seed in range(60):
        instance = random_instance(seed, slots=30)
        data = problem_data(instance)
        gaps = longest_gap(data)
        if data.max_pair_age < 29 or (gaps >= 30 - data.transmit - 1).any():
            continue
        tight += 1
        reports = [np.arange(0, 30, gap) for gap in gaps]
        assert held_values(data, reports).age.max() <= data.max_device_age
        for device in range(data.devices):
            rarer = list(reports)
            rarer[device] = np.arange(0, 30, gaps[device] + 1)
            assert held_values(data, rarer).age[device].max() > data.max_device_age
    for limit, gap in ((2.1, 1), (3.09, 1), (3.1, 2), (5.6, 4)):
        data = problem_data(SyncInstance.parse(document(slots=20, max_pair_age=limit)))
        assert longest_gap(data).tolist() == [min(gap + 1, 12), gap], limit
    assert tight == 0 or tight > 3


def test_periodic_reports_are_periodic() -> None:
    """With period 4, 300 slots have 75 reports, the first in slot 0."""
    instance = optkit.generate("sync", seed=1)
    answer = _solve(instance, "periodic")
    assert all(slots == tuple(range(0, 300, 4)) for slots in answer.reports.values())
    told = {entry.slots for entry in answer.notifications}
    assert told == {tuple(range(1, 300, 4))}


def test_threshold_reports_follow_the_rule() -> None:
    """A report is sent exactly when the change passes the threshold, or one is due."""
    instance = optkit.generate("sync", seed=2, load="autoregressive", slots=80)
    options = {"relative": 0.2, "absolute": 3.0}
    answer = _solve(instance, "threshold+on-arrival", reporting=options)
    for device in instance.devices:
        load, last, expected = device.load_percent, 0, [0]
        for t in range(1, 80):
            change = abs(load[t] - load[last])
            if (change > 0.2 * load[last] and change > 3.0) or t - last >= 12:
                expected.append(t)
                last = t
        assert list(answer.reports[device.id]) == expected


def test_gradient_is_that_of_the_spline() -> None:
    """(15) is the slope plus λ times the curvature of the window's spline at its end."""
    load = np.random.default_rng(0).uniform(0, 100, 30)
    found = gradient(load, 8, 0.5)
    assert found[0] == 0.0
    assert found[1] == pytest.approx(load[1] - load[0])
    for t in range(3, 30):
        window = load[max(0, t - 7) : t + 1]
        spline = CubicSpline(range(len(window)), window, bc_type="not-a-knot")
        end = len(window) - 1
        assert found[t] == pytest.approx(spline(end, 1) + 0.5 * spline(end, 2))


def test_gradient_reports_follow_the_rule() -> None:
    """A report is sent as soon as the last one is an interval (16) old."""
    instance = optkit.generate("sync", seed=3, slots=120)
    options = {"longest": 9.0, "sensitivity": 0.3}
    answer = _solve(instance, "gradient", reporting=options)
    for device in instance.devices:
        slope = gradient(np.array(device.load_percent), 8, 0.5)
        last, expected = 0, [0]
        for t in range(1, 120):
            if t - last >= max(1.0, 9.0 / (1.0 + 0.3 * abs(slope[t]))):
                expected.append(t)
                last = t
        assert list(answer.reports[device.id]) == expected


def test_gradient_minds_falls_as_much_as_rises() -> None:
    """With |G|, a load and its mirror image are reported in the same slots."""
    made = document(slots=40, max_device_age=39, max_pair_age=39)
    wave = (50.0 + 40.0 * np.sin(np.arange(40) / 3.0)).tolist()
    flipped = [100.0 - load for load in wave]
    both = []
    for series in (wave, flipped):
        made["devices"][0]["load_percent"] = series
        both.append(_solve(SyncInstance.parse(made), "gradient").reports["d0"])
    assert both[0] == both[1]
    assert 5 < len(both[0]) < 40


def test_threshold_notifications_follow_the_rule() -> None:
    """A notification is sent when the error before the decision passes 5 percent."""
    made = document(slots=30, max_pair_age=29)
    instance = SyncInstance.parse(made)
    answer = _solve(instance, "periodic+threshold", reporting={"period": 1})
    told = {(n.source, n.target): n.slots for n in answer.notifications}
    # d0 rises by exactly 5 a slot: held from slot 2 on, so 10 more every second slot.
    assert told["r0", "r1"] == tuple(range(3, 30, 2))
    # d1 falls by 2 a slot, held two slots later: past 5 after three slots.
    assert told["r1", "r0"] == tuple(range(5, 30, 3))


def test_random_notifications_are_as_many_as_asked() -> None:
    """The share of slots with a notification is the probability; the seed decides which."""
    instance = optkit.generate("sync", seed=1, slots=1000, max_pair_age=999.0)
    chosen = {"notification": {"probability": 0.3}}
    one = optkit.solve(instance, "random", options=chosen, seed=1)
    assert one.metrics["notifications"] == pytest.approx(0.3 * 20 * 1000, rel=0.05)
    again = optkit.solve(instance, "random", options=chosen, seed=1)
    other = optkit.solve(instance, "random", options=chosen, seed=2)
    assert one.solution == again.solution
    assert one.solution != other.solution


def test_names_alone_bring_their_usual_half() -> None:
    """A name alone stands for the pair with the default other half."""
    instance = optkit.generate("sync", seed=1, slots=60)
    for short, long in (
        ("threshold", "threshold+threshold"),
        ("periodic", "periodic+periodic"),
        ("gradient", "gradient+on-arrival"),
        ("rent-or-buy", "periodic+rent-or-buy"),
    ):
        assert _solve(instance, short) == _solve(instance, long)


def test_names_are_recorded_and_repeat_the_run(tmp_path: Any) -> None:
    """The name and options in a solution file reproduce the solution."""
    instance = optkit.generate("sync", seed=1, slots=60)
    first = optkit.solve(
        instance,
        "gradient+threshold",
        options={"reporting.window": 5, "notification.error": 2},
    )
    optkit.save(first, tmp_path / "answer.json")
    kept = json.loads((tmp_path / "answer.json").read_text())["solver"]
    assert kept["name"] == "gradient+threshold"
    assert kept["options"]["reporting"]["window"] == 5
    again = optkit.solve(instance, kept["name"], options=kept["options"])
    assert again.solution == first.solution


def test_option_groups_do_not_clash() -> None:
    """Options of the same name in both halves can be set separately."""
    options = {"reporting.period": 3, "notification.period": 7}
    solver = solver_class("sync", "periodic")(options)
    given: Any = solver.options
    assert (given.reporting.period, given.notification.period) == (3, 7)
    with pytest.raises(UsageError, match=r"reporting\.period or notification\.period"):
        solver_class("sync", "periodic")({"period": 3})
    short: Any = solver_class("sync", "gradient+threshold")({"window": 5}).options
    assert short.reporting.window == 5


def test_unknown_halves_are_named() -> None:
    """The message on an unknown half names it and suggests a known one."""
    with pytest.raises(UsageError, match=r"reporting part 'gradiant'.*'gradient'"):
        solver_class("sync", "gradiant+threshold")
    with pytest.raises(UsageError, match=r"REPORTING\+NOTIFICATION"):
        solver_class("sync", "gradient+threshold+random")


def test_reports_from_a_file(tmp_path: Any) -> None:
    """Reports from a file are kept, and the bound is for them."""
    instance = optkit.generate("sync", seed=1, slots=60, error="true")
    first = optkit.solve(instance, "gradient+on-arrival")
    optkit.save(first, tmp_path / "answer.json")
    result = optkit.solve(
        instance, "threshold", options={"reports": str(tmp_path / "answer.json")}
    )
    assert isinstance(result.solution, SyncSolution)
    assert isinstance(first.solution, SyncSolution)
    assert result.solution.reports == first.solution.reports
    assert "for the given reports" in str(result.bound_source)
    assert _bound(result) <= _bound(first, "objective") + 1e-9


def _bound(result: Result, what: str = "bound") -> float:
    value = getattr(result, what)
    assert value is not None
    return float(value)


WRONG_REPORTS: dict[str, tuple[Any, str]] = {
    "no object": ([1, 2], "an object of slots by device"),
    "unknown device": ({"reports": {"dd0": [1]}}, "did you mean 'd0'"),
    "not whole": ({"reports": {"d0": [1.5]}}, "whole numbers"),
    "not increasing": ({"reports": {"d0": [3, 2]}}, "strictly increasing"),
    "no slot": ({"reports": {"d0": [60]}}, "within 0 and 59"),
    "too rare": ({"reports": {"d0": [0]}}, "over max_device_age 12"),
}


@pytest.mark.parametrize("fault", WRONG_REPORTS, ids=str)
def test_wrong_reports_in_a_file_are_explained(fault: str, tmp_path: Any) -> None:
    """Reports that are malformed, or with which limits cannot be kept, are refused."""
    content, words = WRONG_REPORTS[fault]
    path = tmp_path / "reports.json"
    path.write_text(json.dumps(content))
    instance = optkit.generate("sync", seed=1, slots=60)
    with pytest.raises(InvalidFileError, match=words):
        optkit.solve(instance, "threshold", options={"reports": str(path)})


def test_bounds_for_given_reports_are_tighter() -> None:
    """The bound for the given reports lies between that over all reports and the objective."""
    instance = optkit.generate("sync", seed=1, slots=100, error="true")
    for name in ("periodic", "gradient", "threshold+rent-or-buy"):
        wide = optkit.solve(instance, name)
        tight = optkit.solve(instance, name, options={"bound": "given-reports"})
        assert _bound(wide) <= _bound(tight) <= _bound(tight, "objective")
        assert "for the given reports" not in str(wide.bound_source)
        assert "for the given reports" in str(tight.bound_source)


def test_auto_takes_a_policy_that_fits() -> None:
    """The choice of ``auto`` is near the best period, under both readings."""
    for error in ("held", "true"):
        instance = optkit.generate("sync", seed=1, slots=120, error=error)
        found = _bound(optkit.solve(instance), "objective")
        for period in (1, 3, 8):
            other = optkit.solve(
                instance, "periodic", options={"reporting.period": period}
            )
            assert found <= 1.02 * _bound(other, "objective")


def test_stopped_policies_leave_a_feasible_answer() -> None:
    """A stopped policy still keeps all limits."""
    for seed in range(4):
        instance = random_instance(seed)
        data = problem_data(instance)
        rng = np.random.default_rng(0)
        for reporting in reporting_policies().values():
            reports = reporting().plan(data, rng, lambda: True)
            held = held_values(data, reports)
            for name, policy in notification_policies().items():
                if not policy.available().available:
                    continue
                slots = policy().plan(data, held, rng, lambda: True)
                answer = SyncSolution.model_validate(
                    {
                        "reports": {
                            d.id: s.tolist()
                            for d, s in zip(instance.devices, reports, strict=True)
                        },
                        "notifications": [
                            {
                                "source": k.source,
                                "target": k.target,
                                "slots": s.tolist(),
                            }
                            for k, s in zip(instance.links, slots, strict=True)
                        ],
                    }
                )
                assert check(instance, answer).feasible, name


def test_parts_are_listed_as_solvers_too() -> None:
    """The name of every policy alone is a registered solver."""
    listed = {info.name for info in solvers("sync")}
    assert set(reporting_policies()) <= listed
    assert set(notification_policies()) <= listed


@pytest.mark.parametrize("notification", sorted(notification_policies()))
def test_telling_too_early_is_no_trap(notification: str, tmp_path: Any) -> None:
    """No early notification on a slow link leads to an age past its limit.

    Told in slot 3, the pair is 4.4 slots old, and past its limit a slot later, when
    telling again is too; never told, it keeps the limit until the first report arrives.
    """
    policy = notification_policies()[notification]
    if not policy.available().available:
        pytest.skip(policy.available().reason)
    made = document(slots=30, max_pair_age=5.2)
    for link in made["links"]:
        link["rate"] = 1 / 1.4
    instance = SyncInstance.parse(made)
    path = tmp_path / "reports.json"
    path.write_text(json.dumps({"d0": list(range(4, 30)), "d1": list(range(3, 30))}))
    _solve(instance, notification, reports=str(path))


def test_given_reports_are_bounded_by_their_own_optimum() -> None:
    """The bound for given reports is their brute-force optimum."""
    for seed in range(15):
        instance = random_instance(seed, slots=5)
        for name in ("periodic", "gradient+threshold"):
            found = optkit.solve(instance, name, options={"bound": "given-reports"})
            assert isinstance(found.solution, SyncSolution)
            reports = {d.id: found.solution.reports[d.id] for d in instance.devices}
            least = brute_force(instance, reports)
            assert least == pytest.approx(_bound(found), rel=1e-9, abs=1e-12)


@parametrize_with_contract([solver_class("sync", "gradient+rent-or-buy")])
def test_contract_of_a_composed_solver(check: ContractCheck) -> None:
    """A composed solver keeps every promise of registered ones."""
    check()
