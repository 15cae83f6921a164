"""The panels: loads with what is redrawn of them, links over time, and rasters."""

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
"""Slots that a picture shows, from slot 0 on; more could not be told apart."""

MOST_SERIES = 5
"""Devices whose series are drawn as curves."""

MOST_ROWS = 24
"""Rows of a strip."""


def draw_load(
    axes: Axes,
    instance: SyncInstance,
    device: int,
    reports: Ints | None = None,
) -> None:
    """Draw a device's load and, where its reports are given, what they tell of it."""
    load = np.array(instance.devices[device].load_percent)
    shown = slice(0, MOST_SLOTS)
    time = np.arange(len(load))
    axes.plot(time[shown], load[shown], color=style.LOAD, linewidth=0.9, label="load")
    title = drawings.shortened(instance.devices[device].id, 20)
    if reports is not None:
        method = instance.reconstruction
        drawn = reconstruct(method, load, reports)[shown]
        axes.plot(
            time[shown], drawn, color=style.REDRAWN, linewidth=0.9, label="redrawn"
        )
        dots = reports[reports < min(len(load), MOST_SLOTS)]
        axes.plot(
            dots, load[dots], "o", color=style.REPORT, markersize=2.0, label="report"
        )
        squares = reconstruction_mse(method, load, reports)
        title += f": {len(reports)} reports, MSE {_figures(squares)} %²"
        # A cubic spline may shoot far beyond what there is to see.
        low, high = float(load[shown].min()), float(load[shown].max())
        room = max(1.0, high - low)
        axes.set_ylim(
            max(low - room, min(low, float(drawn.min()))) - 0.05 * room,
            min(high + room, max(high, float(drawn.max()))) + 0.05 * room,
        )
    axes.set_title(title)
    axes.set_ylabel("load, %")
    over_time(axes, len(load))


def _figures(value: float) -> str:
    """Return three figures of a number, or all before its point."""
    return f"{value:.0f}" if value >= 100.0 else f"{value:.3g}"


def draw_loads(figure: Figure, axes: Axes, instance: SyncInstance) -> None:
    """Draw the load of many devices as strips."""
    loads = np.array([d.load_percent for d in instance.devices[:MOST_ROWS]])
    more = len(instance.devices) - len(loads)
    draw_strips(
        figure,
        axes,
        loads,
        [device.id for device in instance.devices[:MOST_ROWS]],
        "Load, %" + (f" ({len(loads)} of {len(loads) + more} devices)" if more else ""),
    )


def draw_strips(
    figure: Figure, axes: Axes, values: Floats, names: Sequence[str], title: str
) -> None:
    """Draw a strip a row, dark where a value is high."""
    count, slots = values.shape
    image = axes.imshow(
        values[:, :MOST_SLOTS],
        aspect="auto",
        cmap="Blues",
        interpolation="nearest",
        vmin=0.0,
        vmax=float(values.max(initial=0.0)) or 1.0,
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
    """Draw a tick wherever an event of a row is."""
    shown: list[npt.NDArray[Any]] = [one[one < MOST_SLOTS] for one in events]
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
    """Name the rows of a strip or raster, few enough to be read."""
    every = 1 + len(names) // 26
    places = range(0, len(names), every)
    axes.set_yticks(
        places, [drawings.shortened(names[row], 14) for row in places], fontsize=6.0
    )
    axes.tick_params(axis="y", length=0)


def over_time(axes: Axes, slots: int) -> None:
    """Set the axis of time to the slots that are shown."""
    axes.set_xlim(-0.5, min(slots, MOST_SLOTS) - 0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
