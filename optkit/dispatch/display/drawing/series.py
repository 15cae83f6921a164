"""Jobs over time, by server, and as distributions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.check.replay import replay
from optkit.dispatch.display.drawing import style
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution
from optkit.plotting import drawings, palette

MOST_SERVERS = 30
"""Most servers that a picture shows: those with most jobs queued over time."""


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


def queue_lengths(instance: DispatchInstance, solution: DispatchSolution) -> Ints:
    """Return (M, T): jobs queued at each server at the boundaries 1 … T, all types."""
    per, intervals = instance.slots_per_interval, instance.intervals
    change = np.zeros((len(instance.servers), intervals + 2), dtype=np.int64)
    for history, server in zip(
        replay(instance, solution.target), solution.target, strict=True
    ):
        if history.finish is None:
            continue
        # In the queue at boundary slot B where join < B ≤ finish.
        first = min(history.join // per + 1, intervals + 1)
        after = min(history.finish // per + 1, intervals + 1)
        change[server, first] += 1
        change[server, after] -= 1
    lengths: Ints = np.cumsum(change, axis=1)[:, 1 : intervals + 1]
    return lengths


def sent_jobs(instance: DispatchInstance, solution: DispatchSolution) -> Ints:
    """Return (M, T): jobs sent to each server in the intervals 0 … T − 1."""
    counts = np.zeros((len(instance.servers), instance.intervals), dtype=np.int64)
    slot = np.array(instance.jobs.slot, dtype=np.int64)
    target = np.array(solution.target, dtype=np.int64)
    np.add.at(counts, (target, slot // instance.slots_per_interval), 1)
    return counts


def busiest_servers(lengths: Ints) -> Ints:
    """Return the servers to show: all, or those with most jobs queued."""
    if len(lengths) <= MOST_SERVERS:
        return np.arange(len(lengths))
    most = np.argsort(-lengths.sum(axis=1), kind="stable")[:MOST_SERVERS]
    return np.sort(most)


def draw_strips(
    figure: Figure,
    axes: Axes,
    instance: DispatchInstance,
    values: Ints,
    shown: Ints,
    title: str,
    cmap: str,
) -> None:
    """Draw one strip per server over time, dark where numbers are large.

    Parameters
    ----------
    figure, axes
        Where to draw; the colour scale is added to the figure.
    instance
        The instance.
    values
        (M, T): one number per server and interval.
    shown
        The servers that get a strip.
    title
        Title of the axes.
    cmap
        Name of the colour map.
    """
    more = ""
    if len(shown) < len(values):
        more = f" ({len(shown)} of {len(values)} servers, those with most)"
    image = axes.imshow(
        values[shown],
        aspect="auto",
        cmap=cmap,
        interpolation="nearest",
        # A square-root scale, so that small numbers show beside large ones.
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
) -> Floats:
    """Return response times of completed jobs: arrival to end of service, in intervals."""
    horizon = instance.intervals * instance.slots_per_interval
    slots = [
        history.finish + 1 - history.arrival
        for history in replay(instance, solution.target)
        if history.finish is not None and history.finish < horizon
    ]
    return np.array(slots, dtype=float) / instance.slots_per_interval


def draw_distribution(
    axes: Axes, values: Floats, title: str, label: str, share: str
) -> None:
    """Draw a cumulative distribution (the paper's Figs 2-4).

    Parameters
    ----------
    axes
        Where to draw.
    values
        In any order; if there are none, the axes stay empty.
    title, label, share
        Title of the axes, label of the values' axis, and what the shares are of.
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
