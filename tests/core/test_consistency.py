"""Objectives and bounds are compared with one tolerance everywhere."""

from __future__ import annotations

import pytest

from optkit.core.consistency import (
    BestClaims,
    agree,
    bound_exceeds,
    proves_optimality,
    relative_gap,
    within_gap,
)


@pytest.mark.parametrize(
    ("bound", "objective", "exceeds"),
    [(1.0, 2.0, False), (2.0, 2.0, False), (2.1, 2.0, True), (2.000001, 2.0, False)],
)
def test_bound_exceeds_by_more_than_rounding(
    bound: float, objective: float, exceeds: bool
) -> None:
    """A bound above the objective by less than 1e-6 of it is rounding."""
    assert bound_exceeds(bound, objective) is exceeds
    assert agree(bound, objective) is (abs(bound - objective) < 1e-5)


def test_zero_agrees_with_zero_only() -> None:
    """The tolerance is relative, so no other number counts as zero."""
    assert agree(0.0, 0.0)
    assert not agree(0.0, 1e-12)


def test_gap_needs_both_values() -> None:
    """The gap is relative to the objective, and None if either value is missing."""
    assert relative_gap(4.0, 3.0) == 0.25
    assert relative_gap(None, 3.0) is None
    assert relative_gap(4.0, None) is None


def test_proof_holds_relative_to_tiny_objectives() -> None:
    """Twice a tiny optimum is not optimal, although its gap by the formula is tiny."""
    assert relative_gap(2e-20, 1e-20) == pytest.approx(1e-8)
    assert not proves_optimality(2e-20, 1e-20)
    assert proves_optimality(1e-20, 1e-20)


def test_claims_keep_the_best_of_each_kind() -> None:
    """The least objective and the largest bound stay, each with who reported it."""
    claims = BestClaims()
    claims.add("a", objective=5.0, bound=1.0)
    claims.add("b", objective=4.0, bound=0.5)
    assert claims.objective is not None
    assert claims.bound is not None
    assert (claims.objective.value, claims.objective.who) == (4.0, "b")
    assert (claims.bound.value, claims.bound.who) == (1.0, "a")
    assert claims.contradiction() is None


def test_contradictions_name_both_sides() -> None:
    """A bound above an objective, or a proof of infeasibility, contradicts a solution."""
    claims = BestClaims()
    claims.add("finder", objective=4.0, bound=None)
    claims.add("prover", objective=None, bound=4.1)
    assert claims.contradiction() == (
        "prover claims the bound 4.1; finder has a verified solution of 4.0, which is less"
    )
    claims.add("denier", objective=None, bound=None, infeasible=True)
    assert "denier claims that there is no solution" in (claims.contradiction() or "")


def test_a_gap_is_relative_however_small_the_objective() -> None:
    """1e-14 and 0.5e-14 are half apart, though the gap that is shown is tiny."""
    assert not within_gap(1e-14, 0.5e-14, 0.1)
    assert within_gap(1e-14, 0.95e-14, 0.1)
    assert within_gap(0.0, 0.0, 0.0)
    assert not within_gap(None, 1.0, 0.1)
