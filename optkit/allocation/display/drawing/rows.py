"""The rows that loads and Gantt chart share: one per server, grouped by subtree."""

from __future__ import annotations

from matplotlib.axes import Axes

from optkit.allocation.display.drawing import style
from optkit.allocation.display.view import Row, View
from optkit.plotting.labels import label

MAX_ROWS = 60
"""Most rows that are drawn."""

HEIGHT = 13.5
"""Height of a row in points."""

BAR = 0.68
"""Height of a bar, as a share of its row."""


def visible_rows(view: View) -> tuple[list[Row], int]:
    """Return the rows that are drawn, and how many are missing."""
    return view.busiest(MAX_ROWS)


def name_rows(ax: Axes, rows: list[Row]) -> None:
    """Name the rows on the y axis, first on top, and shade every second subtree."""
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_yticks(
        range(len(rows)),
        [label(row.server) for row in rows],
        **style.text(fontsize=style.SMALL),
    )
    ax.tick_params(axis="y", length=0.0)
    roots = list(dict.fromkeys(row.root for row in rows))
    for index, root in enumerate(roots):
        of_root = [k for k, row in enumerate(rows) if row.root == root]
        if index % 2:
            ax.axhspan(
                of_root[0] - 0.5,
                of_root[-1] + 0.5,
                facecolor=style.BAND,
                edgecolor="none",
                zorder=0,
            )
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)


def note_missing(ax: Axes, missing: int) -> None:
    """Write below the rows how many servers are not drawn."""
    if missing:
        ax.annotate(
            f"{missing} more servers not drawn, none with more load",
            (0.0, 0.0),
            xycoords="axes fraction",
            xytext=(0.0, -38.0),
            textcoords="offset points",
            **style.text(fontsize=style.TINY, color=style.SOFT),
        )
