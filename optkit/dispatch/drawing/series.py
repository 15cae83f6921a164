"""What became of the jobs: in the system over time, in each server, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from optkit.dispatch.drawing import style
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.replay import replay
from optkit.dispatch.solution import DispatchSolution

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
        mean, color=style.INK, linewidth=0.8, linestyle="--", label=f"mean {mean:.4g}"
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


def draw_queues(
    figure: Figure, axes: Axes, instance: DispatchInstance, lengths: npt.NDArray[Any]
) -> None:
    """Draw a strip for each server, dark where many jobs are queued."""
    shown = np.arange(len(lengths))
    more = ""
    if len(shown) > MOST_SERVERS:
        fullest = np.argsort(-lengths.sum(axis=1), kind="stable")[:MOST_SERVERS]
        more = f" ({MOST_SERVERS} of {len(shown)} servers, those with most)"
        shown = np.sort(fullest)
    image = axes.imshow(
        lengths[shown],
        aspect="auto",
        cmap="Blues",
        interpolation="nearest",
        vmin=0,
        vmax=max(1, int(lengths.max())),
        extent=(0.5, lengths.shape[1] + 0.5, len(shown) - 0.5, -0.5),
    )
    names = [style.shortened(instance.servers[m].id, 8) for m in shown]
    axes.set_yticks(range(len(shown)), names, fontsize=6.5)
    for edge in range(1, len(shown)):
        axes.axhline(edge - 0.5, color="white", linewidth=0.8)
    axes.tick_params(axis="y", length=0)
    axes.set_title(f"Jobs queued at each server, all types{more}")
    axes.set_xlabel("boundary")
    bar = figure.colorbar(image, ax=axes, pad=0.01, fraction=0.035)
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def draw_distribution(axes: Axes, metrics: Mapping[str, Any]) -> None:
    """Draw the share of boundaries with at most so many jobs (the paper's Figs 2-4)."""
    queued = np.asarray(metrics["jobs_queued"], dtype=float)
    total = np.sort(queued + np.asarray(metrics["jobs_in_transit"], dtype=float))
    share = np.arange(1, len(total) + 1) / len(total)
    axes.step(
        np.concatenate([total[:1], total]),
        np.concatenate([[0.0], share]),
        where="post",
        color=style.INK,
        linewidth=1.2,
    )
    axes.set_ylim(0.0, 1.02)
    axes.set_xlabel("jobs in the system")
    axes.set_ylabel("share of boundaries")
    axes.set_title("Distribution of jobs in the system")
    axes.grid(color=style.FAINT, linewidth=0.4)
    _plain(axes)


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
