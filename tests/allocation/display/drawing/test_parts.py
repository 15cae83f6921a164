"""Each part of the picture shows the checker's metrics."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.transforms import Bbox

import optkit
from optkit.allocation.display.drawing import rows
from optkit.allocation.display.drawing.figure import draw
from optkit.allocation.display.drawing.gantt import PARTS, draw_gantt
from optkit.allocation.display.drawing.loads import draw_loads
from optkit.allocation.display.drawing.network import draw_network
from optkit.allocation.display.drawing.order import draw_order
from optkit.allocation.display.view import View, make_view
from optkit.plotting.labels import label, number
from tests.allocation.display.cases import Make, equal_shares, renamed

INSTANCES = Path(__file__).parents[4] / "instances" / "allocation"


def axes(width: float = 5.0, height: float = 6.0) -> Axes:
    """Return axes that fill a figure."""
    return Figure(figsize=(width, height)).add_axes((0.0, 0.0, 1.0, 1.0))


def bars(ax: Axes, container: int) -> list[Rectangle]:
    """Return one set of bars."""
    found = ax.containers[container]
    return [bar for bar in found if isinstance(bar, Rectangle)]


def words(ax: Axes) -> list[str]:
    """Return every text in axes."""
    return [text.get_text() for text in ax.texts]


def test_bars_are_the_loads(solved: View) -> None:
    """Each load bar is as long as the checker's load, and labelled with it."""
    ax = axes()
    draw_loads(solved, ax=ax)
    drawn = solved.rows()
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        row.server for row in drawn
    ]
    for bar, row in zip(bars(ax, 0), drawn, strict=True):
        load = solved.server_metric(row.server, "load_gbit")
        assert bar.get_width() == pytest.approx(load)
        assert number(load) in words(ax)
    assert words(ax).count("◆") == len(solved.marked)


def test_gantt_parts_add_up_to_the_time(solved: View) -> None:
    """Waiting, transmission and computing follow one another in the Gantt chart."""
    ax = axes()
    draw_gantt(solved, ax=ax)
    for k, row in enumerate(solved.rows()):
        end = 0.0
        for part, (name, _, _) in enumerate(PARTS):
            bar = bars(ax, part)[k]
            assert bar.get_x() == pytest.approx(end)
            assert bar.get_width() == pytest.approx(
                solved.server_metric(row.server, name)
            )
            end += bar.get_width()
        assert end == pytest.approx(solved.server_metric(row.server, "time_s"))


def test_gantt_marks_the_end_and_who_reaches_it(solved: View) -> None:
    """The completion line is at the last server's end, and that server's name is bold."""
    ax = axes()
    draw_gantt(solved, ax=ax)
    end = solved.metric("completion_time_s")
    line = ax.lines[0]
    assert list(line.get_xdata()) == [end, end]
    bold = {
        tick.get_text() for tick in ax.get_yticklabels() if tick.get_weight() == "bold"
    }
    assert bold == {
        name
        for name in solved.server_metrics
        if solved.server_metric(name, "time_s") == end
    }
    assert len(ax.lines[1].get_ydata()) == len(solved.marked)


def test_strips_name_the_servers_in_order(solved: View) -> None:
    """Each subtree has a strip with its servers from first to last."""
    ax = axes()
    draw_order(solved, ax=ax)
    expected = ["Sending order, first to last"]
    for root, order in solved.order.items():
        expected += [f"subtree of {root}:"]
        for server in order:
            expected += [server, ""]  # the arrow is a note without text
        expected.pop()
    assert words(ax) == expected
    chips = [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]
    assert len(chips) == sum(map(len, solved.order.values()))


def test_network_names_servers_and_places(solved: View) -> None:
    """The network shows every server's name and its place in the sending order."""
    ax = axes()
    draw_network(solved, ax=ax)
    said = words(ax)
    places = [text.get_text() for text in ax.texts if text.get_bbox_patch() is not None]
    expected = [
        str(place)
        for order in solved.order.values()
        for place in range(1, len(order) + 1)
    ]
    assert sorted(places) == sorted(expected)
    for place in places:
        said.remove(place)
    for name in solved.servers:
        said.remove(name)
    for name, flow in solved.flows().items():
        assert number(flow) in said, name


def test_network_of_an_instance_tells_rates(make: Make) -> None:
    """Without a solution the tree's links are labelled with their rates."""
    instance = make(shape="topology-4")
    ax = axes()
    draw_network(make_view(instance), ax=ax)
    said = words(ax)
    for link in instance.links:
        assert number(link.gbps) in said


def test_unreachable_servers_are_named_and_counted(make: Make) -> None:
    """Unreachable servers are listed in a column, and counted if there are too many."""
    names = [str(k) for k in range(8)]
    lost = tuple(f"lost-{k}" for k in range(40))
    ax = axes()
    draw_network(make_view(renamed(make(servers=8), names, lost=lost)), ax=ax)
    assert "lost-0" in words(ax)
    assert "and 16 more" in words(ax)


@pytest.mark.slow
def test_what_is_not_drawn_is_counted(make: Make) -> None:
    """A large picture says how many servers are missing."""
    instance = make(shape="star", servers=300)
    view = make_view(instance, equal_shares(instance))
    ax = axes()
    draw_network(view, ax=ax)
    assert any("100 more servers not drawn" in text for text in words(ax))
    ax = axes()
    draw_loads(view, ax=ax)
    assert any(
        f"{300 - rows.MAX_ROWS} more servers not drawn" in text for text in words(ax)
    )
    assert len(bars(ax, 0)) == rows.MAX_ROWS


def test_only_binding_servers_are_marked(make: Make) -> None:
    """Diamonds mark the servers with the largest cost and no others."""
    instance = make(shape="topology-4")
    view = make_view(instance, equal_shares(instance))
    assert 0 < len(view.binding) < len(view.server_metrics)
    ax = axes()
    draw_loads(view, ax=ax)
    assert words(ax).count("◆") == len(view.binding)
    ax = axes()
    draw_gantt(view, ax=ax)
    marked = [int(place) for place in np.asarray(ax.lines[1].get_ydata())]
    assert {view.rows()[place].server for place in marked} == view.binding


def test_diamonds_are_left_out_where_they_would_be_everywhere(make: Make) -> None:
    """If every server with a load has the largest cost, the title says so instead."""
    instance = make(shape="topology-4")
    solution = optkit.solve(instance, "block").solution
    view = make_view(instance, solution)
    loaded = {name for name in view.server_metrics if not view.idle(name)}
    assert view.binding >= loaded
    assert not view.marked
    figure = draw(instance, solution)
    text = [text.get_text() for text in figure.texts]
    assert any("all of them at the largest cost" in line for line in text)
    for panel in figure.axes:
        assert "◆" not in words(panel)
        legend = panel.get_legend()
        shown = [] if legend is None else [t.get_text() for t in legend.get_texts()]
        assert "cost is the largest" not in shown


@pytest.mark.parametrize("name", ["cernet", "renater2010", "nsfnet", "abilene"])
@pytest.mark.parametrize("solved", [False, True])
def test_the_master_has_a_name_and_names_stay_apart(name: str, solved: bool) -> None:
    """Where many links leave the master, its name finds room; no two names overlap."""
    instance: Any = optkit.load(INSTANCES / f"{name}.json")
    solution = optkit.solve(instance, "block").solution if solved else None
    figure = draw(instance, solution)
    figure.draw_without_rendering()
    panel = next(axes for axes in figure.axes if axes.get_label() == "network")
    named = [text for text in panel.texts if text.get_text().strip()]
    master = label(instance.master, 16)
    assert master in words(panel) or label(instance.master, 9) in words(panel)
    boxes = [text.get_window_extent() for text in named]
    for first, second in combinations(boxes, 2):
        together = Bbox.intersection(first, second)
        assert together is None or min(together.width, together.height) < 2.0


def test_who_gets_nothing_has_no_place_in_the_order() -> None:
    """Where the master keeps all, no badges number the servers that are sent nothing."""
    instance: Any = optkit.load(INSTANCES / "renater2010.json")
    solution = optkit.solve(instance, "block").solution
    panel = next(a for a in draw(instance, solution).axes if a.get_label() == "network")
    assert not {str(place) for place in range(1, 20)} & set(words(panel))
    shown = [text.get_text() for text in panel.get_legend().get_texts()]
    assert "place in the sending order" not in shown
    assert "tree, unused" in shown


@pytest.mark.parametrize("part", [draw_network, draw_order, draw_loads, draw_gantt])
def test_parts_on_their_own_take_ids_as_plain_text(
    make: Make, part: Callable[..., None]
) -> None:
    """Parts in a user's own figure never read an id as a formula."""
    names = [f"$\\bad{{{k}$" for k in range(8)]
    instance = renamed(make(shape="topology-4"), names, lost=("$\\worse{$",))
    ax = axes()
    part(make_view(instance, equal_shares(instance)), ax=ax)
    assert isinstance(ax.figure, Figure)
    ax.figure.savefig(io.BytesIO(), format="png", dpi=40)
