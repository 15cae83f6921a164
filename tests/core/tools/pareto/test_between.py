"""Points between the supported ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optkit.core.solving.deadline import Deadline
from optkit.core.tools.pareto import between as searched
from optkit.core.tools.pareto.aims import Between
from optkit.core.tools.pareto.between import fill
from optkit.core.tools.pareto.weights import trace
from tests.core.tools.pareto.points import AIMS, Answer, Choice, best


@pytest.mark.parametrize("most", [3, 9])
def test_what_lies_between_is_filled_in(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Points of the family's search are listed, checked and bounded; all are counted."""
    points = [(1.0, 10.0), (2.0, 4.0), (3.0, 3.9), (4.0, 3.5), (6.0, 2.0)]
    monkeypatch.setattr(
        searched, "result_of", lambda _, solution, *__: Answer(solution)
    )

    def between(_: Any, known: Any, *__: Any) -> Between:
        assert known == [None] * 3
        array = np.array(points)
        return Between(array, array, lambda index: points[index], True, False)  # type: ignore[arg-type,return-value]

    aims = replace(AIMS, between=between)
    problem: Any = Choice(points)
    traced = trace(problem, aims, best, 9)
    front = fill(problem, aims, traced, most, Deadline())
    assert front.complete
    assert front.found.tolist() == [list(point) for point in points]
    assert front.gap == pytest.approx(0.0)
    assert len(front.points) == min(most, len(points))
    assert front.points[0].values == points[0]
    assert front.points[-1].values == points[-1]
    assert all(point.proven for point in front.points)
    known = {point.values for point in traced.points}
    for point in front.points:
        assert (point.weights is not None) == (point.values in known)
