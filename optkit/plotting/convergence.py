"""Draw the convergence of a run: its best objective and bound over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optkit.core.runtime.extras import needs
from optkit.plotting.charts import axes
from optkit.plotting.output import render
from optkit.plotting.palette import BLUE, VERMILION
from optkit.plotting.style import CHARTS, using

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optkit.core.solving.trajectory import Point


def draw_convergence(trajectory: Sequence[Point]) -> Figure | None:
    """Draw objective and bound over time; return None if there are too few points.

    Parameters
    ----------
    trajectory
        Points (seconds, objective, bound), either of which may be None.

    Raises
    ------
    UnavailableError
        If matplotlib is not installed.
    """
    if len(trajectory) < 2:
        return None
    with needs("plot", "drawing", "matplotlib"), using(CHARTS):
        return _draw(trajectory)


def convergence_svg(trajectory: Sequence[Point]) -> str | None:
    """Return the same as SVG."""
    figure = draw_convergence(trajectory)
    if figure is None:
        return None
    svg = render(figure, "svg", settings=CHARTS, salt="optkit-convergence")
    return svg.decode()


def _draw(trajectory: Sequence[Point]) -> Figure:
    figure, panel = axes("", "time (s)", "objective, bound", width=6.4, height=3.2)
    end = trajectory[-1][0]
    for name, column, colour, style in (
        ("objective", 1, BLUE, "-"),
        ("bound", 2, VERMILION, "--"),
    ):
        all_points = [(point[0], point[column]) for point in trajectory]
        points = [(time, value) for time, value in all_points if value is not None]
        if not points:
            continue
        times = [time for time, _ in points] + [end]
        values = [value for _, value in points] + [points[-1][1]]
        panel.step(
            times, values, where="post", color=colour, linestyle=style, label=name
        )
    if trajectory[0][0] > 0.0 and end > 100.0 * trajectory[0][0]:
        panel.set_xscale("log")
    panel.legend()
    return figure
