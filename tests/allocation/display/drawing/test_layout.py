"""Positions of servers and labels."""

from __future__ import annotations

import itertools
import math

import pytest

from optkit.allocation.display.drawing.layout import arrange
from optkit.allocation.display.view import make_view
from optkit.plotting.label_placement import FreeSpace
from tests.allocation.display.cases import Make

SHAPES = [
    ("star", 1),
    ("star", 2),
    ("chain", 12),
    ("chain", 200),
    ("star", 40),
    ("star", 200),
    ("binary", 63),
    ("caterpillar", 30),
    ("pairs", 41),
    ("random-tree", 15),
    ("random-tree", 200),
    ("erdos-renyi", 120),
]


@pytest.mark.parametrize(("shape", "servers"), SHAPES)
def test_nobody_stands_on_another(make: Make, shape: str, servers: int) -> None:
    """All servers are as far apart as the layout says."""
    view = make_view(make(shape=shape, servers=servers))
    found = arrange(view.master, view.parent, 380.0, 400.0)
    assert set(found.at) == set(view.depth)
    nearest = min(
        (math.dist(a, b) for a, b in itertools.combinations(found.at.values(), 2)),
        default=math.inf,
    )
    assert nearest >= 0.95 * found.room
    for x, y in found.at.values():
        assert 0.0 < x < 380.0
        assert 0.0 < y < found.height <= 400.0


@pytest.mark.parametrize(("shape", "servers"), SHAPES)
def test_asked_again_in_its_own_height(make: Make, shape: str, servers: int) -> None:
    """A layout computed for the height that it used comes out the same."""
    view = make_view(make(shape=shape, servers=servers))
    first = arrange(view.master, view.parent, 380.0, 400.0)
    again = arrange(view.master, view.parent, 380.0, first.height)
    assert (again.kind, again.room) == (first.kind, pytest.approx(first.room))


def test_space_refuses_what_is_taken_or_outside() -> None:
    """Labels neither overlap nor cross the edge."""
    space = FreeSpace(100.0, 50.0)
    assert space.place((20.0, 10.0), [(50.0, 25.0)]) == (50.0, 25.0)
    assert space.place((20.0, 10.0), [(55.0, 28.0)]) is None
    assert space.place((20.0, 10.0), [(55.0, 28.0), (80.0, 25.0)]) == (80.0, 25.0)
    assert space.place((20.0, 10.0), [(95.0, 25.0)]) is None
