"""Pictures of degenerate instances, wrong solutions and long horizons."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from matplotlib.transforms import Bbox

import optkit
from optkit.core.solving.result import Status
from optkit.discovery.display.drawing.figure import draw
from optkit.discovery.display.tables import tables
from optkit.discovery.testing import degenerate_instances, random_instances
from tests.discovery.cases import instance, solution


@pytest.mark.slow
@pytest.mark.parametrize("solved", [True, False])
def test_every_degenerate_instance_is_drawn(solved: bool) -> None:
    """Degenerate instances have a picture and tables, with and without a solution."""
    for _, degenerate in list(degenerate_instances())[::6]:
        optimum = None
        if solved:
            result = optkit.solve(degenerate, "bilevel-exact")
            if result.status is Status.INFEASIBLE:
                continue
            optimum = result.solution
        figure = draw(degenerate, optimum)  # type: ignore[arg-type]
        figure.canvas.draw()
        assert tables(degenerate, optimum)  # type: ignore[arg-type]


def test_a_solution_that_fails_is_drawn_with_its_violation() -> None:
    """The picture of a wrong solution says that it fails its check."""
    wrong = solution(connect=[["p", "q", "q"], ["q", None, None]])
    figure = draw(instance(), wrong)
    assert "Fails its check" in figure.get_suptitle()


def test_six_windows_at_most_are_drawn() -> None:
    """Of a long horizon six windows are drawn, the first and the last among them."""
    _, small = next(iter(random_instances(5, 1)))
    many = small.model_copy(
        update={
            "windows": 40,
            **{
                key: getattr(small, key) * 40
                for key in (
                    "present",
                    "demand",
                    "select_time",
                    "connect_time",
                    "energy_agent",
                    "energy_self",
                    "accuracy_agent",
                    "accuracy_self",
                )
            },
        }
    )
    titles = [axes.get_title(loc="left") for axes in draw(many).axes]
    assert len(titles) == 6
    assert titles[0].startswith("window 0")
    assert titles[-1].startswith("window 39")


def test_names_stay_apart_and_nodes_without_links_are_explained() -> None:
    """No two names of candidates overlap, and a note stands above the isolated nodes."""
    instance: Any = optkit.load(
        Path(__file__).parents[4] / "instances" / "discovery" / "sum-optional.json"
    )
    figure = draw(instance)
    figure.draw_without_rendering()
    for panel in figure.axes:
        texts = [text for text in panel.texts if text.get_text()]
        assert any(text.get_text() == "without a usable link:" for text in texts)
        for first, second in combinations(texts, 2):
            boxes = first.get_window_extent(), second.get_window_extent()
            assert Bbox.intersection(*boxes) is None
