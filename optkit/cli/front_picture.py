"""Draw a Pareto front: one aim against the other."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from optkit.cli.figure import DOTS_PER_INCH, SVG_NOTES
from optkit.core.runtime.extras import needs

if TYPE_CHECKING:
    from optkit.core.tools.pareto import Aims, Front

BLUE = "#0072b2"
ORANGE = "#d55e00"


def draw_front(
    front: Front, aims: Aims, labels: Mapping[int, list[str]], title: str, kind: str
) -> bytes:
    """Return a picture of a front as the bytes of a file.

    Parameters
    ----------
    front, aims
        The front and its two aims.
    labels
        Labels of points, by their index.
    title
        The title.
    kind
        ``svg`` or ``png``.

    Raises
    ------
    UnavailableError
        If matplotlib is not installed.
    """
    with needs("plot", "drawing", "matplotlib"):
        import matplotlib
        from matplotlib.figure import Figure
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.add_subplot()
    first = [point.values[0] for point in front.points]
    second = [point.values[1] for point in front.points]
    axes.plot(first, second, color=BLUE, linewidth=1, alpha=0.5, zorder=1)
    for proven, face in ((True, BLUE), (False, "white")):
        indices = [i for i, p in enumerate(front.points) if p.proven is proven]
        if indices:
            axes.scatter(
                [first[i] for i in indices],
                [second[i] for i in indices],
                s=36,
                facecolor=face,
                edgecolor=BLUE,
                zorder=2,
                label="proven best under its weights" if proven else "not proven",
            )
    for index, names in labels.items():
        left = first[index] < (min(first) + max(first)) / 2
        axes.annotate(
            ", ".join(names),
            (first[index], second[index]),
            xytext=(8, 8) if left else (-8, -8),
            textcoords="offset points",
            ha="left" if left else "right",
            va="bottom" if left else "top",
            color=ORANGE,
        )
    axes.set_xlabel(f"{aims.first.name} ({aims.first.unit})")
    axes.set_ylabel(f"{aims.second.name} ({aims.second.unit})")
    axes.set_title(title, fontsize=10)
    axes.margins(0.12)
    axes.grid(alpha=0.3)
    if front.points:
        axes.legend(frameon=False, fontsize=9)
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "optkit"}):
        metadata = SVG_NOTES if kind == "svg" else None
        figure.savefig(buffer, format=kind, dpi=DOTS_PER_INCH, metadata=metadata)
    return buffer.getvalue()
