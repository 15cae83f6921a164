"""The picture of the network and the tree in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.patches import Circle, Rectangle

from optkit.allocation.display.drawing import style
from optkit.allocation.display.drawing.figure_layout import (
    ASIDE,
    ASIDE_LINE,
    MAX_ASIDE,
    footer_height,
    plan_network,
)
from optkit.allocation.display.drawing.frame import frame
from optkit.allocation.display.drawing.legend import draw_colour_bar, draw_legend
from optkit.allocation.display.drawing.network_canvas import HALF_SQUARE, NetworkCanvas
from optkit.allocation.display.drawing.network_labels import (
    draw_amounts,
    draw_names,
    draw_notes,
    draw_places,
)
from optkit.allocation.display.drawing.network_links import (
    draw_other_links,
    draw_tree_links,
)
from optkit.allocation.display.view import View
from optkit.plotting.label_placement import box_around
from optkit.plotting.labels import label


def draw_network(view: View, *, ax: Axes) -> None:
    """Draw the network: every link faint, the tree's bold, servers by speed and load.

    A server's area grows with its speed in GHz; its colour shows its load in Gbit. A
    link of the tree is as wide as what is sent over it (Gbit) or, without a solution,
    as its rate (Gbit/s). The number beside a server is its position in its subtree's
    sending order. Of very large trees only the part that carries most is drawn, and the
    rest is counted.

    Parameters
    ----------
    view
        The instance or solution.
    ax
        The axes to draw in. Their axis is turned off, and one unit becomes one point.
    """
    width, height = frame(ax)
    plan = plan_network(view, width, height)
    lift = (
        height
        - (height - footer_height(view) - plan.layout.height) / 2
        - plan.layout.height
    )
    plan = replace(
        plan,
        at={name: (x, y + lift) for name, (x, y) in plan.layout.at.items()},
    )
    canvas = NetworkCanvas(view, plan, ax, width, height)
    # From the back to the front: what comes later covers what comes earlier.
    _draw_unreachable(canvas)
    draw_other_links(canvas)
    draw_tree_links(canvas)
    for name in canvas.at:
        _draw_server(canvas, name)
    nameless = draw_names(canvas)
    draw_places(canvas)
    draw_amounts(canvas)
    draw_notes(canvas, nameless)
    draw_legend(view, canvas.heaviest_link, ax=ax)
    if view.solved:
        draw_colour_bar(ScalarMappable(canvas.scale, canvas.colours), ax=ax)


def _draw_unreachable(canvas: NetworkCanvas) -> None:
    """Set aside a column or two for the servers that no path leads to."""
    names = canvas.view.unreachable
    if not names:
        return
    columns = 1 + (len(names) > MAX_ASIDE // 2)
    left = canvas.width - ASIDE * columns
    top = canvas.height - 4.0
    canvas.text(left + 2.0, top - 5.0, "unreachable:", style.SMALL, style.SOFT, "left")
    for k, name in enumerate(names[:MAX_ASIDE]):
        column, line = divmod(k, MAX_ASIDE // 2)
        x, y = left + 8.0 + ASIDE * column, top - ASIDE_LINE * (line + 1.3)
        canvas.at[name] = (x, y)
        canvas.radius[name] = 4.5
        canvas.text(x + 8.0, y, label(name, 8), style.TINY, style.SOFT, "left")
    if len(names) > MAX_ASIDE:
        line = MAX_ASIDE // 2 + 1
        more = f"and {len(names) - MAX_ASIDE} more"
        canvas.text(left + 2.0, top - ASIDE_LINE * (line + 0.2), more, style.TINY,
                   style.SOFT, "left")  # fmt: skip
    canvas.space.take((left, 0.0, canvas.width, canvas.height))


def _draw_server(canvas: NetworkCanvas, name: str) -> None:
    """Draw a server as a circle, the master as a square with a ring around it."""
    x, y = canvas.at[name]
    radius = canvas.radius[name]
    apart = name in canvas.view.left_out or name in canvas.view.unreachable
    look: dict[str, Any] = {
        "facecolor": canvas.fill(name),
        "edgecolor": style.SOFT if apart else style.INK,
        "linewidth": 0.8 if canvas.room > 14.0 else 0.4,
        "linestyle": (0, (2.0, 1.5)) if name in canvas.view.left_out else "solid",
        "zorder": 3,
    }
    if name != canvas.view.master:
        canvas.ax.add_artist(Circle((x, y), radius, **look))
        canvas.space.take(box_around(x, y, 2.0 * radius, 2.0 * radius))
        return
    half = HALF_SQUARE * radius
    ring = canvas.reach(name)
    canvas.ax.add_artist(Rectangle((x - half, y - half), 2 * half, 2 * half, **look))
    canvas.ax.add_artist(
        Rectangle(
            (x - ring, y - ring),
            2 * ring,
            2 * ring,
            facecolor="none",
            edgecolor=style.INK,
            linewidth=1.2,
            zorder=3,
        )
    )
    canvas.space.take(box_around(x, y, 2.0 * ring, 2.0 * ring))
