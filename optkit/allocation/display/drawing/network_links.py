"""The links of a network: those of the tree bold, all others faint."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.patches import Polygon
from matplotlib.path import Path

from optkit.allocation.display.drawing import style
from optkit.allocation.display.drawing.layout import Point
from optkit.allocation.display.drawing.network_canvas import NetworkCanvas
from optkit.plotting.label_placement import box_around


def draw_other_links(canvas: NetworkCanvas) -> None:
    """Draw the links that the tree does not use, faint and bent."""
    tree = {tuple(sorted(pair)) for pair in canvas.plan.parent.items()}
    drawn = sorted(
        {
            (first, second)
            for first, second in (tuple(sorted(ends)) for ends in canvas.view.rates)
            if first in canvas.at
            and second in canvas.at
            and (first, second) not in tree
        }
    )
    paths = []
    for first, second in drawn:
        (x0, y0), (x1, y1) = canvas.at[first], canvas.at[second]
        # Bent, so that a link between two servers in a line is not hidden by those
        # between them.
        bend = 0.16
        middle = (
            (x0 + x1) / 2 - bend * (y1 - y0),
            (y0 + y1) / 2 + bend * (x1 - x0),
        )
        paths.append(
            Path(
                [(x0, y0), middle, (x1, y1)],
                [Path.MOVETO, Path.CURVE3, Path.CURVE3],
            )
        )
    if paths:
        canvas.ax.add_collection(
            PathCollection(
                paths,
                facecolors="none",
                edgecolors=style.FAINT,
                linewidths=0.8 if len(paths) < 150 else 0.25,
                zorder=1,
            ),
            autolim=False,
        )


def draw_tree_links(canvas: NetworkCanvas) -> None:
    """Draw the links of the tree as arrows, as wide as what they carry.

    The canvas notes their width and the room that they take.
    """
    heaviest = max((canvas.carried[name] for name in canvas.plan.parent), default=0.0)
    canvas.heaviest_link = heaviest
    shafts: dict[bool, list[tuple[Point, Point]]] = {True: [], False: []}
    widths: dict[bool, list[float]] = {True: [], False: []}
    samples: list[Point] = []
    owners: list[str] = []
    for child, sender in canvas.plan.parent.items():
        (x0, y0), (x1, y1) = canvas.at[sender], canvas.at[child]
        length = math.hypot(x1 - x0, y1 - y0)
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        share = canvas.carried[child] / heaviest if heaviest > 0 else 0.0
        width = min(1.0, canvas.room / 40.0) * (0.8 + 3.2 * share)
        canvas.thickness[child] = width
        start = canvas.radius[sender] + 1.0
        end = length - canvas.radius[child] - 1.0
        used = child not in canvas.view.left_out
        head = min(2.0 + 1.6 * width, 0.6 * (end - start)) if used else 0.0
        tip = (x0 + ux * end, y0 + uy * end)
        base = (tip[0] - ux * head, tip[1] - uy * head)
        if head > 1.0:
            half = 0.6 * head
            canvas.ax.add_artist(
                Polygon(
                    [
                        tip,
                        (base[0] - uy * half, base[1] + ux * half),
                        (base[0] + uy * half, base[1] - ux * half),
                    ],
                    facecolor=style.SOFT,
                    edgecolor="none",
                    zorder=2,
                )
            )
        shafts[used].append(((x0 + ux * start, y0 + uy * start), base))
        widths[used].append(width if used else min(0.8, canvas.room / 30.0))
        for t in np.arange(start, end, 4.0):
            canvas.lines.take(box_around(x0 + ux * t, y0 + uy * t, 2.0, 2.0))
            samples.append((x0 + ux * t, y0 + uy * t))
            owners.append(child)
    canvas.samples = np.array(samples).reshape(-1, 2)
    canvas.sample_owners = np.array(owners, dtype=object)
    for used, dashes in ((True, "solid"), (False, (0, (2.0, 2.0)))):
        if shafts[used]:
            canvas.ax.add_collection(
                LineCollection(
                    shafts[used],
                    colors=style.SOFT,
                    linewidths=widths[used],
                    linestyles=dashes,
                    capstyle="butt",
                    zorder=2,
                ),
                autolim=False,
            )
