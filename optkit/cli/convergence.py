"""Draw the convergence of a run: its best objective and bound over time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from optkit.cli.figure import SVG_NOTES
from optkit.core.runtime.extras import needs

if TYPE_CHECKING:
    from optkit.core.solving.result import Point

OBJECTIVE = "#0072b2"
BOUND = "#d55e00"


def draw_convergence(trajectory: Sequence[Point]) -> str | None:
    """Return objective and bound over time as SVG; None if there are too few points.

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
    with needs("plot", "drawing", "matplotlib"):
        import matplotlib
        from matplotlib.figure import Figure
    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    axes = figure.add_subplot()
    end = trajectory[-1][0]
    for name, column, colour, style in (
        ("objective", 1, OBJECTIVE, "-"),
        ("bound", 2, BOUND, "--"),
    ):
        all_points = [(point[0], point[column]) for point in trajectory]
        points = [(time, value) for time, value in all_points if value is not None]
        if not points:
            continue
        times = [time for time, _ in points] + [end]
        values = [value for _, value in points] + [points[-1][1]]
        axes.step(
            times, values, where="post", color=colour, linestyle=style, label=name
        )
    if trajectory[0][0] > 0.0 and end > 100.0 * trajectory[0][0]:
        axes.set_xscale("log")
    axes.set_xlabel("time (s)")
    axes.set_ylabel("objective, bound")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "optkit-convergence"}):
        figure.savefig(buffer, format="svg", metadata=SVG_NOTES)
    return buffer.getvalue().decode()
