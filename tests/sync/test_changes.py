"""Links that change: the checker, the policies and the bounds keep to them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.errors import InvalidFileError, UnavailableError
from optkit.core.solving.solver import Kind
from optkit.sync.check.brute_force import brute_force
from optkit.sync.check.checker import check
from optkit.sync.exact.notifications import best_notifications
from optkit.sync.instance import SyncInstance
from optkit.sync.policies.base import notification_policies, reporting_policies
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.objective import solution
from optkit.sync.problem.problem_data import problem_data
from optkit.sync.problem.pyomo_adapter import instance_model
from optkit.sync.solution import Notifications, SyncSolution
from tests.sync.instances import document
from tests.sync.solving import number


def changing(
    seed: int, slots: int = 6, changes: int = 2, devices: int = 2, **settings: Any
) -> dict[str, Any]:
    """Return routers with a device each, whose links are drawn anew at every change."""
    rng = np.random.default_rng(seed)
    names = [f"r{k}" for k in range(devices)]

    def links() -> list[dict[str, Any]]:
        return [
            {
                "source": source,
                "target": target,
                "hops": int(rng.integers(1, 4)),
                "payload": 1.0,
                "rate": float(np.round(rng.uniform(0.5, 10.0), 2)),
            }
            for source in names
            for target in names
            if source != target and rng.random() < 0.7
        ]

    starts = sorted(rng.choice(np.arange(1, slots), changes, replace=False).tolist())
    return document(
        slots,
        routers=names,
        devices=[
            {
                "id": f"d{k}",
                "router": name,
                "transmit_slots": int(rng.integers(0, 2)),
                "load_percent": np.round(rng.uniform(0, 100, slots), 1).tolist(),
            }
            for k, name in enumerate(names)
        ],
        links=links(),
        changes=[{"slot": slot, "links": links()} for slot in starts],
        weights={
            "age": 1.0,
            "error": float(rng.choice([0.0, 0.05])),
            "cost": float(rng.choice([0.1, 1.0])),
            "report": 0.1,
        },
        reading={"error": str(rng.choice(["held", "true"]))},
        **{"max_device_age": 3, "max_pair_age": 5, **settings},
    )


@pytest.mark.parametrize("seed", range(40))
def test_best_notifications_are_the_best(seed: int) -> None:
    """For given reports the programme equals the brute force; the checker agrees."""
    instance = SyncInstance.parse(changing(seed))
    data = problem_data(instance)
    reports = [np.arange(0, data.slots, 2, dtype=np.int64) for _ in instance.devices]
    held = held_values(data, reports)
    best = best_notifications(data, held)
    given = {
        device.id: tuple(slots.tolist())
        for device, slots in zip(instance.devices, reports, strict=True)
    }
    optimum = brute_force(instance, given)
    assert optimum is not None
    sent = instance.weights.report * sum(map(len, reports)) / len(reports)
    assert float(best.cost.sum()) + sent == pytest.approx(optimum, abs=1e-9)
    verification = check(instance, solution(instance, reports, best.slots))
    assert verification.feasible, verification.violations
    assert verification.objective == pytest.approx(optimum, abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_the_bound_over_all_reports_is_below_the_optimum(seed: int) -> None:
    """Over all reports, no bound is above the least cost, and no policy below it."""
    instance = SyncInstance.parse(changing(seed, slots=5))
    optimum = brute_force(instance)
    assert optimum is not None
    result = optkit.solve(instance, "periodic+rent-or-buy")
    assert number(result) <= optimum + 1e-9 <= number(result, "objective") + 2e-9


def _policies() -> list[str]:
    reporting = [name for name, policy in reporting_policies().items() if policy.causal]
    return [f"{name}+rent-or-buy" for name in reporting] + [
        f"periodic+{name}"
        for name, policy in notification_policies().items()
        if policy.causal and policy.kind is not Kind.LEARNED
    ]


@pytest.mark.parametrize("solver", _policies())
def test_no_policy_knows_of_a_change_before_it_happens(solver: str) -> None:
    """Other links from slot 30 on alter nothing that was decided before."""
    made = changing(
        3, slots=50, changes=1, devices=3, max_device_age=12, max_pair_age=20
    )
    made["changes"][0]["slot"] = 15
    later = [changing(seed, slots=50, devices=3)["links"] for seed in (5, 6)]
    past = []
    whole = set()
    for links in (*later, None):
        more = [] if links is None else [{"slot": 30, "links": links}]
        instance = SyncInstance.parse({**made, "changes": [*made["changes"], *more]})
        result = optkit.solve(instance, solver, seed=4)
        assert isinstance(result.solution, SyncSolution)
        assert result.verification is not None
        assert result.verification.feasible, result.verification.violations
        told = {
            (n.source, n.target): [slot for slot in n.slots if slot < 30]
            for n in result.solution.notifications
        }
        reports = {
            name: [slot for slot in slots if slot < 30]
            for name, slots in result.solution.reports.items()
        }
        past.append(({pair: s for pair, s in told.items() if s}, reports))
        whole.add(str(result.solution.notifications))
    assert past[0] == past[1] == past[2]
    assert len(whole) > 1


def test_a_pair_without_a_link_is_told_nothing() -> None:
    """A notification there is a violation; ages and errors do not count, either."""
    made = document(6, max_device_age=12, max_pair_age=20)
    both, one = made["links"], made["links"][:1]
    instance = SyncInstance.parse({**made, "changes": [{"slot": 2, "links": one}]})
    silent = check(instance, SyncSolution(reports={}, notifications=()))
    # r0 to r1 ages 0, 1, …, 5; r1 to r0 ages 0 and 1; divided by the 2 links at the start.
    assert silent.objective == pytest.approx((15 + 1) / 2 / 10)
    assert silent.metrics["links"]["r1"]["r0"]["mean_age"] == 0.5
    late = Notifications(source="r1", target="r0", slots=(1, 2))
    (violation,) = check(
        instance, SyncSolution(reports={}, notifications=(late,))
    ).violations
    assert violation.message == "there is no link from 'r1' to 'r0' in slot 2"
    back = SyncInstance.parse(
        {**made, "changes": [{"slot": 2, "links": one}, {"slot": 4, "links": both}]}
    )
    again = check(back, SyncSolution(reports={}, notifications=()))
    # Back in slots 4 and 5, r0 still has its copy of slot 0.
    assert again.objective == pytest.approx((15 + 1 + 4 + 5) / 2 / 10)


def test_a_longer_path_costs_more_and_takes_longer() -> None:
    """A notification pays and takes what the link in its slot says."""
    made = document(4, max_device_age=12, max_pair_age=20)
    slow = [made["links"][0] | {"hops": 5, "rate": 0.5}]
    instance = SyncInstance.parse(
        {**made, "links": made["links"][:1], "changes": [{"slot": 2, "links": slow}]}
    )
    told = Notifications(source="r0", target="r1", slots=(1, 2))
    seen = check(instance, SyncSolution(reports={"d0": (0,)}, notifications=(told,)))
    # Ages 0, 1 + 0.1, 2 + 2, 3 + 2; fees 2 · 1.2 and 5 · 1.2, each over 2 routers.
    assert seen.metrics["objective_parts"]["age"] == pytest.approx(1.01)
    assert seen.metrics["objective_parts"]["cost"] == pytest.approx(0.1 * 7 * 1.2 / 2)


def test_what_is_wrong_with_changes_is_said_at_once() -> None:
    """Order, names, devices and limits of changes are checked, each with its path."""
    made = document(6, max_device_age=12, max_pair_age=20)
    link = made["links"][0]
    made["changes"] = [
        {"slot": 3, "links": [link | {"source": "r7"}]},
        {"slot": 3, "links": [link, link]},
        {"slot": 9, "links": [link | {"rate": 0.05}]},
    ]
    with pytest.raises(InvalidFileError) as error:
        SyncInstance.parse(made)
    assert [issue.path for issue in error.value.issues] == [
        "changes[0].links[0].source",
        "changes[1].slot",
        "changes[1].links[1]",
        "changes[2].slot",
        "changes[2].links[0]",
    ]
    assert "over max_pair_age 20" in error.value.issues[-1].message


@pytest.mark.parametrize("solver", ["exact-offline", "mappo", "gradient+maa2c"])
def test_what_cannot_follow_changes_says_so(solver: str) -> None:
    """Exit status 13, by name."""
    instance = SyncInstance.parse(changing(0))
    with pytest.raises(UnavailableError, match="links change"):
        optkit.solve(instance, solver)
    with pytest.raises(UnavailableError, match="links change"):
        instance_model(instance)


def test_files_without_changes_keep_their_hash() -> None:
    """The key is left out where nothing changes."""
    assert "changes" not in SyncInstance.parse(document()).document()
