"""Charts of reproductions and reports: bars, marks, lines with bands, and their labels.

Every value comes with its interval: charts take ``(value, low, high)``. Sizes are chosen
for a page as wide as a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optkit.core.arrays import Floats
from optkit.plotting.palette import BLACK, FAINT, INK, YELLOW

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 4.8, 3.5
"""Size of a chart in inches."""

Interval = tuple[float, float, float]
"""A value and the two ends of its interval."""


@dataclass(frozen=True)
class Look:
    """How a series is drawn, the same in every chart.

    Parameters
    ----------
    label
        Its name in legends.
    colour, marker, line
        As matplotlib takes them.
    """

    label: str
    colour: str
    marker: str = "o"
    line: str = "-"


OPTIMUM = Look("proven optimum", BLACK, "", ":")
"""The look of what is proven, next to whatever a paper shows."""

Series = Mapping[str, tuple[Look, Sequence[Interval]]]
"""By name: the look of a series, and its values."""


def axes(
    title: str,
    horizontal: str,
    vertical: str,
    *,
    width: float = WIDTH,
    height: float = HEIGHT,
) -> tuple[Figure, Axes]:
    """Return a figure with one pair of axes.

    Parameters
    ----------
    title, horizontal, vertical
        Texts above and beside the axes, with units.
    width, height
        Size in inches.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    panel = figure.add_subplot()
    panel.set_title(title)
    panel.set_xlabel(horizontal)
    panel.set_ylabel(vertical)
    return figure, panel


def plain_log(panel: Axes, *, axis: str = "y") -> None:
    """Make an axis logarithmic, with plain numbers: 1000, not 10³."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    getattr(panel, f"set_{axis}scale")("log")
    scaled = getattr(panel, f"{axis}axis")
    low, high = getattr(panel, f"get_{axis}lim")()
    narrow = high / low < 50.0
    scaled.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if narrow else (1.0,)))
    scaled.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    scaled.set_minor_formatter(NullFormatter())


def _errors(intervals: Sequence[Interval]) -> tuple[Floats, list[Floats]]:
    """Return values, and the distances down and up to the ends of their intervals."""
    value, low, high = np.array(intervals, dtype=float).T
    return value, [value - low, high - value]


def grouped_bars(panel: Axes, groups: Sequence[str], series: Series) -> None:
    """Draw a group of bars for each category, each bar with its interval.

    Parameters
    ----------
    panel
        The axes.
    groups
        The categories.
    series
        Values for each category.
    """
    width = 0.84 / len(series)
    for index, (look, intervals) in enumerate(series.values()):
        centre = np.arange(len(groups)) - 0.42 + width * (index + 0.5)
        value, errors = _errors(intervals)
        panel.bar(centre, value, width * 0.92, color=look.colour, label=look.label)
        panel.errorbar(centre, value, errors, fmt="none", ecolor=INK, lw=0.9)
    panel.set_xticks(range(len(groups)), groups)
    panel.grid(visible=False, axis="x")


def level_marks(panel: Axes, levels: Sequence[float], look: Look) -> None:
    """Draw a short level across each category, such as its proven optimum.

    Parameters
    ----------
    panel
        The axes, with its groups drawn.
    levels
        One for each category.
    look
        The look; the legend shows it once.
    """
    for index, level in enumerate(levels):
        panel.hlines(
            level,
            index - 0.46,
            index + 0.46,
            color=look.colour,
            ls=look.line,
            label=look.label if index == 0 else "_",
        )


def grouped_dots(panel: Axes, groups: Sequence[str], series: Series) -> None:
    """Draw a group of marks for each category; fit for a logarithmic axis.

    Parameters
    ----------
    panel, groups, series
        As in :func:`grouped_bars`.
    """
    step = 0.8 / len(series)
    for index, (look, intervals) in enumerate(series.values()):
        centre = np.arange(len(groups)) - 0.4 + step * (index + 0.5)
        value, errors = _errors(intervals)
        panel.errorbar(
            centre,
            value,
            errors,
            fmt=look.marker,
            color=look.colour,
            label=look.label,
            lw=1.2,
            ms=6.0,
        )
    for edge in range(1, len(groups)):
        panel.axvline(edge - 0.5, color=FAINT, lw=0.8)
    panel.set_xticks(range(len(groups)), groups)
    panel.set_xlim(-0.5, len(groups) - 0.5)
    panel.grid(visible=False, axis="x")


def horizontal_bars(
    panel: Axes,
    labels: Sequence[str],
    intervals: Sequence[Interval],
    colours: Sequence[str],
) -> None:
    """Draw one bar per label, the first one on top, each with its interval.

    Parameters
    ----------
    panel
        The axes.
    labels, intervals, colours
        Of the bars.
    """
    rows = np.arange(len(labels))
    value, errors = _errors(intervals)
    panel.barh(rows, value, 0.7, color=list(colours))
    panel.errorbar(value, rows, xerr=errors, fmt="none", ecolor=INK, lw=0.9)
    panel.set_yticks(rows, labels)
    panel.invert_yaxis()
    panel.grid(visible=False, axis="y")


def lines(panel: Axes, places: Sequence[float], series: Series) -> None:
    """Draw a line for each series, with its interval as a band.

    Parameters
    ----------
    panel
        The axes.
    places
        Places on the horizontal axis.
    series
        Values at each place.
    """
    for look, intervals in series.values():
        value, low, high = np.array(intervals, dtype=float).T
        if look is not OPTIMUM:  # drawn as a plain line to compare with
            panel.fill_between(places, low, high, color=look.colour, alpha=0.15, lw=0)
        panel.plot(
            places,
            value,
            color=look.colour,
            marker=look.marker if len(places) <= 25 else None,
            ls=look.line,
            label=look.label,
        )


def label_ends(panel: Axes, *, least: float = 0.062) -> None:
    """Write each line's name at its right end, moved apart where they would overlap.

    Parameters
    ----------
    panel
        The axes; their limits must be final.
    least
        Least distance between two names, as a share of the height.
    """
    named = [
        line for line in panel.get_lines() if not str(line.get_label()).startswith("_")
    ]
    transform = panel.transData + panel.transAxes.inverted()
    ends = []
    for line in named:
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        ends.append((float(transform.transform((x[-1], y[-1]))[1]), line))
    ends.sort(key=lambda end: end[0])
    heights = spread_apart([end[0] for end in ends], least)
    for height, (end, line) in zip(heights, ends, strict=True):
        panel.annotate(
            str(line.get_label()),
            xy=(1.0, end),
            xytext=(1.045, height),
            xycoords="axes fraction",
            textcoords="axes fraction",
            va="center",
            fontsize=9.0,
            color=line.get_color() if line.get_color() != YELLOW else INK,
            arrowprops={"arrowstyle": "-", "color": FAINT, "lw": 0.8},
            annotation_clip=False,
        )


def spread_apart(heights: list[float], least: float) -> list[float]:
    """Move sorted heights apart, as little as it takes, to at least that distance."""
    # Runs that touch are merged and spread around their mean, until none touch.
    runs = [[height] for height in heights]
    placed = [[height] for height in heights]
    index = 0
    while index < len(runs) - 1:
        if placed[index + 1][0] - placed[index][-1] >= least - 1e-12:
            index += 1
            continue
        runs[index] += runs.pop(index + 1)
        placed.pop(index + 1)
        middle = float(np.mean(runs[index]))
        count = len(runs[index])
        placed[index] = [middle + least * (k - (count - 1) / 2) for k in range(count)]
        index = max(0, index - 1)
    return [height for run in placed for height in run]


def legend_above(panel: Axes, columns: int) -> None:
    """Put the legend between the title and the axes, in that many columns."""
    rows = -(-len(panel.get_legend_handles_labels()[1]) // columns)
    panel.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncols=columns,
        borderaxespad=0.2,
        handletextpad=0.5,
        columnspacing=1.2,
    )
    panel.set_title(panel.get_title(loc="left"), pad=8.0 + 15.0 * rows)
