"""The ledger: claims that exclude each other are seen, and rounding is not one."""

from __future__ import annotations

import pytest

from optkit.bench.consistency import Ledger
from tests.bench.records import record


def test_a_bound_past_a_verified_objective_is_a_contradiction() -> None:
    """Whoever comes second, the pair is named with both solvers."""
    bound = record("b", label="bold", objective=2.0, bound=2.0)
    point = record("p", label="good", objective=1.0, bound=None, status="feasible")
    for pair in ((bound, point), (point, bound)):
        ledger = Ledger()
        assert ledger.enter(pair[0]) is None
        found = ledger.enter(pair[1])
        assert found is not None
        assert "bold" in found
        assert "good" in found


def test_a_verified_solution_of_what_has_none_is_a_contradiction() -> None:
    """A claim of infeasibility is a claim like any other."""
    ledger = Ledger()
    ledger.enter(
        record("n", status="infeasible", objective=None, bound=None, verified=None)
    )
    assert ledger.enter(record("p")) is not None


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9, -1e9])
def test_rounding_is_no_contradiction(scale: float) -> None:
    """Two proofs of one optimum differ in the last digits, at any scale and sign."""
    ledger = Ledger()
    assert ledger.enter(record("a", objective=scale, bound=scale)) is None
    other = scale * (1 + 1e-8)
    assert ledger.enter(record("b", objective=other, bound=other)) is None


def test_other_instances_and_variants_are_other_problems() -> None:
    """Figures are compared only where they are of the same problem."""
    ledger = Ledger()
    ledger.enter(record("a", bound=9.0, objective=9.0))
    assert ledger.enter(record("b", sha256="b" * 64)) is None
    assert ledger.enter(record("c", variant="relaxed")) is None
    assert ledger.enter(record("d")) is not None


def test_a_bound_for_a_part_of_the_answer_is_none_of_the_instance() -> None:
    """A bound for given reports, say, contradicts nobody and proves no optimum."""
    ledger = Ledger()
    given = record("a", objective=9.0, bound=9.0, partial_bound=True)
    assert ledger.enter(given) is None
    assert not given.solved
    assert ledger.enter(record("b")) is None
    assert ledger.bound("a" * 64) == 1.0


def test_what_failed_claims_nothing() -> None:
    """Figures of a run that did not pass its check count for nothing."""
    ledger = Ledger()
    ledger.enter(record("a", outcome="failed-check", bound=9.0, verified=False))
    assert ledger.enter(record("b")) is None
    assert ledger.objective("a" * 64) == 1.0
    assert ledger.bound("a" * 64) == 1.0
    assert ledger.objective("c" * 64) is None
