from __future__ import annotations

import math
from collections import Counter
from itertools import product
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.sync.check.brute_force import brute_force
from optkit.sync.check.checker import check
from optkit.sync.check.reconstruction_error import reconstruction_mse
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.reconstruction import reconstruction_mse as solvers_mse
from optkit.sync.solution import Notifications, SyncSolution
from tests.sync.instances import document, random_instance, random_solution, replay


def _solution(
    reports: dict[str, tuple[int, ...]], *links: tuple[str, str, tuple[int, ...]]
) -> SyncSolution:
    return SyncSolution(
        reports=reports,
        notifications=tuple(
            Notifications(source=p, target=q, slots=slots) for p, q, slots in links
        ),
    )


def test_a_worked_example() -> None:
    """All parts of the objective equal those computed by hand."""
    instance = SyncInstance.parse(document(slots=4))
    # d0: 10 15 20 25, reported in slot 1, held from slot 2. d1 is silent: 90.
    # r0 tells r1 in slots 2 and 3: age 1.1 in slot 2 and, of a device aged 2, 2.1 then.
    answer = _solution({"d0": (1,), "d1": ()}, ("r0", "r1", (2, 3)))
    found = check(instance, answer)
    ages = [0 + 0, 1 + 1, 1.1 + 2, 2.1 + 3]
    assert found.metrics["mean_age"] == pytest.approx(sum(ages) / 2 / 4)
    assert found.metrics["mean_error"] == 0.0
    cost = 2 * (0.2 + 1.0) * 2 / 2
    assert found.metrics["mean_cost"] == pytest.approx(cost / 4)
    assert found.objective == pytest.approx(sum(ages) / 2 / 10 + 0.1 * cost)
    reward = [-math.tanh(age / 2 / 10) for age in ages]
    assert found.metrics["reward"] == pytest.approx(sum(reward) - 0.1 * cost)
    assert found.feasible


def test_errors_of_the_two_readings() -> None:
    """Errors are measured from the router's own values, or from the load."""
    answer = _solution({"d0": (1,), "d1": ()}, ("r0", "r1", (3,)))
    held = check(SyncInstance.parse(document(slots=4)), answer)
    # r0 holds 10 10 15 15; r1 is told 15 in slot 3.
    assert held.metrics["links"]["r0"]["r1"]["mean_error"] == pytest.approx(5 / 4)
    true = document(slots=4, reading={"error": "true"})
    found = check(SyncInstance.parse(true), answer)
    # The load is 10 15 20 25; r1 believes 10 10 10 15.
    assert found.metrics["links"]["r0"]["r1"]["mean_error"] == pytest.approx(25 / 4)


def test_agrees_with_a_replay_from_the_text() -> None:
    """Random solutions have the objective and violations of a replay slot by slot."""
    for seed in range(150):
        instance = random_instance(seed)
        answer = random_solution(instance, seed)
        found, slow = check(instance, answer), replay(instance, answer)
        assert found.objective == pytest.approx(slow.objective, rel=1e-12, abs=1e-12)
        device_over = max(map(max, slow.device_age.values())) > instance.max_device_age
        pairs = [max(ages) for ages in slow.pair_age.values()]
        pair_over = max(pairs, default=0.0) > instance.max_pair_age + 1e-9
        kinds = {violation.kind for violation in found.violations}
        assert ("device-age" in kinds) == device_over
        assert ("pair-age" in kinds) == pair_over
        for link in instance.links:
            errors = slow.error[link.source, link.target]
            figures = found.metrics["links"][link.source][link.target]
            assert figures["mean_error"] == pytest.approx(sum(errors) / len(errors))


BREAKS: dict[str, SyncSolution] = {
    "unknown-device": _solution({"d0": (0,), "dx": (0,)}),
    "unknown-link": _solution({}, ("r0", "r0", (1,))),
    "repeated-link": _solution({}, ("r0", "r1", (1,)), ("r0", "r1", (2,))),
    "slot": _solution({"d0": (0, 6)}),
    "order": _solution({"d0": (3, 2)}),
}


@pytest.mark.parametrize("kind", BREAKS, ids=str)
def test_malformed_solutions_are_caught(kind: str) -> None:
    """Malformed solutions are named by kind, and have no objective."""
    found = check(SyncInstance.parse(document()), BREAKS[kind])
    assert [violation.kind for violation in found.violations] == [kind]
    assert found.objective is None
    assert not found.feasible


def test_malformed_notifications_are_caught() -> None:
    """Notification slots that are repeated or do not exist are named."""
    instance = SyncInstance.parse(document())
    for slots, kind in (((2, 2), "order"), ((6,), "slot")):
        found = check(instance, _solution({}, ("r0", "r1", slots)))
        assert [violation.kind for violation in found.violations] == [kind]


def _objective(instance: SyncInstance, answer: SyncSolution) -> float:
    found = check(instance, answer).objective
    assert found is not None
    return found


def test_a_report_less_makes_a_device_too_old() -> None:
    """With one report missing, a device passes its limit."""
    made = document(slots=20, max_device_age=5)
    instance = SyncInstance.parse(made)
    full = {"d0": tuple(range(0, 20, 5)), "d1": tuple(range(0, 20, 4))}
    assert check(instance, _solution(full)).feasible
    for name, slots in full.items():
        for left_out in slots[1:-1]:
            fewer = tuple(slot for slot in slots if slot != left_out)
            found = check(instance, _solution({**full, name: fewer}))
            assert [violation.kind for violation in found.violations] == ["device-age"]
            assert found.violations[0].path == f"reports.{name}"


def test_a_notification_less_makes_a_pair_too_old() -> None:
    """With one notification missing, a pair passes its limit."""
    made = document(slots=20, max_pair_age=6)
    instance = SyncInstance.parse(made)
    reports = {"d0": tuple(range(20)), "d1": tuple(range(20))}
    told = tuple(range(5, 20, 5))
    both = (("r0", "r1", told), ("r1", "r0", tuple(range(4, 20, 4))))
    assert check(instance, _solution(reports, *both)).feasible
    for left_out in told:
        fewer = tuple(slot for slot in told if slot != left_out)
        found = check(instance, _solution(reports, ("r0", "r1", fewer), both[1]))
        assert [violation.kind for violation in found.violations] == ["pair-age"]
        assert "'r0' at 'r1'" in found.violations[0].message


@pytest.mark.parametrize("part", ["age", "error", "cost", "report"])
def test_every_weight_counts(part: str) -> None:
    """Doubling a weight adds that part to the objective."""
    weights = {"age": 1.0, "error": 0.05, "cost": 0.1, "report": 0.3}
    made = document(slots=20, weights=weights, reading={"error": "true"})
    instance = SyncInstance.parse(made)
    answer = optkit.solve(instance, "periodic").solution
    assert isinstance(answer, SyncSolution)
    found = check(instance, answer)
    doubled = instance.model_copy(
        update={
            "weights": instance.weights.model_copy(update={part: 2 * weights[part]})
        }
    )
    more = _objective(doubled, answer) - _objective(instance, answer)
    assert more == pytest.approx(found.metrics["objective_parts"][part])
    assert more > 0.0


def test_late_arrivals_have_no_effect() -> None:
    """Reports that arrive after the last slot change nothing."""
    made = document(slots=5, reading={"error": "true"})
    instance = SyncInstance.parse(made)
    told = ("r0", "r1", (4,))
    once = _objective(instance, _solution({"d0": (1,), "d1": (0,)}, told))
    again = _objective(instance, _solution({"d0": (1, 4), "d1": (0, 3, 4)}, told))
    assert again == once


def test_never_better_than_brute_force() -> None:
    """No feasible random solution is better than the brute-force optimum."""
    for seed in range(30):
        instance = random_instance(seed, slots=4)
        if max(Counter(device.router for device in instance.devices).values()) > 2:
            continue
        least = brute_force(instance)
        assert least is not None
        for trial in range(10):
            found = check(instance, random_solution(instance, trial))
            if found.feasible:
                assert found.objective is not None
                assert found.objective >= least - 1e-12


def test_brute_force_is_reached() -> None:
    """Some solution has exactly the brute-force optimum."""
    instance = SyncInstance.parse(document(slots=2))
    sets = _sets(2)
    least = min(
        _objective(
            instance,
            _solution({"d0": a, "d1": b}, ("r0", "r1", c), ("r1", "r0", d)),
        )
        for a, b, c, d in product(sets, repeat=4)
    )
    assert brute_force(instance) == pytest.approx(least, rel=1e-12)
    one = document(slots=4, age_tolerance=1.0, reading={"error": "true"})
    one["devices"], one["links"] = one["devices"][:1], one["links"][:1]
    alone = SyncInstance.parse(one)
    least = min(
        _objective(alone, _solution({"d0": a}, ("r0", "r1", b)))
        for a, b in product(_sets(4), repeat=2)
    )
    assert brute_force(alone) == pytest.approx(least, rel=1e-12)


def _sets(slots: int) -> list[tuple[int, ...]]:
    return [
        tuple(slot for slot in range(slots) if mask >> slot & 1)
        for mask in range(2**slots)
    ]


@pytest.mark.parametrize("method", ["cubic", "pchip"])
def test_redrawn_series(method: Any) -> None:
    """The error is 0 at reports, and the last value is kept after them."""
    rng = np.random.default_rng(1)
    load = rng.uniform(0, 100, 50)
    assert reconstruction_mse(method, load, range(50)) == pytest.approx(0.0)
    assert reconstruction_mse(method, load, ()) == pytest.approx(
        np.mean((load - load[0]) ** 2)
    )
    line = np.arange(50.0)
    # A line through slots 0 and 10, and its value at 10 from there on.
    kept = np.mean(np.maximum(0.0, line - 10.0) ** 2)
    assert reconstruction_mse(method, line, (10,)) == pytest.approx(kept)
    for count in range(0, 50, 7):
        slots = np.sort(rng.choice(50, count, replace=False)).tolist()
        assert reconstruction_mse(method, load, slots) == pytest.approx(
            solvers_mse(method, load, slots)
        )
