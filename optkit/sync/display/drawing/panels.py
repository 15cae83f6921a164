"""The panels: loads with their redrawn series, links over time, and rasters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from optkit.core.arrays import Floats, Ints
from optkit.plotting import drawings, palette
from optkit.sync.display.drawing import style
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.reconstruction import reconstruct, reconstruction_mse

MOST_SLOTS = 600
"""Slots that a picture shows, from slot 0 on; more would be illegible."""

MOST_SERIES = 5
"""Most devices whose series are drawn as curves."""

MOST_ROWS = 24
"""Most rows of a strip."""


def draw_load(
    axes: Axes,
    instance: SyncInstance,
    device: int,
    reports: Ints | None = None,
) -> None:
    """Draw a device's load and, if given, its reports and the series redrawn from them."""
    load = np.array(instance.devices[device].load_percent)
    shown = slice(0, MOST_SLOTS)
    time = np.arange(len(load))
    axes.plot(time[shown], load[shown], color=style.LOAD, linewidth=0.9, label="load")
    title = drawings.shortened(instance.devices[device].id, 20)
    if reports is not None:
        method = instance.reconstruction
        redrawn = reconstruct(method, load, reports)[shown]
        axes.plot(
            time[shown], redrawn, color=style.REDRAWN, linewidth=0.9, label="redrawn"
        )
        dots = reports[reports < min(len(load), MOST_SLOTS)]
        axes.plot(
            dots, load[dots], "o", color=style.REPORT, markersize=2.0, label="report"
        )
        error = reconstruction_mse(method, load, reports)
        title += f": {len(reports)} reports, MSE {_rounded(error)} %²"
        # A cubic spline may overshoot far beyond the range of the load.
        low, high = float(load[shown].min()), float(load[shown].max())
        room = max(1.0, high - low)
        axes.set_ylim(
            max(low - room, min(low, float(redrawn.min()))) - 0.05 * room,
            min(high + room, max(high, float(redrawn.max()))) + 0.05 * room,
        )
    axes.set_title(title)
    axes.set_ylabel("load, %")
    over_time(axes, len(load))


def _rounded(value: float) -> str:
    """Return a number with three significant digits, or rounded to a whole one."""
    return f"{value:.0f}" if value >= 100.0 else f"{value:.3g}"


def draw_loads(figure: Figure, axes: Axes, instance: SyncInstance) -> None:
    """Draw the loads of many devices as strips."""
    loads = np.array([d.load_percent for d in instance.devices[:MOST_ROWS]])
    hidden = len(instance.devices) - len(loads)
    draw_strips(
        figure,
        axes,
        loads,
        [device.id for device in instance.devices[:MOST_ROWS]],
        "Load, %"
        + (f" ({len(loads)} of {len(loads) + hidden} devices)" if hidden else ""),
    )


def draw_strips(
    figure: Figure, axes: Axes, values: Floats, names: Sequence[str], title: str
) -> None:
    """Draw one strip per row, dark where a value is high."""
    count, slots = values.shape
    image = axes.imshow(
        values[:, :MOST_SLOTS],
        aspect="auto",
        cmap="Blues",
        interpolation="nearest",
        vmin=0.0,
        vmax=float(np.nanmax(values, initial=0.0)) or 1.0,
        extent=(-0.5, min(slots, MOST_SLOTS) - 0.5, count - 0.5, -0.5),
    )
    rows(axes, names)
    axes.set_title(title)
    bar = figure.colorbar(image, ax=axes, pad=0.01, fraction=0.035)
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def draw_raster(
    axes: Axes, events: Sequence[Ints], names: Sequence[str], slots: int, title: str
) -> None:
    """Draw a tick for every event of a row."""
    shown: list[npt.NDArray[Any]] = [row[row < MOST_SLOTS] for row in events]
    axes.eventplot(
        shown,
        lineoffsets=list(range(len(shown))),
        linelengths=0.75,
        linewidths=0.6,
        colors=palette.INK,
    )
    axes.set_ylim(len(shown) - 0.5, -0.5)
    rows(axes, names)
    axes.set_title(title)
    over_time(axes, slots)


def rows(axes: Axes, names: Sequence[str]) -> None:
    """Label the rows of a strip or raster, skipping rows where there are many."""
    step = 1 + len(names) // 26
    labelled = range(0, len(names), step)
    axes.set_yticks(
        labelled, [drawings.shortened(names[row], 14) for row in labelled], fontsize=6.0
    )
    axes.tick_params(axis="y", length=0)


def over_time(axes: Axes, slots: int) -> None:
    """Limit the time axis to the slots that are shown."""
    axes.set_xlim(-0.5, min(slots, MOST_SLOTS) - 0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
