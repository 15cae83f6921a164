"""The picture of a front: one aim against the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.runtime.extras import needs
from optkit.plotting.charts import axes, legend_above
from optkit.plotting.output import Format, render
from optkit.plotting.palette import BLUE, VERMILION
from optkit.plotting.style import CHARTS, using

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optkit.core.instance import Instance
    from optkit.core.tools.pareto import Aims, Front


def picture(front: Front, aims: Aims, problem: Instance, kind: Format) -> bytes:
    """Return the front as the bytes of a figure.

    Parameters
    ----------
    front, aims
        What is drawn.
    problem
        The instance, for the title.
    kind
        ``svg`` or ``png``.

    Raises
    ------
    UnavailableError
        If matplotlib is not installed.
    """
    with needs("plot", "drawing", "matplotlib"), using(CHARTS):
        figure = _draw(front, aims, problem.name)
    return render(figure, kind, settings=CHARTS)


def _draw(front: Front, aims: Aims, name: str) -> Figure:
    figure, panel = axes(
        name,
        f"{aims.first.name} ({aims.first.unit})",
        f"{aims.second.name} ({aims.second.unit})",
        width=6.4,
        height=4.2,
    )
    first = [point.values[0] for point in front.points]
    second = [point.values[1] for point in front.points]
    panel.plot(first, second, color=BLUE, linewidth=1, alpha=0.5, zorder=1)
    for proven, face in ((True, BLUE), (False, "white")):
        chosen = [i for i, p in enumerate(front.points) if p.proven is proven]
        if chosen:
            panel.scatter(
                [first[i] for i in chosen],
                [second[i] for i in chosen],
                s=36,
                facecolor=face,
                edgecolor=BLUE,
                zorder=2,
                label="proven best under its weights" if proven else "not proven",
            )
    names: dict[int, list[str]] = {}
    for label, place in front.labels.items():
        names.setdefault(place, []).append(label)
    for place, labels in names.items():
        left = first[place] < (min(first) + max(first)) / 2
        panel.annotate(
            ", ".join(labels),
            (first[place], second[place]),
            xytext=(8, 8) if left else (-8, -8),
            textcoords="offset points",
            ha="left" if left else "right",
            va="bottom" if left else "top",
            color=VERMILION,
        )
    panel.margins(0.12)
    if front.points:
        legend_above(panel, 2)
    return figure
