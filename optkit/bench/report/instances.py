"""Pictures of one instance: its best solution, and the convergence of its runs."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from PIL import Image, ImageChops

from optkit.bench.record import Record
from optkit.bench.study import Study
from optkit.core.errors import OptkitError
from optkit.core.files import paths
from optkit.core.solving.family import resolve
from optkit.core.solving.registry import family
from optkit.core.tools.solution_files import family_solution, load_solution
from optkit.plotting.charts import WIDTH, Look, legend_above, plain_log
from optkit.plotting.output import PAGE_DPI

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LARGEST = 1e100
"""Larger values are left out of pictures, whose axes would overflow."""

MARGIN = 8
"""Pixels of background that are kept around a drawing."""

LEGEND_ROW = 0.22
"""Height of a row of a legend, in inches."""


def draw_solution(study: Study, run: Record) -> bytes | None:
    """Return a drawing of the solution of a run as WebP; None if it cannot be drawn.

    Parameters
    ----------
    study
        The study.
    run
        The run.
    """
    draw = family(run.instance.family).draw
    path = study.solution_file(run.key)
    if draw is None or not paths.is_file(path):
        return None
    try:
        instance = study.instance(run.instance.sha256)
        solution = family_solution(load_solution(path), instance, str(path))
        verification = family(run.instance.family).check(instance, solution)
        figure = resolve(draw)(instance, solution, verification)
    except OptkitError:
        return None
    return as_webp(figure)


def as_webp(figure: Figure) -> bytes:
    """Return a figure as WebP, cut to what is drawn.

    The pixels are cut here because ``bbox_inches="tight"`` draws everything twice, and
    drawing takes nearly all of the time of a report.
    """
    figure.dpi = PAGE_DPI
    canvas: Any = FigureCanvasAgg(figure)  # matplotlib has no types for it
    canvas.draw()
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    background = Image.new("RGB", pixels.size, pixels.getpixel((0, 0)))
    box = ImageChops.difference(pixels, background).getbbox()
    if box is not None:
        left, top, right, bottom = box
        width, height = pixels.size
        pixels = pixels.crop(
            (
                max(0, left - MARGIN),
                max(0, top - MARGIN),
                min(width, right + MARGIN),
                min(height, bottom + MARGIN),
            )
        )
    buffer = io.BytesIO()
    pixels.save(buffer, format="webp", method=2)
    return buffer.getvalue()


def draw_convergence(
    records: Sequence[Record], styles: Mapping[str, Look]
) -> Figure | None:
    """Draw objective and bound of an instance's runs over time.

    Parameters
    ----------
    records
        The runs on the instance.
    styles
        Line styles by label.

    Returns
    -------
    Figure or None
        None if no run has two points.
    """
    drawn = [record for record in records if len(record.trajectory) > 1]
    if not drawn:
        return None
    labels = list(dict.fromkeys(record.solver.label for record in drawn))
    columns = max(1, min(len(labels), 44 // (max(map(len, labels)) + 6)))
    figure, panel = _frame(-(-len(labels) // columns))
    in_legend: set[str] = set()
    objectives: list[float] = []
    last: list[float] = []
    for record in drawn:
        label = record.solver.label
        style = styles[label]
        wall = record.timing.wall or record.trajectory[-1][0]
        for column, line in ((1, "-"), (2, "--")):
            all_points = [(p[0], p[column]) for p in record.trajectory]
            points = [
                (t, v) for t, v in all_points if v is not None and abs(v) < LARGEST
            ]
            if not points:
                continue
            end = max(wall, points[-1][0], 1e-3)
            times = [max(t, 1e-3) for t, _ in points] + [end]
            values = [v for _, v in points] + [points[-1][1]]
            panel.step(
                times,
                values,
                where="post",
                color=style.colour,
                ls=line,
                lw=1.4 if column == 1 else 1.0,
                label=style.label if column == 1 and label not in in_legend else "_",
            )
            if column == 1:
                in_legend.add(label)
                objectives += values
                last.append(values[-1])
    _zoom(panel, objectives, last)
    plain_log(panel, axis="x")
    panel.xaxis.set_minor_locator(
        NullLocator()
    )  # they take a third of the drawing time
    if in_legend:
        legend_above(panel, columns)
    return figure


def _frame(rows: int) -> tuple[Figure, Axes]:
    """Return axes with room above for a legend of so many rows.

    The margins are fixed, because finding the smallest ones draws everything twice.
    """
    height = 3.0 + LEGEND_ROW * rows
    figure = Figure(figsize=(WIDTH, height))
    panel = figure.add_axes(
        (
            0.85 / WIDTH,
            0.5 / height,
            1 - 1.0 / WIDTH,
            1 - (0.6 + LEGEND_ROW * rows) / height,
        )
    )
    panel.set_xlabel("time (s)")
    panel.set_ylabel("objective, bound (dashed)")
    return figure, panel


def _zoom(panel: Any, objectives: list[float], last: list[float]) -> None:
    """Limit the vertical axis, so that poor first solutions do not flatten everything else.

    The limits depend on where the runs ended, because a run that improves rarely may have
    as many poor points as good ones.
    """
    if not objectives:
        return
    values = np.array(objectives)
    best, middle = float(values.min()), float(np.quantile(last, 0.75))
    low, high = panel.get_ylim()
    spread = max(middle - best, 0.03 * abs(best), 1e-12)
    panel.set_ylim(max(low, best - 6 * spread), min(high, best + 8 * spread))
