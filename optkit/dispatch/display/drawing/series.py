"""What became of the jobs: in the system over time, in each server, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from optkit.dispatch.check.replay import replay
from optkit.dispatch.display.drawing import style
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution
from optkit.plotting import drawings, palette

MOST_SERVERS = 30
"""Rows of the strip of queues: the servers with most jobs over time."""


def draw_system(axes: Axes, metrics: Mapping[str, Any]) -> None:
    """Draw jobs in queues and jobs in transit at every boundary, stacked."""
    queued = np.asarray(metrics["jobs_queued"], dtype=float)
    transit = np.asarray(metrics["jobs_in_transit"], dtype=float)
    times = np.arange(1, len(queued) + 1)
    total = queued + transit
    axes.fill_between(
        times, queued, color=style.QUEUED, linewidth=0, label="queued", step="mid"
    )
    axes.fill_between(
        times,
        queued,
        total,
        color=style.TRANSIT,
        linewidth=0,
        label="in transit",
        step="mid",
    )
    mean = float(total.mean())
    axes.axhline(
        mean,
        color=palette.INK,
        linewidth=0.8,
        linestyle="--",
        label=f"mean {mean:.4g}",
    )
    axes.set_xlim(0.5, len(times) + 0.5)
    axes.set_ylim(0, max(1.0, float(total.max())) * 1.25)
    axes.set_ylabel("jobs")
    axes.set_title("Jobs in the system")
    axes.legend(loc="upper right", ncols=3, handlelength=1.2, columnspacing=1.0)
    _plain(axes)


def queue_lengths(
    instance: DispatchInstance, solution: DispatchSolution
) -> npt.NDArray[np.int64]:
    """Return (M, T): jobs queued at each server at the boundaries 1 … T, all types."""
    per, intervals = instance.slots_per_interval, instance.intervals
    change = np.zeros((len(instance.servers), intervals + 2), dtype=np.int64)
    for life, server in zip(
        replay(instance, solution.target), solution.target, strict=True
    ):
        if life.finish is None:
            continue
        # In the queue at boundary slot B where join < B ≤ finish.
        first = min(life.join // per + 1, intervals + 1)
        after = min(life.finish // per + 1, intervals + 1)
        change[server, first] += 1
        change[server, after] -= 1
    lengths: npt.NDArray[np.int64] = np.cumsum(change, axis=1)[:, 1 : intervals + 1]
    return lengths


def sent(
    instance: DispatchInstance, solution: DispatchSolution
) -> npt.NDArray[np.int64]:
    """Return (M, T): jobs that were sent to each server in the intervals 0 … T − 1."""
    counts = np.zeros((len(instance.servers), instance.intervals), dtype=np.int64)
    slot = np.array(instance.jobs.slot, dtype=np.int64)
    target = np.array(solution.target, dtype=np.int64)
    np.add.at(counts, (target, slot // instance.slots_per_interval), 1)
    return counts


def fullest(lengths: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return the servers that strips show: at most so many, those with most jobs queued."""
    if len(lengths) <= MOST_SERVERS:
        return np.arange(len(lengths))
    most = np.argsort(-lengths.sum(axis=1), kind="stable")[:MOST_SERVERS]
    return np.sort(most)


def draw_strips(
    figure: Figure,
    axes: Axes,
    instance: DispatchInstance,
    values: npt.NDArray[Any],
    shown: npt.NDArray[np.int64],
    title: str,
    cmap: str,
) -> None:
    """Draw a strip for each server over time, dark where numbers are large.

    Parameters
    ----------
    figure, axes
        Where to; the figure holds the scale of colours.
    instance
        Whose servers they are.
    values
        (M, T), one number a server and interval.
    shown
        Servers that get a strip.
    title
        What the numbers are.
    cmap
        Name of the colours.
    """
    more = ""
    if len(shown) < len(values):
        more = f" ({len(shown)} of {len(values)} servers, those with most)"
    image = axes.imshow(
        values[shown],
        aspect="auto",
        cmap=cmap,
        interpolation="nearest",
        # By the root: small numbers beside large ones are told apart.
        norm=PowerNorm(0.5, vmin=0, vmax=max(1, int(values.max(initial=0)))),
        extent=(0.5, values.shape[1] + 0.5, len(shown) - 0.5, -0.5),
    )
    names = [drawings.shortened(instance.servers[m].id, 8) for m in shown]
    axes.set_yticks(range(len(shown)), names, fontsize=6.5)
    for edge in range(1, len(shown)):
        axes.axhline(edge - 0.5, color="white", linewidth=0.8)
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(f"{title}{more}")
    bar = figure.colorbar(image, ax=axes, pad=0.01, fraction=0.035)
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def response_intervals(
    instance: DispatchInstance, solution: DispatchSolution
) -> npt.NDArray[np.float64]:
    """Return the time from arrival to the end of service, in intervals, of jobs done."""
    horizon = instance.intervals * instance.slots_per_interval
    slots = [
        life.finish + 1 - life.arrival
        for life in replay(instance, solution.target)
        if life.finish is not None and life.finish < horizon
    ]
    return np.array(slots, dtype=float) / instance.slots_per_interval


def draw_distribution(
    axes: Axes, values: npt.NDArray[np.float64], title: str, label: str, share: str
) -> None:
    """Draw the share of values up to each value (the paper's Figs 2-4).

    Parameters
    ----------
    axes
        Where to.
    values
        In any order; without any, the axes stay empty.
    title, label, share
        What they are, their axis, and what they are shares of.
    """
    ordered = np.sort(values)
    axes.step(
        np.concatenate([ordered[:1], ordered]),
        np.linspace(0.0, 1.0, len(ordered) + 1) if len(ordered) else [],
        where="post",
        color=palette.INK,
        linewidth=1.2,
    )
    axes.set_ylim(0.0, 1.02)
    axes.set_xlabel(label)
    axes.set_ylabel(f"share of {share}")
    axes.set_title(title)
    axes.grid(color=palette.FAINT, linewidth=0.4)
    _plain(axes)


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
