"""Tests of when the root of the tree is branched."""

from __future__ import annotations

from optkit.bilevel.exact.branch_and_cut.search import stalls


def test_bound_stalls_once_it_hardly_rises() -> None:
    """Five rounds that win a twentieth of the whole gain are the end, not those before."""
    rising = [0.0, 50.0, 80.0, 90.0, 95.0]
    assert not stalls([*rising, 96.0, 97.0, 98.0, 99.0])
    assert not stalls([*rising, 96.0, 97.0, 98.0, 99.0, 100.5])
    assert stalls([*rising, 96.0, 97.0, 98.0, 99.0, 100.0])


def test_bound_that_has_not_moved_does_not_stall() -> None:
    """In assignment interdiction the bound stays the same for many rounds, then rises."""
    assert not stalls([30.0] * 15)
    assert not stalls([*[30.0] * 15, 31.0])
