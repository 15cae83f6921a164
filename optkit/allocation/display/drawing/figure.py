"""The whole picture of an allocation."""

from __future__ import annotations

from textwrap import wrap

from matplotlib.figure import Figure

from optkit.allocation.display.drawing import rows, style
from optkit.allocation.display.drawing.figure_layout import network_height
from optkit.allocation.display.drawing.gantt import draw_gantt
from optkit.allocation.display.drawing.labels import label, number, text_size
from optkit.allocation.display.drawing.loads import draw_loads
from optkit.allocation.display.drawing.network import draw_network
from optkit.allocation.display.drawing.order import (
    draw_order,
    order_height,
    order_matters,
)
from optkit.allocation.display.view import View, make_view
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.solving.result import Verification

MARGIN = 12.0
"""Points around everything."""

GAP = 10.0
"""Points between two parts."""

ABOVE_ROWS, BELOW_ROWS = 30.0, 42.0
"""Points above the rows for their legend, and below for their axis."""

LOADS = 96.0
"""Width in points of the loads' bars."""


def draw(
    instance: AllocationInstance,
    solution: AllocationSolution | None = None,
    verification: Verification | None = None,
) -> Figure:
    """Return the picture of an instance and, if given, its solution.

    Of an instance alone: its network, the sink tree, speeds and rates. Of a solution
    also the loads, the sending order and a Gantt chart.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        What the checker says of the solution; found out where it is not given.

    Returns
    -------
    Figure
        5.6 inches wide, as high as it takes; no display is needed.
    """
    with style.settings():
        return _compose(make_view(instance, solution, verification))


def _compose(seen: View) -> Figure:
    width = 72.0 * style.WIDTH
    inner = width - 2.0 * MARGIN
    title = _title(seen, inner)
    heights = [sum(1.35 * size for _, size, _, _ in title)]
    heights.append(network_height(seen, inner))
    drawn, missing = rows.visible_rows(seen)
    if seen.solved:
        if order_matters(seen):
            heights.append(order_height(seen, inner))
        heights.append(
            rows.HEIGHT * len(drawn) + ABOVE_ROWS + BELOW_ROWS + 10.0 * bool(missing)
        )
    height = sum(heights) + GAP * (len(heights) - 1) + 2.0 * MARGIN
    figure = Figure(figsize=(style.WIDTH, height / 72.0), facecolor="white")

    def box(
        left: float, bottom: float, wide: float, high: float
    ) -> tuple[float, float, float, float]:
        return left / width, bottom / height, wide / width, high / height

    top = height - MARGIN
    for written, size, colour, weight in title:
        top -= 1.35 * size
        figure.text(
            MARGIN / width,
            (top + 0.35 * size) / height,
            written,
            **style.text(fontsize=size, color=colour, fontweight=weight),
        )
    top -= GAP + heights[1]
    network = figure.add_axes(box(MARGIN, top, inner, heights[1]), label="network")
    draw_network(seen, ax=network)
    if not seen.solved:
        return figure
    if order_matters(seen):
        top -= GAP + heights[2]
        strip = figure.add_axes(box(MARGIN, top, inner, heights[2]), label="order")
        draw_order(seen, ax=strip)
    names = 4.0 + max(
        text_size(label(row.server), style.SMALL, bold=True)[0] for row in drawn
    )
    high = rows.HEIGHT * len(drawn)
    bottom = MARGIN + BELOW_ROWS + 10.0 * bool(missing)
    loads = figure.add_axes(box(MARGIN + names, bottom, LOADS, high), label="loads")
    draw_loads(seen, ax=loads)
    left = MARGIN + names + LOADS + 16.0
    gantt = figure.add_axes(
        box(left, bottom, width - MARGIN - left, high), label="gantt"
    )
    draw_gantt(seen, ax=gantt)
    # The rows are the same, so they are named once.
    for name, bold in zip(
        loads.get_yticklabels(), gantt.get_yticklabels(), strict=True
    ):
        name.set_fontweight(bold.get_fontweight())
    gantt.tick_params(labelleft=False)
    for note in gantt.texts:
        note.set_visible(False)
    return figure


_Line = tuple[str, float, str, str]
"""Text, size in points, colour and weight."""


def _title(seen: View, width: float) -> list[_Line]:
    instance = seen.instance
    name = label(instance.name, 48)
    while text_size(name, style.TITLE, bold=True)[0] > width:
        name = label(name, len(name) - 2)
    lines: list[_Line] = [(name, style.TITLE, style.INK, "bold")]
    if seen.solved:
        assert seen.verification is not None
        objective = seen.verification.objective
        cost = "–" if objective is None else f"{objective:.6g}"
        busy = sum(not seen.idle(name) for name in seen.server_metrics)
        facts = [
            f"cost {cost}",
            f"done in {number(seen.metric('completion_time_s'))} s",
            f"energy {number(seen.metric('total_energy_j'))} J",
            f"servers used: {busy} of {len(instance.servers)}",
        ]
    else:
        facts = [
            f"{number(instance.task.size_gbit)} Gbit to share out",
            f"servers within reach: {len(seen.depth)} of {len(instance.servers)}",
            f"height of the tree: {max(seen.depth.values())}",
        ]
    lines += [(line, style.BODY, style.INK, "normal") for line in _joined(facts, width)]
    if seen.verification is not None and seen.verification.violations:
        wrong = seen.verification.violations
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        said = label(f"Fails its check: {wrong[0]}{more}", 200)
        lines += [
            (line, style.SMALL, style.MARK, "bold") for line in wrap(said, 66)[:3]
        ]
    return lines


def _joined(facts: list[str], width: float) -> list[str]:
    """Join facts into as few lines of a width in points as they need."""
    lines = [facts[0]]
    for fact in facts[1:]:
        longer = f"{lines[-1]} · {fact}"
        if text_size(longer, style.BODY)[0] <= width:
            lines[-1] = longer
        else:
            lines.append(fact)
    return lines
