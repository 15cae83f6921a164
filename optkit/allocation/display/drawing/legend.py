"""The legend of a network, and the colour bar of loads."""

from __future__ import annotations

from itertools import compress

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.ticker import MaxNLocator

from optkit.allocation.display.drawing import style
from optkit.allocation.display.drawing.figure_layout import (
    NOTE,
    footer_height,
    legend_entries,
)
from optkit.allocation.display.view import View
from optkit.plotting.labels import number


def draw_legend(view: View, heaviest: float, *, ax: Axes) -> None:
    """Draw the legend of a network below its tree.

    Parameters
    ----------
    view
        The instance or solution that is drawn.
    heaviest
        Gbit, or Gbit/s without a solution, of the widest link of the tree.
    ax
        The axes to draw in, measured in points.
    """
    speeds = [server.ghz for server in view.servers.values()]
    slow, fast = number(min(speeds)), number(max(speeds))
    span = slow if slow == fast else f"{slow} to {fast}"
    top = number(heaviest)
    unit, quantity = ("Gbit", "load sent") if view.solved else ("Gbit/s", "rate")
    candidates = [
        (_dot("s", style.SPEED), "master"),
        (_dot("o", style.SPEED), f"server, area: speed ({span} GHz)"),
        (
            Line2D([], [], color=style.SOFT, linewidth=2.2),
            f"tree, by {quantity} (≤ {top} {unit})" if heaviest else "tree, unused",
        ),
        (Line2D([], [], color=style.FAINT), "other link"),
        (_dot("s", "white", style.MARK), "place in the sending order"),
        (_dot("o", style.IDLE), "takes no load"),
        (_dot("o", "white", style.SOFT, dashed=True), "left out by the solution"),
    ]
    entries = list(compress(candidates, legend_entries(view)))
    legend = ax.legend(
        [artist for artist, _ in entries],
        [meaning for _, meaning in entries],
        loc="upper left",
        bbox_to_anchor=(0.0, (footer_height(view) - 4.0) / ax.get_ylim()[1]),
        ncols=2,
        frameon=False,
        borderaxespad=0.0,
        handlelength=1.5,
        handletextpad=0.5,
        columnspacing=1.2,
        labelspacing=0.3,
        prop={"family": style.text()["fontfamily"], "size": style.SMALL},
    )
    legend.set_in_layout(False)


def draw_colour_bar(colours: ScalarMappable, *, ax: Axes) -> None:
    """Draw which colour stands for which load.

    Parameters
    ----------
    colours
        The colours, over Gbit.
    ax
        The axes to draw in, measured in points.
    """
    bar = ax.inset_axes(
        (70.0, NOTE + 13.0, min(220.0, ax.get_xlim()[1] - 90.0), 7.0),
        transform=ax.transData,
    )
    drawn = ax.figure.colorbar(colours, cax=bar, orientation="horizontal")
    drawn.outline.set_linewidth(0.4)
    bar.xaxis.set_major_locator(MaxNLocator(5))
    bar.tick_params(labelsize=style.TINY, length=2.0, width=0.5, pad=1.5)
    ax.text(
        2.0,
        NOTE + 16.5,
        "load, Gbit",
        **style.text(fontsize=style.SMALL, va="center_baseline"),
    )


def _dot(marker: str, fill: str, edge: str = style.INK, dashed: bool = False) -> Line2D:
    """Return a server's mark for the legend."""
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=MarkerStyle(marker),
        markersize=7.0,
        markerfacecolor=fill,
        markeredgecolor=edge,
        markeredgewidth=0.5 if dashed else 0.8,
    )
