"""Words and numbers on a network: names, places in the order, loads, what is missing."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from optkit.allocation.display.drawing import style
from optkit.allocation.display.drawing.figure_layout import shows_places
from optkit.allocation.display.drawing.frame import ink_on
from optkit.allocation.display.drawing.layout import Point
from optkit.allocation.display.drawing.network_canvas import NetworkCanvas
from optkit.plotting.label_placement import box_around
from optkit.plotting.labels import label, number, text_size

PADDING = 3.0
"""Room in points that a name keeps from its neighbours."""


def draw_names(canvas: NetworkCanvas) -> int:
    """Write the servers' names in or beside them; return how many found no room."""
    nameless = 0
    ranked = sorted(
        canvas.plan.at,
        key=lambda name: (name != canvas.view.master, -_rank(canvas, name)),
    )
    for name in ranked:
        x, y = canvas.at[name]
        text = label(name, 16)
        radius = canvas.radius[name]
        for size in (style.BODY, style.SMALL, style.TINY):
            if text_size(text, size)[0] <= 1.75 * radius and size < 1.6 * radius:
                canvas.text(x, y, text, size, ink_on(canvas.fill(name)))
                break
        else:
            nameless += not _draw_beside(canvas, name)
    return nameless


def _rank(canvas: NetworkCanvas, name: str) -> float:
    """Return a rank by which names are placed: the load, or nearness to the master."""
    if canvas.view.solved:
        return canvas.view.server_metric(name, "load_gbit")
    return -float(canvas.view.depth[name])


def _draw_beside(canvas: NetworkCanvas, name: str) -> bool:
    """Write a name beside its server, cut short where there is no room for all of it."""
    for limit, farther in ((16, 0.0), (9, 0.0), (16, 7.0), (9, 7.0)):
        text = label(name, limit)
        width, height = text_size(text, style.TINY)
        size = (width + PADDING, height + 1.0)
        reach = canvas.reach(name) + 1.5 + farther
        centres = list(_places_beside(canvas, name, size, reach))
        centre = canvas.place_label(size, centres)
        if centre is not None:
            canvas.text(*centre, text, style.TINY, halo=True)
            return True
    if name != canvas.view.master:
        return False
    # The master is named in any case, on top of what is there.
    canvas.text(*centres[0], text, style.TINY, halo=True)
    return True


def _places_beside(
    canvas: NetworkCanvas, name: str, size: tuple[float, float], reach: float
) -> Iterator[Point]:
    """Yield centres for a label beside a server, the preferred ones first."""
    x, y = canvas.at[name]
    width, height = size[0] / 2.0, size[1] / 2.0
    ways = [(1, 0), (-1, 0), (0, -1), (0, 1), (1, 1), (-1, 1), (1, -1), (-1, -1)]
    if canvas.plan.layout.kind == "across":
        ways = [(0, 1), (0, -1), *ways]
    elif canvas.plan.layout.kind == "rings":
        cx, cy = canvas.at[canvas.view.master]
        # Outwards first: the leaves, at least, have no link there.
        ways.sort(key=lambda way: -(way[0] * (x - cx) + way[1] * (y - cy))
                  / math.hypot(*way))  # fmt: skip
    for right, up in ways:
        slant = 0.75 if right and up else 1.0
        yield (
            x + right * (slant * reach + width),
            y + up * (slant * reach + height),
        )


def draw_places(canvas: NetworkCanvas) -> None:
    """Write each server's place in its subtree's sending order beside it."""
    if not shows_places(canvas.view):
        return
    for order in canvas.view.order.values():
        if len(order) < 2:
            continue
        for position, name in enumerate(order, 1):
            if name not in canvas.radius or canvas.view.idle(name):
                continue
            width, height = text_size(str(position), style.TINY)
            size = (width + 4.0, height + 1.0)
            x, y = canvas.at[name]
            reach = 0.72 * canvas.radius[name]
            corners = ((1, 1), (-1, 1), (1, -1), (-1, -1))
            centres = [
                (
                    x + right * (canvas.radius[name] + size[0] / 2 + 0.5),
                    y + up * (reach + size[1] / 2 - 1.0),
                )
                for right, up in corners
            ]
            centre = canvas.place_label(size, centres)
            if centre is None:
                continue
            canvas.ax.text(
                *centre,
                str(position),
                **style.text(
                    fontsize=style.TINY,
                    color=style.MARK,
                    ha="center",
                    va="center_baseline",
                    zorder=5,
                    bbox={
                        "boxstyle": "round,pad=0.12",
                        "facecolor": "white",
                        "edgecolor": style.MARK,
                        "linewidth": 0.6,
                    },
                ),
            )


def draw_amounts(canvas: NetworkCanvas) -> None:
    """Write what each link of the tree carries, or its rate, beside it."""
    wanted = [
        child
        for child in canvas.plan.parent
        if canvas.carried[child] > 1e-7 * canvas.heaviest_link
        and child not in canvas.view.left_out
    ]
    placed: list[tuple[Point, str]] = []
    for child in wanted:
        sender = canvas.plan.parent[child]
        (x0, y0), (x1, y1) = canvas.at[sender], canvas.at[child]
        text = number(canvas.carried[child])
        width, height = text_size(text, style.TINY)
        size = (width + 1.0, height)
        length = math.hypot(x1 - x0, y1 - y0)
        nx, ny = -(y1 - y0) / length, (x1 - x0) / length
        off = abs(nx) * width / 2 + abs(ny) * height / 2 + 2.0
        off += canvas.thickness[child] / 2
        centres = [
            (
                x0 + t * (x1 - x0) + side * nx * off,
                y0 + t * (y1 - y0) + side * ny * off,
            )
            for t in (0.5, 0.6, 0.4)
            for side in (1, -1)
        ]
        clear = [c for c in centres if canvas.lines.free(box_around(*c, *size))]
        others = canvas.samples[canvas.sample_owners != child]
        clear.sort(key=lambda c: -_distance(c, others))
        centre = canvas.space.place(size, clear)
        if centre is not None:
            placed.append((centre, text))
    # A few numbers here and there would say less than none, and so would many equal ones:
    # the legend has that number.
    equal = len(placed) > 2 and len({text for _, text in placed}) == 1
    if len(placed) < 0.75 * len(wanted) or equal:
        return
    for centre, text in placed:
        canvas.text(*centre, text, style.TINY, style.SOFT, halo=True)


def draw_notes(canvas: NetworkCanvas, nameless: int) -> None:
    """Write how many servers are not drawn, and how many are drawn without a name."""
    parts = []
    if canvas.plan.missing:
        parts.append(f"{_counted(canvas.plan.missing, 'more server')} not drawn")
    if nameless:
        parts.append(f"{_counted(nameless, 'name')} left out for want of room")
    if parts:
        canvas.text(2.0, 4.0, "; ".join(parts), style.TINY, style.SOFT, "left")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s'[: count != 1]}"


def _distance(point: Point, others: npt.NDArray[np.float64]) -> float:
    """Return how far a point is from the nearest of ``others``, at most 24 points."""
    if not len(others):
        return 24.0
    away = np.hypot(others[:, 0] - point[0], others[:, 1] - point[1])
    # Farther away a number cannot be taken for a neighbour's.
    return min(float(away.min()), 24.0)
