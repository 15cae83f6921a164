"""Draw a Pareto front: one aim against the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.runtime.extras import needs
from optkit.core.tools.pareto.aims import Knob
from optkit.plotting.charts import axes, legend_above
from optkit.plotting.output import Format, render
from optkit.plotting.palette import BLACK, BLUE, SKY, VERMILION
from optkit.plotting.style import CHARTS, using

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

    from optkit.core.tools.pareto.aims import Aims
    from optkit.core.tools.pareto.front import Front

_PLACES = [(8, 8), (-8, -8), (8, 26), (-8, -26)]
"""Where a label may stand from its point, in points."""


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
    )
    first = [point.values[0] for point in front.points]
    second = [point.values[1] for point in front.points]
    if isinstance(aims, Knob):
        panel.plot(first, second, color=BLUE, linewidth=1, alpha=0.5, zorder=1)
    elif len(front.found):
        _draw_band(panel, front)
    for proven, face in ((True, BLUE), (False, "white")):
        indices = [i for i, p in enumerate(front.points) if p.proven is proven]
        if indices:
            panel.scatter(
                [first[i] for i in indices],
                [second[i] for i in indices],
                s=30,
                facecolor=face,
                edgecolor=BLUE,
                zorder=3,
                label="listed, proven" if proven else "listed, not proven",
            )
    shown = [*first]
    if isinstance(aims, Knob) and front.reference is not None:
        shown.append(front.reference.values[0])
        panel.scatter(
            *front.reference.values, marker="x", color=BLACK, label=aims.reference
        )
    panel.margins(0.12)
    if front.points:
        legend_above(panel, 2)
    middle = (min(shown, default=0.0) + max(shown, default=0.0)) / 2
    _label(figure, panel, front, labels, middle)
    return figure


def _label(
    figure: Figure,
    panel: Axes,
    front: Front,
    labels: Mapping[int, list[str]],
    middle: float,
) -> None:
    """Write the labels beside their points, clear of each other where there is room."""
    figure.draw_without_rendering()
    written: list[Bbox] = []
    for index, names in labels.items():
        point = front.points[index].values
        sign = 1 if point[0] < middle else -1
        places = [(sign * x, sign * y) for x, y in _PLACES]
        for x, y in places:
            label = panel.annotate(
                ", ".join(names),
                point,
                xytext=(x, y),
                textcoords="offset points",
                ha="left" if x > 0 else "right",
                va="bottom" if y > 0 else "top",
                color=VERMILION,
            )
            box = label.get_window_extent()
            if (x, y) == places[-1] or not box.count_overlaps(written):
                written.append(box)
                break
            label.remove()


def _draw_band(panel: Axes, front: Front) -> None:
    """Draw all points as stairs, and the band in which there may be better ones."""
    found = front.found
    stairs = front.bound.staircase(found)
    edge = found[-1:, 0]
    if len(stairs):
        edge = np.maximum(edge, stairs[-1:, 0])
    across = np.append(found[:, 0], edge)
    upper = np.append(found[:, 1], found[-1:, 1])
    if len(stairs):
        steps = np.unique(np.concatenate([stairs[:, 0], across]))
        steps = steps[steps >= stairs[0, 0]]
        top = float(found[:, 1].max())
        over = _at(steps, found, top)
        under = _at(steps, stairs, top)
        panel.fill_between(
            steps,
            under,
            np.maximum(over, under),
            step="post",
            color=SKY,
            linewidth=0.0,
            alpha=0.5,
            zorder=1,
            label="could hold better solutions",
        )
    panel.step(
        across,
        upper,
        where="post",
        color=BLUE,
        linewidth=1.0,
        zorder=2,
        label=f"found: {len(found)} points",
    )


def _at(steps: Floats, stairs: Floats, top: float) -> Floats:
    """Return the height of descending stairs at some places; ``top`` before the first."""
    heights = np.append(top, stairs[:, 1])
    return heights[np.searchsorted(stairs[:, 0], steps, side="right")]
