"""Points that appear as an option is varied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from optkit.core.tools.pareto.aims import Knob
from optkit.core.tools.pareto.front import Front
from optkit.core.tools.pareto.option import turn
from tests.core.tools.pareto.points import AIMS, Answer


def _turned(
    value: Callable[[float], tuple[float, float]], most: int
) -> tuple[Front, list[float]]:
    """Turn a knob from 0 to 1 and return the front with the positions tried."""
    tried: list[float] = []

    def solve(settings: Mapping[str, Any]) -> Any:
        tried.append(settings["position"])
        return Answer(value(tried[-1]))

    knob = Knob(
        AIMS.first,
        AIMS.second,
        lambda _, options, position: {**options, "position": position},
        AIMS.values,
        "all on",
    )
    problem: Any = None
    return turn(problem, knob, {"kept": 1}, solve, most), tried


def test_a_knob_is_turned_where_points_are_farthest_apart() -> None:
    """Ends first, then the middle of the widest gap; what is beaten is left out."""
    front, tried = _turned(lambda x: (x * x, 1.0 - x * x), 5)
    assert tried == [0.0, 1.0, 0.5, 0.75, 0.875]
    assert [point.values[0] for point in front.points] == sorted(x * x for x in tried)
    assert all(point.weights is None for point in front.points)
    assert front.points[0].settings == {"kept": 1, "position": 0.0}
    assert not front.complete
    beaten, _ = _turned(lambda x: (x, 2.0) if 0.0 < x < 1.0 else (x, 1.0 - x), 9)
    assert [point.values for point in beaten.points] == [(0.0, 1.0), (1.0, 0.0)]


def test_the_last_position_is_kept_for_comparison_even_if_it_is_beaten() -> None:
    """The front leaves it out, and it stays at hand."""
    front, _ = _turned(lambda x: (x, 2.0 if x == 1.0 else 1.0 - x), 3)
    assert [point.values for point in front.points] == [(0.0, 1.0), (0.5, 0.5)]
    assert front.reference is not None
    assert front.reference.values == (1.0, 2.0)


def test_a_knob_without_effect_ends_at_once() -> None:
    """Two equal ends have nothing between them."""
    front, tried = _turned(lambda x: (1.0, 1.0), 9)
    assert tried == [0.0, 1.0]
    assert front.complete
    assert len(front.points) == 1
