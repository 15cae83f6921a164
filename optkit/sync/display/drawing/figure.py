"""The whole picture: the loads of an instance, or what a solution makes known of them."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from optkit.core.arrays import Floats, Ints
from optkit.core.solving.result import Verification
from optkit.plotting import drawings
from optkit.plotting.style import DRAWINGS, using
from optkit.sync.check.checker import check
from optkit.sync.display.drawing.link_figures import passage
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
        What the checker says of the solution; found out where it is not given.

    Returns
    -------
    Figure
        5.6 inches wide. Of an instance: the loads. Of a solution: loads with reports and
        what is redrawn from them, the worst redrawn first; report slots of all devices;
        and of the links notifications, age and error over time. Of a solution that fails
        its check: the loads, and what is wrong.
    """
    if solution is not None and (verification is None or not verification.metrics):
        verification = check(instance, solution)
    with using(DRAWINGS):
        if solution is None or verification is None or verification.objective is None:
            return _loads(instance, verification)
        return _passage(instance, solution, verification)


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
    many = len(instance.devices)
    if many <= MOST_SERIES:
        heights = [1.1] * many
        figure = _canvas(heights)
        grid = figure.add_gridspec(many, 1)
        for device in range(many):
            axes = figure.add_subplot(grid[device])
            draw_load(axes, instance, device)
    else:
        heights = [0.6 + 0.14 * min(many, MOST_ROWS)]
        figure = _canvas(heights)
        axes = figure.add_subplot()
        draw_loads(figure, axes, instance)
    axes.set_xlabel("slot")
    counts = {
        "router": len(instance.routers),
        "device": many,
        "link": len(instance.links),
        "slot": instance.slots,
    }
    facts = ", ".join(f"{n} {what}{'s' * (n != 1)}" for what, n in counts.items())
    _title(
        figure,
        instance,
        [
            f"{facts} of {instance.slot_seconds:g} s",
            *drawings.failure_lines(verification),
        ],
    )
    return figure


def _passage(
    instance: SyncInstance, solution: SyncSolution, verification: Verification
) -> Figure:
    seen = passage(instance, solution)
    devices = _worst(instance, verification)
    links = _oldest(seen.age)
    names = [f"{link.source}→{link.target}" for link in instance.links]
    row_height = 0.12
    heights = [1.1] * len(devices)
    tall = [0.35 + row_height * min(len(instance.devices), MOST_ROWS)]
    if len(links):
        tall += [0.35 + row_height * len(links)] * 3
    figure = _canvas(heights + tall)
    grid = figure.add_gridspec(
        len(heights) + len(tall), 1, height_ratios=heights + tall
    )
    for place, device in enumerate(devices):
        axes = figure.add_subplot(grid[place])
        draw_load(axes, instance, device, seen.reports[device])
        if place == 0:
            axes.legend(
                loc="lower right",
                bbox_to_anchor=(1.0, 0.95),
                ncols=3,
                handlelength=1.2,
                columnspacing=1.0,
            )
    place = len(heights)
    axes = figure.add_subplot(grid[place])
    draw_raster(
        axes,
        seen.reports[:MOST_ROWS],
        [device.id for device in instance.devices[:MOST_ROWS]],
        instance.slots,
        "Reports of each device" + _part(len(instance.devices), MOST_ROWS),
    )
    if len(links):
        part = _part(len(instance.links), len(links), ", the oldest")
        shown = [names[link] for link in links]
        axes = figure.add_subplot(grid[place + 1])
        slots = [seen.notifications[link] for link in links]
        title = f"Notifications on each link{part}"
        draw_raster(axes, slots, shown, instance.slots, title)
        for number, (values, title) in enumerate(
            [
                (seen.age, "Age of each pair, slots"),
                (seen.error, "Error of each pair, %"),
            ]
        ):
            axes = figure.add_subplot(grid[place + 2 + number])
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
    """Return the devices that are known worst, at most so many, the worst first."""
    figures = verification.metrics["devices"]
    squares = [figures[d.id]["reconstruction_mse"] for d in instance.devices]
    order = sorted(range(len(squares)), key=lambda device: -squares[device])
    return order[:MOST_SERIES]


def _oldest(age: Floats) -> Ints:
    """Return the links with the greatest mean age, in the order of the instance."""
    order = np.argsort(-age.mean(axis=1), kind="stable")[:MOST_ROWS]
    return np.sort(order).astype(np.int64)


def _part(whole: int, shown: int, which: str = "") -> str:
    return f" ({shown} of {whole}{which})" if whole > shown else ""
