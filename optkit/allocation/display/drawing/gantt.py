"""When each server waits, receives and computes."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from optkit.allocation.display.drawing import rows, style
from optkit.allocation.display.view import Row, View
from optkit.plotting.labels import number

PARTS = (
    ("waiting_s", "waiting", style.WAITING),
    ("transmission_s", "transmission", style.TRANSMISSION),
    ("computing_s", "computing", style.COMPUTING),
)
"""The parts of a server's time, in the order in which they follow (eqs 5, 6, 7)."""

STROKE = "done, store and forward"
"""Name of a stroke in the legend."""

VISIBLE = 1e-3
"""Least relative difference between two finishing times that is drawn."""


def draw_gantt(view: View, *, ax: Axes) -> None:
    """Draw each server's waiting, transmission and computing over time in s.

    The dashed line is the completion time; the servers that finish then have bold
    names, and diamonds mark the servers whose cost is the largest, unless all that have a
    load do. A stroke marks when a server truly finishes, with exact store and forward,
    where that is sooner.

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
    positions = range(len(visible))
    start = [0.0] * len(visible)
    for name, _, colour in PARTS:
        spans = [view.server_metric(row.server, name) for row in visible]
        ax.barh(
            positions, spans, left=start, height=rows.BAR, color=colour, linewidth=0.0
        )
        start = [before + span for before, span in zip(start, spans, strict=True)]
    rows.name_rows(ax, visible)
    rows.note_missing(ax, missing)
    end = view.metric("completion_time_s") if view.solved else 0.0
    ax.set_xlim(0.0, 1.1 * end or 1.0)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.set_xlabel("time, s", loc="left", **style.text(fontsize=style.SMALL))
    if not view.solved:
        return
    ax.axvline(end, color=style.MARK, linewidth=0.9, linestyle=(0, (4.0, 2.0)))
    binding = [k for k, row in enumerate(visible) if row.server in view.marked]
    ax.plot(
        [0.965] * len(binding),
        binding,
        transform=ax.get_yaxis_transform(),
        linestyle="none",
        marker=style.BINDS,
        markersize=3.8,
        color=style.MARK,
    )
    _strokes(view, visible, ax)
    for tick, row in zip(ax.get_yticklabels(), visible, strict=True):
        if view.server_metric(row.server, "time_s") >= end * (1.0 - 1e-9):
            tick.set_fontweight("bold")
    _legend(ax, end, diamonds=bool(view.marked))


def _strokes(view: View, drawn: Sequence[Row], ax: Axes) -> None:
    """Mark when servers finish with exact store and forward, where it differs."""
    finished = []
    for position, row in enumerate(drawn):
        metrics = view.server_metrics[row.server]
        exact = metrics.get("store_and_forward_time_s")
        if not exact or view.idle(row.server):  # not simulated, or nothing to finish
            continue
        if exact < metrics["time_s"] * (1.0 - VISIBLE):
            finished.append((exact, position))
    if not finished:
        return
    ax.plot(
        [exact for exact, _ in finished],
        [position for _, position in finished],
        linestyle="none",
        marker="|",
        markersize=7.0,
        markeredgewidth=1.4,
        color=style.INK,
        label=STROKE,
    )


def _legend(ax: Axes, end: float, *, diamonds: bool) -> None:
    exact = [line for line in ax.get_lines() if line.get_label() == STROKE]
    handles = [
        *(Patch(facecolor=colour, label=name) for _, name, colour in PARTS),
        Line2D(
            [],
            [],
            color=style.MARK,
            linewidth=0.9,
            linestyle=(0, (4.0, 2.0)),
            label=f"last one (bold) done at {number(end)} s",
        ),
    ]
    if diamonds:
        handles.append(
            Line2D(
                [],
                [],
                color=style.MARK,
                linestyle="none",
                marker=style.BINDS,
                markersize=4.0,
                label="cost is the largest",
            )
        )
    handles += exact
    ax.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=3,
        frameon=False,
        borderaxespad=0.2,
        handlelength=1.3,
        handletextpad=0.4,
        columnspacing=0.9,
        labelspacing=0.25,
        prop={"family": style.text()["fontfamily"], "size": style.SMALL},
    )
