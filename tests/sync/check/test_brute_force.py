"""The brute-force optimum."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from optkit.sync.check.brute_force import brute_force
from optkit.sync.check.checker import check
from optkit.sync.instance import SyncInstance
from tests.sync.check.solutions import make_solution, objective_of
from tests.sync.instances import document, random_instance, random_solution


def test_never_better_than_brute_force() -> None:
    """No feasible random solution is better than the brute-force optimum."""
    for seed in range(30):
        instance = random_instance(seed, slots=4)
        if max(Counter(device.router for device in instance.devices).values()) > 2:
            continue
        least = brute_force(instance)
        assert least is not None
        for trial in range(10):
            verification = check(instance, random_solution(instance, trial))
            if verification.feasible:
                assert verification.objective is not None
                assert verification.objective >= least - 1e-12


def test_brute_force_is_reached() -> None:
    """Some solution has exactly the brute-force optimum."""
    instance = SyncInstance.parse(document(slots=2))
    sets = _sets(2)
    least = min(
        objective_of(
            instance,
            make_solution({"d0": a, "d1": b}, ("r0", "r1", c), ("r1", "r0", d)),
        )
        for a, b, c, d in product(sets, repeat=4)
    )
    assert brute_force(instance) == pytest.approx(least, rel=1e-12)
    raw = document(slots=4, age_tolerance=1.0, reading={"error": "true"})
    raw["devices"], raw["links"] = raw["devices"][:1], raw["links"][:1]
    alone = SyncInstance.parse(raw)
    least = min(
        objective_of(alone, make_solution({"d0": a}, ("r0", "r1", b)))
        for a, b in product(_sets(4), repeat=2)
    )
    assert brute_force(alone) == pytest.approx(least, rel=1e-12)


def _sets(slots: int) -> list[tuple[int, ...]]:
    return [
        tuple(slot for slot in range(slots) if mask >> slot & 1)
        for mask in range(2**slots)
    ]
