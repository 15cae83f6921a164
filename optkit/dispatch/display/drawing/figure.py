"""The whole picture: the network of an instance, or what became of a solution's jobs."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from optkit.core.solving.result import Verification
from optkit.dispatch.check.checker import check
from optkit.dispatch.display.drawing.network import draw_network, legend_entries
from optkit.dispatch.display.drawing.series import (
    MOST_SERVERS,
    busiest_servers,
    draw_distribution,
    draw_strips,
    draw_system,
    queue_lengths,
    response_intervals,
    sent_jobs,
)
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution
from optkit.plotting import drawings
from optkit.plotting.style import DRAWINGS, using


def draw(
    instance: DispatchInstance,
    solution: DispatchSolution | None = None,
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
        The checker's report on the solution; made here if it is not given.

    Returns
    -------
    Figure
        5.6 inches wide. For an instance: access points, servers and candidate links. For
        a solution: jobs in transit and queued at every boundary, the queues of each
        server, the decisions (jobs sent to each server in every interval), and the
        distributions of jobs in the system and of response times. For a solution that
        fails its check: the network, and what is wrong.
    """
    if solution is not None and (verification is None or not verification.metrics):
        verification = check(instance, solution)
    with using(DRAWINGS):
        if solution is None or verification is None or verification.objective is None:
            return _network(instance, verification)
        return _outcome(instance, solution, verification)


def _title(figure: Figure, instance: DispatchInstance, lines: list[str]) -> None:
    name = drawings.shortened(instance.name, 60)
    figure.suptitle("\n".join([name, *lines]), fontsize=9.0, fontweight="bold")


def _network(instance: DispatchInstance, verification: Verification | None) -> Figure:
    figure = Figure(
        figsize=(drawings.WIDTH, 5.9), facecolor="white", layout="constrained"
    )
    draw_network(figure.add_subplot(), instance)
    counts = {
        "access point": len(instance.aps),
        "server": len(instance.servers),
        "job type": len(instance.job_types),
        "job": len(instance.jobs.slot),
    }
    facts = ", ".join(f"{n} {what}{'s' * (n != 1)}" for what, n in counts.items())
    _title(figure, instance, [facts, *drawings.failure_lines(verification)])
    figure.legend(
        handles=legend_entries(instance),
        loc="outside lower center",
        ncols=3,
        frameon=False,
    )
    return figure


def _outcome(
    instance: DispatchInstance, solution: DispatchSolution, verification: Verification
) -> Figure:
    metrics = verification.metrics
    rows = min(len(instance.servers), MOST_SERVERS)
    strip = 0.5 + 0.14 * rows
    heights = [1.6, strip, strip, 1.6]
    figure = Figure(
        figsize=(drawings.WIDTH, sum(heights) + 1.4),
        facecolor="white",
        layout="constrained",
    )
    grid = figure.add_gridspec(4, 2, height_ratios=heights)
    draw_system(figure.add_subplot(grid[0, :]), metrics)
    lengths = queue_lengths(instance, solution)
    shown = busiest_servers(lengths)
    queues, decisions = (figure.add_subplot(grid[row, :]) for row in (1, 2))
    title = "Jobs queued at each server, all types"
    draw_strips(figure, queues, instance, lengths, shown, title, "Blues")
    title = "Decisions: jobs sent to each server in an interval"
    counts = sent_jobs(instance, solution)
    draw_strips(figure, decisions, instance, counts, shown, title, "Oranges")
    decisions.set_xlabel("interval")
    total = np.add(metrics["jobs_queued"], metrics["jobs_in_transit"]).astype(float)
    draw_distribution(
        figure.add_subplot(grid[3, 0]),
        total,
        "Jobs in the system",
        "jobs",
        "boundaries",
    )
    draw_distribution(
        figure.add_subplot(grid[3, 1]),
        response_intervals(instance, solution),
        "Response times",
        "intervals",
        "jobs done",
    )
    response = metrics["mean_response_intervals"]
    facts = f"cost {verification.objective:.6g}, {metrics['dropped']} jobs dropped"
    if response is not None:
        facts += f", mean response {response:.4g} intervals"
    _title(figure, instance, [facts, *drawings.failure_lines(verification)])
    return figure
