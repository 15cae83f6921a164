"""Draw a Pareto front: one aim against the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from optkit.core.runtime.extras import needs
from optkit.core.tools.pareto import Knob
from optkit.plotting.charts import axes, legend_above
from optkit.plotting.output import Format, render
from optkit.plotting.palette import BLACK, BLUE, VERMILION
from optkit.plotting.style import CHARTS, using

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optkit.core.tools.pareto import Aims, Front


def draw_front(
    front: Front,
    aims: Aims | Knob,
    labels: Mapping[int, list[str]],
    title: str,
    kind: Format,
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
    with needs("plot", "drawing", "matplotlib"), using(CHARTS):
        figure = _figure(front, aims, labels, title)
    return render(figure, kind, settings=CHARTS)


def _figure(
    front: Front, aims: Aims | Knob, labels: Mapping[int, list[str]], title: str
) -> Figure:
    figure, panel = axes(
        title,
        f"{aims.first.name} ({aims.first.unit})",
        f"{aims.second.name} ({aims.second.unit})",
        width=6.4,
        height=4.2,
    )
    first = [point.values[0] for point in front.points]
    second = [point.values[1] for point in front.points]
    panel.plot(first, second, color=BLUE, linewidth=1, alpha=0.5, zorder=1)
    for proven, face in ((True, BLUE), (False, "white")):
        indices = [i for i, p in enumerate(front.points) if p.proven is proven]
        if indices:
            panel.scatter(
                [first[i] for i in indices],
                [second[i] for i in indices],
                s=36,
                facecolor=face,
                edgecolor=BLUE,
                zorder=2,
                label="proven best under its weights" if proven else "not proven",
            )
    shown = [*first]
    if isinstance(aims, Knob) and front.reference is not None:
        shown.append(front.reference.values[0])
        panel.scatter(
            *front.reference.values, marker="x", color=BLACK, label=aims.reference
        )
    middle = (min(shown, default=0.0) + max(shown, default=0.0)) / 2
    for index, names in labels.items():
        left = first[index] < middle
        panel.annotate(
            ", ".join(names),
            (first[index], second[index]),
            xytext=(8, 8) if left else (-8, -8),
            textcoords="offset points",
            ha="left" if left else "right",
            va="bottom" if left else "top",
            color=VERMILION,
        )
    panel.margins(0.12)
    if front.points:
        legend_above(panel, 3)
    return figure
