"""The order in which the parts of each subtree are sent, as strips of servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from optkit.allocation.display.drawing import style
from optkit.allocation.display.drawing.frame import Colour, frame, ink_on
from optkit.allocation.display.view import View
from optkit.plotting.labels import label, text_size

LINE = 19.0
"""Height in points of one line of the strips."""

MAX_LINES = 14
"""Most lines that are drawn."""

MAX_SERVERS = 400
"""Most servers for which room is looked for; more never fit."""

HEADING = 16.0
"""Height in points of the heading."""

_GAP = 11.0
_INDENT = 14.0


@dataclass(frozen=True)
class _StripItem:
    """One server in a strip, or the heading of a strip (``server`` None)."""

    server: str | None
    written: str
    left: float
    width: float
    line: int
    arrow: bool


def order_matters(view: View) -> bool:
    """Return whether some subtree has two servers, so that there is an order to show."""
    return any(len(order) > 1 for order in view.order.values())


def order_height(view: View, width: float) -> float:
    """Return the height in points that the strips take at a given width in points."""
    items = _strip_items(view, width)
    lines = min(1 + max((item.line for item in items), default=0), MAX_LINES)
    return HEADING + LINE * lines


def draw_order(view: View, *, ax: Axes) -> None:
    """Draw each subtree's servers from first to last sent, coloured by load.

    Subtrees of one server, which have no order, share the last strip.

    Parameters
    ----------
    view
        The solution.
    ax
        The axes to draw in. Their axis is turned off, and one unit becomes one point.
    """
    width, height = frame(ax)
    ax.text(
        0.0,
        height - HEADING / 2,
        "Sending order, first to last",
        **style.text(fontsize=style.BODY, fontweight="bold", va="center_baseline"),
    )
    heaviest = max((view.server_metric(row.server, "load_gbit") for row in view.rows()),
                   default=0.0)  # fmt: skip
    colours = style.loads_map()
    items = _strip_items(view, width)
    drawn = sum(item.server is not None and item.line < MAX_LINES for item in items)
    missing = sum(map(len, view.order.values())) - drawn
    for item in items:
        if item.line >= MAX_LINES:
            continue
        middle = height - HEADING - LINE * (item.line + 0.5)
        if item.server is None:
            _write(ax, item.left, middle, item.written, style.SOFT)
            continue
        fill: Colour = style.IDLE
        if not view.idle(item.server):
            fill = colours(view.server_metric(item.server, "load_gbit") / heaviest)
        ax.add_artist(
            FancyBboxPatch(
                (item.left, middle - 6.5),
                item.width,
                13.0,
                boxstyle="round,pad=0,rounding_size=3",
                facecolor=fill,
                edgecolor=style.INK,
                linewidth=0.6,
            )
        )
        _write(
            ax, item.left + item.width / 2, middle, item.written, ink_on(fill), "center"
        )
        if item.arrow:
            ax.annotate(
                "",
                (item.left + item.width + _GAP - 1.0, middle),
                (item.left + item.width + 0.5, middle),
                arrowprops={
                    "arrowstyle": "-|>,head_length=0.25,head_width=0.18",
                    "color": style.SOFT,
                    "linewidth": 0.8,
                    "shrinkA": 0.0,
                    "shrinkB": 0.0,
                },
            )
    if missing:
        written = f"{missing} more servers not drawn"
        ax.text(
            width,
            height - HEADING / 2,
            written,
            **style.text(
                fontsize=style.TINY, color=style.SOFT, ha="right", va="center_baseline"
            ),
        )


def _write(
    ax: Axes, x: float, y: float, written: str, colour: str, ha: str = "left"
) -> None:
    ax.text(
        x,
        y,
        written,
        **style.text(fontsize=style.SMALL, color=colour, ha=ha, va="center_baseline"),
    )


def _strip_items(view: View, width: float) -> list[_StripItem]:
    """Break the strips into lines; if there are too many, show servers with load only."""
    kept = {row.server for row in view.busiest(MAX_SERVERS)[0]}
    orders = {
        root: tuple(name for name in order if name in kept)
        for root, order in view.order.items()
    }
    items = _break_lines(orders, width)
    if items and items[-1].line >= MAX_LINES:
        busy = {
            root: tuple(name for name in order if not view.idle(name))
            for root, order in orders.items()
        }
        items = _break_lines(busy, width)
    return items


def _break_lines(
    orders: Mapping[str, tuple[str, ...]], width: float
) -> list[_StripItem]:
    """Break strips into lines of a given width in points."""
    strips = [
        (f"subtree of {label(root)}:", order, True)
        for root, order in orders.items()
        if len(order) > 1
    ]
    alone = tuple(order[0] for order in orders.values() if len(order) == 1)
    if alone:
        strips.append(("one server each:" if strips else "each alone:", alone, False))
    items: list[_StripItem] = []
    line = 0
    for heading, order, arrows in strips:
        item_width = text_size(heading, style.SMALL)[0]
        items.append(_StripItem(None, heading, 0.0, item_width, line, False))
        left = item_width + 6.0
        for index, server in enumerate(order):
            written = label(server)
            item_width = text_size(written, style.SMALL)[0] + 8.0
            if left + item_width + _GAP * arrows > width:
                line += 1
                left = _INDENT
            arrow = arrows and index + 1 < len(order)
            items.append(_StripItem(server, written, left, item_width, line, arrow))
            left += item_width + (_GAP if arrows else 4.0)
        line += 1
    return items
