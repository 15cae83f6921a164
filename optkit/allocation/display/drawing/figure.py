"""The whole picture of an allocation."""

from __future__ import annotations

from textwrap import wrap

from matplotlib.figure import Figure

from optkit.allocation.display.drawing import rows, style
from optkit.allocation.display.drawing.figure_layout import network_height
from optkit.allocation.display.drawing.gantt import draw_gantt
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
from optkit.plotting.labels import label, number, text_size

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

    An instance alone gives its network, the sink tree, speeds and rates. A solution
    adds the loads, the sending order and a Gantt chart.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's verdict on the solution; computed if not given.

    Returns
    -------
    Figure
        5.6 inches wide, as high as it takes; no display is needed.
    """
    with style.settings():
        return _compose(make_view(instance, solution, verification))


def _compose(view: View) -> Figure:
    width = 72.0 * style.WIDTH
    inner = width - 2.0 * MARGIN
    title = _title(view, inner)
    heights = [sum(1.35 * size for _, size, _, _ in title)]
    heights.append(network_height(view, inner))
    visible, missing = rows.visible_rows(view)
    if view.solved:
        if order_matters(view):
            heights.append(order_height(view, inner))
        heights.append(
            rows.HEIGHT * len(visible) + ABOVE_ROWS + BELOW_ROWS + 10.0 * bool(missing)
        )
    height = sum(heights) + GAP * (len(heights) - 1) + 2.0 * MARGIN
    figure = Figure(figsize=(style.WIDTH, height / 72.0), facecolor="white")

    def box(
        left: float, bottom: float, box_width: float, box_height: float
    ) -> tuple[float, float, float, float]:
        return left / width, bottom / height, box_width / width, box_height / height

    top = height - MARGIN
    for text, size, colour, weight in title:
        top -= 1.35 * size
        figure.text(
            MARGIN / width,
            (top + 0.35 * size) / height,
            text,
            **style.text(fontsize=size, color=colour, fontweight=weight),
        )
    top -= GAP + heights[1]
    network = figure.add_axes(box(MARGIN, top, inner, heights[1]), label="network")
    draw_network(view, ax=network)
    if not view.solved:
        return figure
    if order_matters(view):
        top -= GAP + heights[2]
        strip = figure.add_axes(box(MARGIN, top, inner, heights[2]), label="order")
        draw_order(view, ax=strip)
    names = 4.0 + max(
        text_size(label(row.server), style.SMALL, bold=True)[0] for row in visible
    )
    box_height = rows.HEIGHT * len(visible)
    bottom = MARGIN + BELOW_ROWS + 10.0 * bool(missing)
    loads = figure.add_axes(
        box(MARGIN + names, bottom, LOADS, box_height), label="loads"
    )
    draw_loads(view, ax=loads)
    left = MARGIN + names + LOADS + 16.0
    gantt = figure.add_axes(
        box(left, bottom, width - MARGIN - left, box_height), label="gantt"
    )
    draw_gantt(view, ax=gantt)
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


def _title(view: View, width: float) -> list[_Line]:
    instance = view.instance
    name = label(instance.name, 48)
    while text_size(name, style.TITLE, bold=True)[0] > width:
        name = label(name, len(name) - 2)
    lines: list[_Line] = [(name, style.TITLE, style.INK, "bold")]
    if view.solved:
        assert view.verification is not None
        objective = view.verification.objective
        cost = "–" if objective is None else f"{objective:.6g}"
        busy = sum(not view.idle(name) for name in view.server_metrics)
        facts = [
            f"cost {cost}",
            f"done in {number(view.metric('completion_time_s'))} s",
            f"energy {number(view.metric('total_energy_j'))} J",
            f"servers used: {busy} of {len(instance.servers)}",
        ]
        if busy > 1 and not view.marked and view.binding:
            facts.append("all of them at the largest cost")
    else:
        facts = [
            f"{number(instance.task.size_gbit)} Gbit to share out",
            f"servers within reach: {len(view.depth)} of {len(instance.servers)}",
            f"height of the tree: {max(view.depth.values())}",
        ]
    lines += [(line, style.BODY, style.INK, "normal") for line in _joined(facts, width)]
    if view.verification is not None and view.verification.violations:
        violations = view.verification.violations
        more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
        message = label(f"Fails its check: {violations[0]}{more}", 200)
        lines += [
            (line, style.SMALL, style.MARK, "bold") for line in wrap(message, 66)[:3]
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
