"""The load of each server as a bar."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from optkit.allocation.display.drawing import rows, style
from optkit.allocation.display.view import View
from optkit.plotting.labels import number, text_size


def draw_loads(view: View, *, ax: Axes) -> None:
    """Draw the servers' loads in Gbit as bars, by subtree and sending order.

    A diamond marks the servers whose cost is the largest, unless all that have a load do.

    Parameters
    ----------
    view
        The solution; for an instance alone only the axes are drawn.
    ax
        The axes to draw in.
    """
    visible, missing = rows.visible_rows(view)
    if not view.solved:
        visible, missing = [], 0
    loads = [view.server_metric(row.server, "load_gbit") for row in visible]
    top = max([*loads, 0.0]) or 1.0
    colours = style.loads_map()
    ax.barh(
        range(len(visible)),
        loads,
        height=rows.BAR,
        color=[
            style.IDLE if view.idle(row.server) else colours(load / top)
            for row, load in zip(visible, loads, strict=True)
        ],
        edgecolor=style.INK,
        linewidth=0.4,
    )
    for k, (row, load) in enumerate(zip(visible, loads, strict=True)):
        ax.annotate(
            number(load),
            (max(load, 0.0), k),
            xytext=(3.0, 0.0),
            textcoords="offset points",
            **style.text(fontsize=style.TINY, va="center_baseline"),
        )
        if row.server in view.marked:
            ax.annotate(
                style.BINDS_TEXT,
                (max(load, 0.0), k),
                xytext=(6.0 + text_size(number(load), style.TINY)[0], 0.0),
                textcoords="offset points",
                **style.text(
                    fontsize=style.TINY, va="center_baseline", color=style.MARK
                ),
            )
    rows.name_rows(ax, visible)
    rows.note_missing(ax, missing)
    ax.set_xlim(0.0, 1.6 * top)  # room for the numbers
    ticks = MaxNLocator(3).tick_values(0.0, top)
    ax.set_xticks([tick for tick in ticks if 0.0 <= tick <= 1.2 * top])
    ax.set_xlabel("load, Gbit", loc="left", **style.text(fontsize=style.SMALL))
