"""The whole picture: some windows as networks, and all windows by time and energy."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from optkit.core.solving.result import Verification
from optkit.discovery.check.checker import check
from optkit.discovery.display.drawing.view import WindowView, window_view
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.solution import DiscoverySolution
from optkit.plotting.drawings import WIDTH
from optkit.plotting.palette import BLUE, FAINT, INK, ORANGE, SOFT, VERMILION
from optkit.plotting.style import DRAWINGS, using

MOST_WINDOWS = 6
"""Windows that are drawn as networks."""

AGENT, ALONE, OPEN = BLUE, ORANGE, VERMILION
"""Colours of agent mode, self-directed mode and open agents."""


def draw(
    instance: DiscoveryInstance,
    solution: DiscoverySolution | None = None,
    verification: Verification | None = None,
) -> Figure:
    """Return the picture of an instance and, if given, its solution.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        What the checker says of the solution; found out where it is not given.

    Returns
    -------
    Figure
        5.6 inches wide. Networks of up to six windows, spread over all of them: usable
        links, and of a solution its agents, connections and modes; below, energy and
        time of every window by mode. Places are not in an instance: nodes stand near the
        candidates that they have links to.
    """
    if solution is not None and verification is None:
        verification = check(instance, solution)
    sound = verification is not None and verification.objective is not None
    shown = _windows(instance.windows)
    with using(DRAWINGS):
        return _compose(instance, solution if sound else None, verification, shown)


def _windows(count: int) -> list[int]:
    """Return some windows, the first and the last among them."""
    if count <= MOST_WINDOWS:
        return list(range(count))
    step = (count - 1) / (MOST_WINDOWS - 1)
    return [round(place * step) for place in range(MOST_WINDOWS)]


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
    for place, window in enumerate(shown):
        axes = figure.add_subplot(grid[place // columns, place % columns])
        _network(axes, window_view(instance, solution, window), solution is not None)
    figure.suptitle(_title(instance, verification), fontsize=9.0, fontweight="bold")
    figure.legend(
        handles=_legend(solution is not None),
        loc="outside lower center",
        ncols=3,
        frameon=False,
    )
    if solved:
        assert verification is not None
        figures = verification.metrics["windows"]
        for line, (what, unit) in enumerate((("energy", "j"), ("time", "s"))):
            axes = figure.add_subplot(grid[rows + line, :])
            _bars(axes, figures, what, unit)
    return figure


def _title(instance: DiscoveryInstance, verification: Verification | None) -> str:
    name = instance.name if len(instance.name) <= 48 else instance.name[:47] + "…"
    if verification is None:
        size = f"{len(instance.nodes)} nodes, {len(instance.candidates)} candidates"
        return f"{name}\n{size}, {instance.windows} windows"
    if verification.objective is None:
        return f"{name}\nFails its check: {verification.violations[0]}"[:160]
    figures = verification.metrics
    facts = (
        f"objective {verification.objective:.6g}, time {figures['time_s']:.4g} s,"
        f" energy {figures['energy_j']:.4g} J, {figures['qans']} agents"
    )
    if verification.violations:
        facts += f"\nFails its check: {verification.violations[0]}"[:90]
    return f"{name}\n{facts}"


def _network(axes: Axes, view: WindowView, solved: bool) -> None:
    nodes, candidates = view.layout()
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.margins(0.06)
    axes.set_title(
        f"window {view.window}: {len(view.nodes)} nodes", color=SOFT, loc="center"
    )
    for i, j in view.links:
        if view.connected.get(i) != j:
            (x, y), (u, v) = nodes[i], candidates[j]
            axes.plot([x, u], [y, v], color=FAINT, linewidth=0.4, zorder=1)
    for i, j in view.connected.items():
        (x, y), (u, v) = nodes[i], candidates[j]
        colour = AGENT if i in view.agent else ALONE
        axes.plot([x, u], [y, v], color=colour, linewidth=1.2, zorder=2)
    for j, (x, y) in candidates.items():
        is_open = j in view.opened
        axes.plot(
            x,
            y,
            marker="s",
            markersize=8.5 if is_open else 7.5,
            color="white" if not is_open else OPEN,
            markeredgecolor=OPEN if is_open else SOFT,
            markeredgewidth=0.8,
            zorder=3,
        )
        if is_open or not solved:
            axes.annotate(
                j[:12],
                (x, y),
                xytext=(5, 4),
                textcoords="offset points",
                fontsize=6.5,
                zorder=5,
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


def _fill(view: WindowView, node: str, solved: bool) -> str:
    if node in view.idle or not solved:
        return FAINT if node in view.idle else "white"
    return AGENT if node in view.agent else ALONE


def _legend(solved: bool) -> list[Line2D]:
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
            mark("self-directed mode", "o", ALONE),
        ]
    else:
        entries.append(mark("node", "o", "white"))
    entries += [
        mark("without demand", "o", FAINT),
        Line2D([], [], color=FAINT, linewidth=0.8, label="usable link"),
    ]
    return entries


def _bars(axes: Axes, windows: list[dict[str, Any]], what: str, unit: str) -> None:
    """Draw what every window costs, stacked by mode."""
    places = range(len(windows))
    agent = [figures[f"{what}_agent_{unit}"] for figures in windows]
    alone = [figures[f"{what}_self_{unit}"] for figures in windows]
    axes.bar(places, agent, width=0.8, color=AGENT)
    axes.bar(places, alone, width=0.8, bottom=agent, color=ALONE)
    axes.set_ylabel(f"{what} ({unit.upper() if unit == 'j' else unit})")
    axes.set_xlim(-0.6, len(windows) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    if what == "time":
        axes.set_xlabel("window")
