"""The whole picture: the loads of an instance, or the course of a solution."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from optkit.core.arrays import Floats, Ints
from optkit.core.solving.result import Verification
from optkit.plotting import drawings
from optkit.plotting.style import DRAWINGS, using
from optkit.sync.check.checker import check
from optkit.sync.display.drawing.link_figures import link_figures
from optkit.sync.display.drawing.network import MOST_ROUTERS, draw_network
from optkit.sync.display.drawing.panels import (
    MOST_ROWS,
    MOST_SERIES,
    MOST_SLOTS,
    draw_load,
    draw_loads,
    draw_raster,
    draw_strips,
)
from optkit.sync.instance import SyncInstance
from optkit.sync.solution import SyncSolution


def draw(
    instance: SyncInstance,
    solution: SyncSolution | None = None,
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
        The checker's result for the solution; None runs the checker.

    Returns
    -------
    Figure
        5.6 inches wide. An instance is drawn as its network and its loads. A solution is
        drawn as loads with their reports and the series redrawn from them, the worst first;
        the report slots of all devices; and the notifications, ages and errors of links
        over time. A solution that fails its check is drawn as an instance is, with the
        violations.
    """
    if solution is not None and (verification is None or not verification.metrics):
        verification = check(instance, solution)
    with using(DRAWINGS):
        if solution is None or verification is None or verification.objective is None:
            return _loads(instance, verification)
        return _solution(instance, solution, verification)


def _canvas(heights: list[float]) -> Figure:
    return Figure(
        figsize=(drawings.WIDTH, sum(heights) + 0.35 * len(heights) + 0.6),
        facecolor="white",
        layout="constrained",
    )


def _title(figure: Figure, instance: SyncInstance, lines: list[str]) -> None:
    name = drawings.shortened(instance.name, 60)
    if instance.slots > MOST_SLOTS:
        lines = [*lines, f"the first {MOST_SLOTS} of {instance.slots} slots"]
    figure.suptitle("\n".join([name, *lines]), fontsize=9.0, fontweight="bold")


def _loads(instance: SyncInstance, verification: Verification | None) -> Figure:
    count = len(instance.devices)
    network = [2.6] if len(instance.routers) <= MOST_ROUTERS else []
    few = count <= MOST_SERIES
    heights = network + ([1.1] * count if few else [0.6 + 0.14 * min(count, MOST_ROWS)])
    figure = _canvas(heights)
    grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
    if network:
        draw_network(figure.add_subplot(grid[0]), instance)
    first = len(network)
    for device in range(count if few else 0):
        axes = figure.add_subplot(grid[first + device])
        draw_load(axes, instance, device)
    if not few:
        axes = figure.add_subplot(grid[first])
        draw_loads(figure, axes, instance)
    axes.set_xlabel("slot")
    counts = {
        "router": len(instance.routers),
        "device": count,
        "link": len(instance.pairs),
        "slot": instance.slots,
    }
    facts = ", ".join(f"{n} {noun}{'s' * (n != 1)}" for noun, n in counts.items())
    _title(
        figure,
        instance,
        [
            f"{facts} of {instance.slot_seconds:g} s",
            *drawings.failure_lines(verification),
        ],
    )
    return figure


def _solution(
    instance: SyncInstance, solution: SyncSolution, verification: Verification
) -> Figure:
    series = link_figures(instance, solution)
    devices = _worst(instance, verification)
    links = _oldest(series.age)
    names = [f"{source}→{target}" for source, target in instance.pairs]
    row_height = 0.12
    heights = [1.1] * len(devices)
    tall = [0.35 + row_height * min(len(instance.devices), MOST_ROWS)]
    if len(links):
        tall += [0.35 + row_height * len(links)] * 3
    figure = _canvas(heights + tall)
    grid = figure.add_gridspec(
        len(heights) + len(tall), 1, height_ratios=heights + tall
    )
    for row, device in enumerate(devices):
        axes = figure.add_subplot(grid[row])
        draw_load(axes, instance, device, series.reports[device])
        if row == 0:
            axes.legend(
                loc="lower right",
                bbox_to_anchor=(1.0, 0.95),
                ncols=3,
                handlelength=1.2,
                columnspacing=1.0,
            )
    row = len(heights)
    axes = figure.add_subplot(grid[row])
    draw_raster(
        axes,
        series.reports[:MOST_ROWS],
        [device.id for device in instance.devices[:MOST_ROWS]],
        instance.slots,
        "Reports of each device" + _part(len(instance.devices), MOST_ROWS),
    )
    if len(links):
        part = _part(len(names), len(links), ", the oldest")
        shown = [names[link] for link in links]
        axes = figure.add_subplot(grid[row + 1])
        slots = [series.notifications[link] for link in links]
        title = f"Notifications on each link{part}"
        draw_raster(axes, slots, shown, instance.slots, title)
        for number, (values, title) in enumerate(
            [
                (series.age, "Age of each pair, slots"),
                (series.error, "Error of each pair, %"),
            ]
        ):
            axes = figure.add_subplot(grid[row + 2 + number])
            draw_strips(figure, axes, values[links], shown, title)
    axes.set_xlabel("slot")
    metrics = verification.metrics
    facts = (
        f"objective {verification.objective:.6g},"
        f" {metrics['reports_sent']} reports, {metrics['notifications']} notifications"
    )
    _title(figure, instance, [facts, *drawings.failure_lines(verification)])
    return figure


def _worst(instance: SyncInstance, verification: Verification) -> list[int]:
    """Return the devices with the largest reconstruction error, the worst first."""
    metrics = verification.metrics["devices"]
    errors = [metrics[d.id]["reconstruction_mse"] for d in instance.devices]
    order = sorted(range(len(errors)), key=lambda device: -errors[device])
    return order[:MOST_SERIES]


def _oldest(age: Floats) -> Ints:
    """Return the links with the greatest mean age, in the order of the instance."""
    order = np.argsort(-np.nanmean(age, axis=1), kind="stable")[:MOST_ROWS]
    return np.sort(order).astype(np.int64)


def _part(total: int, shown: int, which: str = "") -> str:
    return f" ({shown} of {total}{which})" if total > shown else ""
