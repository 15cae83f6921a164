"""Tests of intersection cuts, by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.bilevel.exact.branch_and_cut.intersection_cuts import (
    Cone,
    Cut,
    FreeSet,
    intersection_cuts,
)

LOW, HIGH = np.zeros(2), np.full(2, 10.0)


def corner(
    *,
    local: tuple[bool, bool] = (False, False),
    rigid: tuple[bool, bool] = (False, False),
) -> Cone:
    """Return the cone ``x <= 1`` and ``x + 2 y >= 3``; its vertex is (1, 1)."""
    return Cone(
        at_bound=np.array([0]),
        signs=np.array([-1.0]),
        bounds=np.array([-1.0]),
        others=np.array([1]),
        rows=np.array([[1.0, 2.0]]),
        sides=np.array([3.0]),
        rigid=np.array(rigid),
        local=np.array(local),
        low=LOW,
        high=HIGH,
    )


def free_set(*facets: tuple[float, float, float]) -> FreeSet:
    return FreeSet(
        np.array([facet[:2] for facet in facets]),
        np.array([facet[2] for facet in facets]),
    )


def cut(cone: Cone, region: FreeSet) -> Cut | None:
    cuts = intersection_cuts(cone, [region], LOW, HIGH, most=1)
    return cuts[0] if cuts else None


def test_deepest_cuts_come_first_and_unsafe_sets_are_left_out() -> None:
    """Of sets y <= 1.5, y <= 1 (the vertex is on it) and y <= 2, the last cuts deepest."""
    sets = [free_set((0.0, 1.0, limit)) for limit in (1.5, 1.0, 2.0)]
    found = intersection_cuts(corner(), sets, LOW, HIGH, most=3)
    assert len(found) == 2
    for deeper, shallower in itertools.pairwise(found):
        assert deeper.efficacy > shallower.efficacy
    [deepest] = intersection_cuts(corner(), sets, LOW, HIGH, most=1)
    assert deepest.values == pytest.approx(found[0].values)
    assert deepest.values @ [1.0, 2.0] == pytest.approx(deepest.right)


def test_cut_passes_through_the_ends_of_the_edges() -> None:
    """The edges of the cone leave the box at (0, 1.5) and (1, 2): y >= 1.5 + x / 2."""
    found = cut(corner(), free_set((-1.0, 0.0, 0.0), (0.0, 1.0, 2.0)))
    assert found is not None
    assert found.values / found.values[1] == pytest.approx([-0.5, 1.0])
    assert found.right / found.values[1] == pytest.approx(1.5)
    assert found.efficacy == pytest.approx(1.0 / np.sqrt(1.25))
    assert not found.local


def test_edge_that_never_leaves_is_no_term() -> None:
    """Without the facet x >= 0 the other edge alone counts: the cut is y + x / 2 >= 2.5."""
    found = cut(corner(), free_set((0.0, 1.0, 2.0), (1.0, 1.0, 20.0)))
    assert found is not None
    # Along x = 1 upwards the set ends at y = 2; along the row it ends at (-3, 3), y = 2.
    assert found.values @ [1.0, 2.0] == pytest.approx(found.right)
    assert found.values @ [-1.0, 2.0] == pytest.approx(found.right)


@pytest.mark.parametrize("distance", [0.0, 1e-9, -1.0])
def test_vertex_on_the_boundary_or_outside_gives_no_cut(distance: float) -> None:
    """There is no cut if the vertex is not clearly in the interior."""
    assert cut(corner(), free_set((0.0, 1.0, 1.0 + distance))) is None


@pytest.mark.parametrize("local", [(True, False), (False, True)])
def test_cut_is_local_if_it_rests_on_a_local_constraint(
    local: tuple[bool, bool],
) -> None:
    """A cut is valid where the constraints of its cone are, also those of weight zero."""
    facets = ((1.0, 2.0, 4.0),) if local[1] else ((-1.0, -2.0, -2.0), (-1.0, 0.0, 0.0))
    found = cut(corner(local=local), free_set(*facets))
    assert found is not None
    assert found.local


def test_local_constraint_along_a_facet_does_not_matter() -> None:
    """The facet x + 2 y <= 4 is parallel to the row: how far x moves does not matter."""
    found = cut(corner(local=(True, False)), free_set((1.0, 2.0, 4.0)))
    assert found is not None
    assert not found.local


def test_nothing_moves_along_a_rigid_constraint() -> None:
    """Where x is fixed at 1, the cut says y >= 2 and has no term for leaving x = 1."""
    found = cut(
        corner(rigid=(True, False)), free_set((-1.0, 0.0, 0.0), (0.0, 1.0, 2.0))
    )
    assert found is not None
    assert found.values @ [1.0, 2.0] == pytest.approx(found.right)
    assert found.values @ [0.0, 2.5] == pytest.approx(found.right)


def test_almost_dependent_constraints_give_no_cut() -> None:
    """A cone whose coordinates are mostly rounding gives no cut."""
    cone = Cone(
        at_bound=np.zeros(0, dtype=np.int64),
        signs=np.zeros(0),
        bounds=np.zeros(0),
        others=np.array([0, 1]),
        rows=np.array([[1.0, 3.0], [1.0 / 3.0, 1.0 + 1e-13]]),
        sides=np.array([4.0, 4.0 / 3.0]),
        rigid=np.zeros(2, dtype=np.bool_),
        local=np.zeros(2, dtype=np.bool_),
        low=LOW,
        high=HIGH,
    )
    assert cut(cone, free_set((1.0, 0.0, 1e15))) is None
