"""The independent checker."""

from __future__ import annotations

import math

import pytest

import optkit
from optkit.sync.check import replay as replaying
from optkit.sync.check.checker import check
from optkit.sync.instance import SyncInstance
from optkit.sync.solution import SyncSolution
from tests.sync.check.solutions import make_solution, objective_of
from tests.sync.instances import document, random_instance, random_solution, replay


def test_a_worked_example() -> None:
    """All parts of the objective equal those computed by hand."""
    instance = SyncInstance.parse(document(slots=4))
    # d0: 10 15 20 25, reported in slot 1, held from slot 2. d1 is silent: 90.
    # r0 notifies r1 in slots 2 and 3: age 1.1 in slot 2, then 2.1 for a device aged 2.
    solution = make_solution({"d0": (1,), "d1": ()}, ("r0", "r1", (2, 3)))
    verification = check(instance, solution)
    ages = [0 + 0, 1 + 1, 1.1 + 2, 2.1 + 3]
    assert verification.metrics["mean_age"] == pytest.approx(sum(ages) / 2 / 4)
    assert verification.metrics["mean_error"] == 0.0
    cost = 2 * (0.2 + 1.0) * 2 / 2
    assert verification.metrics["mean_cost"] == pytest.approx(cost / 4)
    assert verification.objective == pytest.approx(sum(ages) / 2 / 10 + 0.1 * cost)
    reward = [-math.tanh(age / 2 / 10) for age in ages]
    assert verification.metrics["reward"] == pytest.approx(sum(reward) - 0.1 * cost)
    assert verification.feasible


def test_errors_of_the_two_readings() -> None:
    """Errors are measured from the router's own values, or from the load."""
    solution = make_solution({"d0": (1,), "d1": ()}, ("r0", "r1", (3,)))
    held = check(SyncInstance.parse(document(slots=4)), solution)
    # r0 holds 10 10 15 15; r1 gets 15 in slot 3.
    assert held.metrics["links"]["r0"]["r1"]["mean_error"] == pytest.approx(5 / 4)
    true = document(slots=4, reading={"error": "true"})
    verification = check(SyncInstance.parse(true), solution)
    # The load is 10 15 20 25; r1 believes 10 10 10 15.
    assert verification.metrics["links"]["r0"]["r1"]["mean_error"] == pytest.approx(
        25 / 4
    )


def test_agrees_with_a_replay_from_the_text() -> None:
    """Random solutions have the objective and violations of a replay slot by slot."""
    for seed in range(150):
        instance = random_instance(seed)
        solution = random_solution(instance, seed)
        verification, replayed = check(instance, solution), replay(instance, solution)
        assert verification.objective == pytest.approx(
            replayed.objective, rel=1e-12, abs=1e-12
        )
        device_over = (
            max(map(max, replayed.device_age.values())) > instance.max_device_age
        )
        pairs = [max(ages) for ages in replayed.pair_age.values()]
        pair_over = max(pairs, default=0.0) > instance.max_pair_age + 1e-9
        kinds = {violation.kind for violation in verification.violations}
        assert ("device-age" in kinds) == device_over
        assert ("pair-age" in kinds) == pair_over
        for link in instance.links:
            errors = replayed.error[link.source, link.target]
            figures = verification.metrics["links"][link.source][link.target]
            assert figures["mean_error"] == pytest.approx(sum(errors) / len(errors))


BREAKS: dict[str, SyncSolution] = {
    "unknown-device": make_solution({"d0": (0,), "dx": (0,)}),
    "unknown-link": make_solution({}, ("r0", "r0", (1,))),
    "repeated-link": make_solution({}, ("r0", "r1", (1,)), ("r0", "r1", (2,))),
    "slot": make_solution({"d0": (0, 6)}),
    "order": make_solution({"d0": (3, 2)}),
}


@pytest.mark.parametrize("kind", BREAKS, ids=str)
def test_malformed_solutions_are_caught(kind: str) -> None:
    """Malformed solutions are named by kind, and have no objective."""
    verification = check(SyncInstance.parse(document()), BREAKS[kind])
    assert [violation.kind for violation in verification.violations] == [kind]
    assert verification.objective is None
    assert not verification.feasible


def test_malformed_notifications_are_caught() -> None:
    """Notification slots that are repeated or do not exist are named."""
    instance = SyncInstance.parse(document())
    for slots, kind in (((2, 2), "order"), ((6,), "slot")):
        verification = check(instance, make_solution({}, ("r0", "r1", slots)))
        assert [violation.kind for violation in verification.violations] == [kind]


def test_a_report_less_makes_a_device_too_old() -> None:
    """With one report missing, a device passes its limit."""
    raw = document(slots=20, max_device_age=5)
    instance = SyncInstance.parse(raw)
    full = {"d0": tuple(range(0, 20, 5)), "d1": tuple(range(0, 20, 4))}
    assert check(instance, make_solution(full)).feasible
    for name, slots in full.items():
        for left_out in slots[1:-1]:
            fewer = tuple(slot for slot in slots if slot != left_out)
            verification = check(instance, make_solution({**full, name: fewer}))
            assert [violation.kind for violation in verification.violations] == [
                "device-age"
            ]
            assert verification.violations[0].path == f"reports.{name}"


def test_a_notification_less_makes_a_pair_too_old() -> None:
    """With one notification missing, a pair passes its limit."""
    raw = document(slots=20, max_pair_age=6)
    instance = SyncInstance.parse(raw)
    reports = {"d0": tuple(range(20)), "d1": tuple(range(20))}
    notified = tuple(range(5, 20, 5))
    both = (("r0", "r1", notified), ("r1", "r0", tuple(range(4, 20, 4))))
    assert check(instance, make_solution(reports, *both)).feasible
    for left_out in notified:
        fewer = tuple(slot for slot in notified if slot != left_out)
        verification = check(
            instance, make_solution(reports, ("r0", "r1", fewer), both[1])
        )
        assert [violation.kind for violation in verification.violations] == ["pair-age"]
        assert "'r0' at 'r1'" in verification.violations[0].message


@pytest.mark.parametrize("part", ["age", "error", "cost", "report"])
def test_every_weight_counts(part: str) -> None:
    """Doubling a weight adds that part to the objective."""
    weights = {"age": 1.0, "error": 0.05, "cost": 0.1, "report": 0.3}
    raw = document(slots=20, weights=weights, reading={"error": "true"})
    instance = SyncInstance.parse(raw)
    solution = optkit.solve(instance, "periodic").solution
    assert isinstance(solution, SyncSolution)
    verification = check(instance, solution)
    doubled = instance.model_copy(
        update={
            "weights": instance.weights.model_copy(update={part: 2 * weights[part]})
        }
    )
    more = objective_of(doubled, solution) - objective_of(instance, solution)
    assert more == pytest.approx(verification.metrics["objective_parts"][part])
    assert more > 0.0


def test_late_arrivals_have_no_effect() -> None:
    """Reports that arrive after the last slot change nothing."""
    raw = document(slots=5, reading={"error": "true"})
    instance = SyncInstance.parse(raw)
    notified = ("r0", "r1", (4,))
    once = objective_of(instance, make_solution({"d0": (1,), "d1": (0,)}, notified))
    again = objective_of(
        instance, make_solution({"d0": (1, 4), "d1": (0, 3, 4)}, notified)
    )
    assert again == once


@pytest.mark.parametrize("cells", [1, 100])
def test_blocks_of_links_change_nothing(
    cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links replayed one by one, or a few together, have the very same figures."""
    instance = optkit.generate("sync", seed=4, routers=5, devices=8, slots=30)
    solved = optkit.solve(instance, "gradient+threshold").solution
    whole = check(instance, solved)
    late = make_solution({}, ("r0", "r1", (29,)), ("r2", "r1", (0,)))
    violated = check(instance, late)
    assert violated.violations
    monkeypatch.setattr(replaying, "CELLS", cells)
    assert check(instance, solved) == whole
    assert check(instance, late) == violated
