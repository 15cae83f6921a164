"""The charts of reproductions: grouped bars and marks, lines with bands and names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from optkit.plotting.style import FAINT, INK, OPTIMUM, YELLOW, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plain_log(panel: Axes, *, axis: str = "y") -> None:
    """Make an axis logarithmic, its numbers written out plainly."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    getattr(panel, f"set_{axis}scale")("log")
    one = getattr(panel, f"{axis}axis")
    low, high = getattr(panel, f"get_{axis}lim")()
    narrow = high / low < 50.0
    one.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if narrow else (1.0,)))
    one.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    one.set_minor_formatter(NullFormatter())


def grouped_bars(
    panel: Axes,
    groups: Sequence[str],
    series: Mapping[str, tuple[Look, Sequence[tuple[float, float, float]]]],
) -> None:
    """Draw a group of bars for each category, each with its interval.

    Parameters
    ----------
    panel
        Where.
    groups
        The categories.
    series
        By name: the look, and (value, low, high) for each category.
    """
    width = 0.84 / len(series)
    for index, (look, figures) in enumerate(series.values()):
        middle = np.arange(len(groups)) - 0.42 + width * (index + 0.5)
        value, low, high = np.array(figures, dtype=float).T
        panel.bar(middle, value, width * 0.92, color=look.colour, label=look.label)
        panel.errorbar(
            middle, value, [value - low, high - value], fmt="none", ecolor=INK, lw=0.9
        )
    panel.set_xticks(range(len(groups)), groups)
    panel.grid(visible=False, axis="x")


def level_marks(panel: Axes, levels: Sequence[float], look: Look) -> None:
    """Draw a short level across each category, such as its proven optimum.

    Parameters
    ----------
    panel
        Where, after its groups.
    levels
        One for each category.
    look
        How; the legend has it once.
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


def grouped_dots(
    panel: Axes,
    groups: Sequence[str],
    series: Mapping[str, tuple[Look, Sequence[tuple[float, float, float]]]],
) -> None:
    """Draw a group of marks for each category, as a logarithmic axis needs it.

    Parameters
    ----------
    panel, groups, series
        As in :func:`grouped_bars`.
    """
    step = 0.8 / len(series)
    for index, (look, figures) in enumerate(series.values()):
        middle = np.arange(len(groups)) - 0.4 + step * (index + 0.5)
        value, low, high = np.array(figures, dtype=float).T
        panel.errorbar(
            middle,
            value,
            [value - low, high - value],
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


def lines(
    panel: Axes,
    places: Sequence[float],
    series: Mapping[str, tuple[Look, Sequence[tuple[float, float, float]]]],
) -> None:
    """Draw a line for each series, with its interval as a band.

    Parameters
    ----------
    panel
        Where.
    places
        Horizontal places.
    series
        By name: the look, and (value, low, high) at each place.
    """
    for look, figures in series.values():
        value, low, high = np.array(figures, dtype=float).T
        if look is not OPTIMUM:  # what is proven is drawn as a line to compare with
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
        Where; its limits are final.
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
    heights = _apart([end[0] for end in ends], least)
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


def _apart(heights: list[float], least: float) -> list[float]:
    """Return sorted heights moved apart to the least distance, as little as it takes."""
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
    """Put the legend between title and axes, in that many columns."""
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
