"""The whole picture: the network of an instance, or what a solution does to its jobs."""

from __future__ import annotations

from matplotlib import style as mpl_style
from matplotlib.figure import Figure

from optkit.core.result import Verification
from optkit.dispatch.check import check
from optkit.dispatch.drawing import style
from optkit.dispatch.drawing.network import draw_network, entries
from optkit.dispatch.drawing.series import (
    MOST_SERVERS,
    draw_distribution,
    draw_queues,
    draw_system,
    queue_lengths,
)
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution


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
        What the checker says of the solution; found out where it is not given.

    Returns
    -------
    Figure
        5.6 inches wide. Of an instance: access points, servers and candidate links. Of a
        solution: jobs in transit and queued at every boundary, the queues of each
        server, and the distribution of jobs in the system. Of a solution that fails its
        check: the network, and what is wrong.
    """
    if solution is not None and (verification is None or not verification.metrics):
        verification = check(instance, solution)
    with mpl_style.context(["default", style.SETTINGS]):
        if solution is None or verification is None or verification.objective is None:
            return _network(instance, verification)
        return _passage(instance, solution, verification)


def _title(figure: Figure, instance: DispatchInstance, lines: list[str]) -> None:
    name = style.shortened(instance.name, 60)
    figure.suptitle("\n".join([name, *lines]), fontsize=9.0, fontweight="bold")


def _wrong(verification: Verification | None) -> list[str]:
    if verification is None or not verification.violations:
        return []
    return [style.shortened(f"Fails its check: {verification.violations[0]}", 80)]


def _network(instance: DispatchInstance, verification: Verification | None) -> Figure:
    figure = Figure(figsize=(style.WIDTH, 5.9), facecolor="white", layout="constrained")
    draw_network(figure.add_subplot(), instance)
    counts = {
        "access point": len(instance.aps),
        "server": len(instance.servers),
        "job type": len(instance.job_types),
        "job": len(instance.jobs.slot),
    }
    facts = ", ".join(f"{n} {what}{'s' * (n != 1)}" for what, n in counts.items())
    _title(figure, instance, [facts, *_wrong(verification)])
    figure.legend(
        handles=entries(instance), loc="outside lower center", ncols=3, frameon=False
    )
    return figure


def _passage(
    instance: DispatchInstance, solution: DispatchSolution, verification: Verification
) -> Figure:
    metrics = verification.metrics
    rows = min(len(instance.servers), MOST_SERVERS)
    heights = [1.7, 0.7 + 0.16 * rows, 1.6]
    figure = Figure(
        figsize=(style.WIDTH, sum(heights) + 1.2),
        facecolor="white",
        layout="constrained",
    )
    grid = figure.add_gridspec(3, 1, height_ratios=heights)
    draw_system(figure.add_subplot(grid[0]), metrics)
    lengths = queue_lengths(instance, solution)
    draw_queues(figure, figure.add_subplot(grid[1]), instance, lengths)
    draw_distribution(figure.add_subplot(grid[2]), metrics)
    response = metrics["mean_response_intervals"]
    facts = f"cost {verification.objective:.6g}, {metrics['dropped']} jobs dropped"
    if response is not None:
        facts += f", mean response {response:.4g} intervals"
    _title(figure, instance, [facts, *_wrong(verification)])
    return figure
