"""The figure: some windows as networks, and time and energy of all windows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from optkit.core.solving.result import Verification
from optkit.discovery.check.checker import check
from optkit.discovery.display.drawing.view import (
    FIRST_ROW,
    Point,
    WindowView,
    window_view,
)
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.solution import DiscoverySolution
from optkit.plotting.drawings import WIDTH, failure_lines, shortened
from optkit.plotting.label_placement import FreeSpace, box_around
from optkit.plotting.labels import text_size
from optkit.plotting.palette import BLUE, FAINT, INK, ORANGE, SOFT, VERMILION
from optkit.plotting.style import DRAWINGS, using

MAX_WINDOWS = 6
"""Largest number of windows that are drawn as networks."""

AGENT, SELF_DIRECTED, OPEN = BLUE, ORANGE, VERMILION
"""Colours of agent mode, self-directed mode and open agents."""


def draw(
    instance: DiscoveryInstance,
    solution: DiscoverySolution | None = None,
    verification: Verification | None = None,
) -> Figure:
    """Return the figure of an instance and, if given, a solution.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's verdict on the solution; computed if it is not given.

    Returns
    -------
    Figure
        5.6 inches wide. Networks of up to six windows, spread over all of them: usable
        links, and the agents, connections and modes of a solution. Below, energy and time
        of every window by mode. An instance has no positions, so nodes are placed near the
        candidates that they have links to.
    """
    if solution is not None and verification is None:
        verification = check(instance, solution)
    drawable = verification is not None and verification.objective is not None
    shown = _windows(instance.windows)
    with using(DRAWINGS):
        return _compose(instance, solution if drawable else None, verification, shown)


def _windows(count: int) -> list[int]:
    """Return up to six windows, including the first and the last."""
    if count <= MAX_WINDOWS:
        return list(range(count))
    step = (count - 1) / (MAX_WINDOWS - 1)
    return [round(index * step) for index in range(MAX_WINDOWS)]


def _compose(
    instance: DiscoveryInstance,
    solution: DiscoverySolution | None,
    verification: Verification | None,
    shown: list[int],
) -> Figure:
    columns = min(2, max(1, len(shown)))
    rows = max(1, math.ceil(len(shown) / columns))
    solved = solution is not None and verification is not None and instance.windows > 0
    panel = WIDTH / columns * (0.62 if columns == 1 else 1.0)
    heights = [panel] * rows + ([1.4, 1.4] if solved else [])
    figure = Figure(
        figsize=(WIDTH, sum(heights) + 1.1), facecolor="white", layout="constrained"
    )
    grid = figure.add_gridspec(len(heights), columns, height_ratios=heights)
    views = [window_view(instance, solution, window) for window in shown]
    for index in range(len(shown)):
        axes = figure.add_subplot(grid[index // columns, index % columns])
        view = views[index]
        _network(axes, view, solution is not None, 72.0 * panel)
    figure.suptitle(_title(instance, verification), fontsize=9.0, fontweight="bold")
    figure.legend(
        handles=_legend(views, solution is not None),
        loc="outside lower center",
        ncols=3,
        frameon=False,
    )
    if solved:
        assert verification is not None
        windows = verification.metrics["windows"]
        for row, (quantity, unit) in enumerate((("energy", "j"), ("time", "s"))):
            axes = figure.add_subplot(grid[rows + row, :])
            _bars(axes, windows, quantity, unit)
    return figure


def _title(instance: DiscoveryInstance, verification: Verification | None) -> str:
    name = shortened(instance.name, 48)
    if verification is None:
        size = f"{len(instance.nodes)} nodes, {len(instance.candidates)} candidates"
        return f"{name}\n{size}, {instance.windows} windows"
    lines = [name]
    if verification.objective is not None:
        metrics = verification.metrics
        lines.append(
            f"objective {verification.objective:.6g}, time {metrics['time_s']:.4g} s,"
            f" energy {metrics['energy_j']:.4g} J, {metrics['qans']} agents"
        )
    return "\n".join([*lines, *failure_lines(verification)])


def _network(axes: Axes, view: WindowView, solved: bool, width: float) -> None:
    nodes, candidates = view.layout()
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.margins(0.06)
    axes.set_title(f"window {view.window}: {len(view.nodes)} nodes", color=SOFT)
    for i, j in view.links:
        if view.connected.get(i) != j:
            (x, y), (u, v) = nodes[i], candidates[j]
            axes.plot([x, u], [y, v], color=FAINT, linewidth=0.4, zorder=1)
    for i, j in view.connected.items():
        (x, y), (u, v) = nodes[i], candidates[j]
        colour = AGENT if i in view.agent else SELF_DIRECTED
        axes.plot([x, u], [y, v], color=colour, linewidth=1.2, zorder=2)
    for j, (x, y) in candidates.items():
        is_open = j in view.opened
        axes.plot(
            x,
            y,
            marker="s",
            markersize=8.5 if is_open else 7.5,
            color=OPEN if is_open else "white",
            markeredgecolor=OPEN if is_open else SOFT,
            markeredgewidth=0.8,
            zorder=3,
        )
    for i, (x, y) in nodes.items():
        axes.plot(
            x,
            y,
            marker="o",
            markersize=4.5,
            color=_fill(view, i, solved),
            markeredgecolor=INK,
            markeredgewidth=0.5,
            zorder=4,
        )

    named = [j for j in candidates if j in view.opened or not solved]
    _name(axes, named, nodes, candidates, width)
    row = [x for x, y in nodes.values() if y <= FIRST_ROW]
    if row:
        axes.annotate(
            "without a usable link:",
            (min(row), FIRST_ROW),
            xytext=(-4, 8),
            textcoords="offset points",
            fontsize=6.5,
            color=SOFT,
        )


def _name(
    axes: Axes,
    named: list[str],
    nodes: Mapping[str, Point],
    candidates: Mapping[str, Point],
    width: float,
) -> None:
    """Write the names of candidates beside them, where they cover nothing.

    Parameters
    ----------
    axes
        The panel.
    named
        The candidates to name.
    nodes, candidates
        Positions.
    width
        Width of the panel in points, from which follows how large a name is in it.
    """
    every = [*nodes.values(), *candidates.values()]
    if not every:
        return
    left, low = (min(point[axis] for point in every) for axis in (0, 1))
    right, high = (max(point[axis] for point in every) for axis in (0, 1))
    scale = 0.85 * width / max(right - left, high - low, 0.1)
    margin = 40.0
    space = FreeSpace(width + 2 * margin, width + 2 * margin)

    def at(point: Point) -> Point:
        return margin + scale * (point[0] - left), margin + scale * (point[1] - low)

    for point in nodes.values():
        space.take(box_around(*at(point), 5.0, 5.0))
    for point in candidates.values():
        space.take(box_around(*at(point), 9.0, 9.0))
    for j in named:
        text = j[:12]
        wide, tall = text_size(text, 6.5)
        x, y = at(candidates[j])
        dx, dy = wide / 2 + 5.5, tall / 2 + 4.5
        below = candidates[j][1] <= FIRST_ROW  # above it, the row says what it is
        ways = [(0.0, -dy)] if below else []
        ways += [(dx, 2.0), (-dx, 2.0), (0.0, dy), (0.0, -dy), (dx, dy), (-dx, -dy)]
        size = (wide + 1.0, tall)
        centre = space.place(size, [(x + u, y + v) for u, v in ways])
        u, v = (dx, dy) if centre is None else (centre[0] - x, centre[1] - y)
        axes.annotate(
            text,
            candidates[j],
            xytext=(u, v),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=6.5,
            zorder=5,
        )


def _fill(view: WindowView, node: str, solved: bool) -> str:
    if node in view.idle or not solved:
        return FAINT if node in view.idle else "white"
    return AGENT if node in view.agent else SELF_DIRECTED


def _legend(views: Sequence[WindowView], solved: bool) -> list[Line2D]:
    def mark(label: str, marker: str, fill: str, edge: str = INK) -> Line2D:
        return Line2D(
            [], [], linestyle="", marker=marker, color=fill, markeredgecolor=edge,
            markersize=6.0, markeredgewidth=0.6, label=label,
        )  # fmt: skip

    entries = [mark("candidate", "s", "white", SOFT)]
    if solved:
        entries += [
            mark("open agent", "s", OPEN, OPEN),
            mark("agent mode", "o", AGENT),
            mark("self-directed mode", "o", SELF_DIRECTED),
        ]
    else:
        entries.append(mark("node", "o", "white"))
    if any(view.idle for view in views):
        entries.append(mark("without demand", "o", FAINT))
    if any(view.connected for view in views):
        line = Line2D([], [], color=SOFT, linewidth=1.2, label="connected, by mode")
        entries.append(line)
    entries.append(Line2D([], [], color=FAINT, linewidth=0.8, label="usable link"))
    return entries


def _bars(axes: Axes, windows: list[dict[str, Any]], quantity: str, unit: str) -> None:
    """Draw time or energy of every window, stacked by mode."""
    x = range(len(windows))
    agent = [metrics[f"{quantity}_agent_{unit}"] for metrics in windows]
    self_directed = [metrics[f"{quantity}_self_{unit}"] for metrics in windows]
    axes.bar(x, agent, width=0.8, color=AGENT)
    axes.bar(x, self_directed, width=0.8, bottom=agent, color=SELF_DIRECTED)
    axes.set_ylabel(f"{quantity} ({unit.upper() if unit == 'j' else unit})")
    axes.set_xlim(-0.6, len(windows) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    if quantity == "time":
        axes.set_xlabel("window")
