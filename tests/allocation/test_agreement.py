"""Every exact solver and backend agrees with brute force, on hundreds of random trees."""

from __future__ import annotations

from typing import Any

import pytest

import optkit
from optkit.allocation.testing import random_cases, random_instances
from optkit.core.solving.result import Status

pytestmark = pytest.mark.slow

CONTRACT_CASES = 520
"""Instances, over eight shapes and five cost regimes, w2 = 0 and w2 > 0."""

PLAIN = {"cuts": False, "start": "depth-first"}
"""P1 as it stands: with cuts and a good start there is little left for the backend."""

BLOCKS = 8
"""Into how many tests they are dealt, so that workers can share them."""


@pytest.mark.parametrize("block", range(BLOCKS))
def test_exact_solvers_equal_brute_force(block: int) -> None:
    """pmo, cmo and milp on HiGHS equal brute force, and milp on SCIP on half of all."""
    on_scip: tuple[str, dict[str, Any]] = ("milp", {"backend": "scip", **PLAIN})
    variants: list[tuple[str, dict[str, Any]]] = [
        ("pmo", {}),
        ("cmo", {}),
        ("milp", {"backend": "highs", **PLAIN}),
    ]
    # Each block has a seed of its own, and so instances of its own.
    cases = random_cases(100 + block, CONTRACT_CASES // BLOCKS)
    for number, case in enumerate(cases):
        assert case.optimum is not None
        tried = [*variants, *([on_scip] if number % 2 else [])]
        for solver, options in tried:
            result = optkit.solve(case.instance, solver, options=options)
            label = f"{solver} {options}, {case.label}"
            assert result.status is Status.OPTIMAL, label
            assert result.objective == pytest.approx(case.optimum, rel=1e-9), label


def test_the_trials_cover_both_kinds_of_weights() -> None:
    """There are at least 500 trees, with w2 = 0 and w2 > 0 among them."""
    energy = [
        instance.weights.energy
        for block in range(BLOCKS)
        for _, instance in random_instances(100 + block, CONTRACT_CASES // BLOCKS)
    ]
    assert len(energy) >= 500
    assert sum(weight == 0.0 for weight in energy) >= 50
    assert sum(weight > 0.0 for weight in energy) >= 300
