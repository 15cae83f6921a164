"""The order in which the parts of each subtree are sent, as strips of servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from optkit.allocation.display.drawing import style
from optkit.allocation.display.drawing.frame import Colour, frame, ink_on
from optkit.allocation.display.drawing.labels import label, text_size
from optkit.allocation.display.view import View

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
class _Chip:
    """One server in a strip, or the name of a strip (``server`` None)."""

    server: str | None
    written: str
    left: float
    width: float
    line: int
    arrow: bool


def order_matters(view: View) -> bool:
    """Return whether a subtree has two servers, so that there is an order to show."""
    return any(len(order) > 1 for order in view.order.values())


def order_height(view: View, width: float) -> float:
    """Return the height in points that the strips take at a width in points."""
    chips = _chips(view, width)
    lines = min(1 + max((chip.line for chip in chips), default=0), MAX_LINES)
    return HEADING + LINE * lines


def draw_order(view: View, *, ax: Axes) -> None:
    """Draw each subtree's servers from first to last sent, coloured by load.

    Subtrees of one server, which have no order, share the last strip.

    Parameters
    ----------
    view
        What to draw.
    ax
        Where; its axis is turned off, and one unit becomes one point.
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
    chips = _chips(view, width)
    drawn = sum(chip.server is not None and chip.line < MAX_LINES for chip in chips)
    missing = sum(map(len, view.order.values())) - drawn
    for chip in chips:
        if chip.line >= MAX_LINES:
            continue
        middle = height - HEADING - LINE * (chip.line + 0.5)
        if chip.server is None:
            _word(ax, chip.left, middle, chip.written, style.SOFT)
            continue
        fill: Colour = style.IDLE
        if not view.idle(chip.server):
            fill = colours(view.server_metric(chip.server, "load_gbit") / heaviest)
        ax.add_artist(
            FancyBboxPatch(
                (chip.left, middle - 6.5),
                chip.width,
                13.0,
                boxstyle="round,pad=0,rounding_size=3",
                facecolor=fill,
                edgecolor=style.INK,
                linewidth=0.6,
            )
        )
        _word(
            ax, chip.left + chip.width / 2, middle, chip.written, ink_on(fill), "center"
        )
        if chip.arrow:
            ax.annotate(
                "",
                (chip.left + chip.width + _GAP - 1.0, middle),
                (chip.left + chip.width + 0.5, middle),
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


def _word(
    ax: Axes, x: float, y: float, written: str, colour: str, ha: str = "left"
) -> None:
    ax.text(
        x,
        y,
        written,
        **style.text(fontsize=style.SMALL, color=colour, ha=ha, va="center_baseline"),
    )


def _chips(view: View, width: float) -> list[_Chip]:
    """Break the strips into lines; of very many servers only those with load."""
    kept = {row.server for row in view.busiest(MAX_SERVERS)[0]}
    orders = {
        root: tuple(name for name in order if name in kept)
        for root, order in view.order.items()
    }
    chips = _broken(orders, width)
    if chips and chips[-1].line >= MAX_LINES:
        busy = {
            root: tuple(name for name in order if not view.idle(name))
            for root, order in orders.items()
        }
        chips = _broken(busy, width)
    return chips


def _broken(orders: Mapping[str, tuple[str, ...]], width: float) -> list[_Chip]:
    """Break strips into lines of a width in points."""
    strips = [
        (f"subtree of {label(root)}:", order, True)
        for root, order in orders.items()
        if len(order) > 1
    ]
    alone = tuple(order[0] for order in orders.values() if len(order) == 1)
    if alone:
        strips.append(("one server each:" if strips else "each alone:", alone, False))
    chips: list[_Chip] = []
    line = 0
    for heading, order, arrows in strips:
        wide = text_size(heading, style.SMALL)[0]
        chips.append(_Chip(None, heading, 0.0, wide, line, False))
        left = wide + 6.0
        for index, server in enumerate(order):
            written = label(server)
            wide = text_size(written, style.SMALL)[0] + 8.0
            if left + wide + _GAP * arrows > width:
                line += 1
                left = _INDENT
            arrow = arrows and index + 1 < len(order)
            chips.append(_Chip(server, written, left, wide, line, arrow))
            left += wide + (_GAP if arrows else 4.0)
        line += 1
    return chips
