"""What the report shows of each instance: its solution, drawn, and how runs got there."""

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
from optkit.core.solving.family import resolve
from optkit.core.solving.registry import family
from optkit.core.tools.solution_files import family_solution, load_solution
from optkit.plotting.charts import WIDTH, Look, legend_above, plain_log
from optkit.plotting.output import PAGE_DPI

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 1e100
"""Figures from here on are in no picture: an axis that holds them overflows."""

EDGE = 8
"""Pixels of paper around a drawing."""

LEGEND_ROW = 0.22
"""Inches that a row of a legend takes."""


def drawing(study: Study, best: Record) -> bytes | None:
    """Return the drawn solution of a run as WebP; None where the family draws nothing.

    Parameters
    ----------
    study
        The study.
    best
        The run.
    """
    draw = family(best.instance.family).draw
    path = study.solution_file(best.key)
    if draw is None or not path.is_file():
        return None
    try:
        instance = study.instance(best.instance.sha256)
        solution = family_solution(load_solution(path), instance, str(path))
        checked = family(best.instance.family).check(instance, solution)
        figure = resolve(draw)(instance, solution, checked)
    except OptkitError:
        return None
    return as_webp(figure)


def as_webp(figure: Figure) -> bytes:
    """Return a figure as WebP, cut to what is drawn.

    Drawings of networks are pixels: as paths they would make the page too large. Drawn
    once: matplotlib's own ``bbox_inches="tight"`` draws everything twice, the first
    time to see how far it reaches, and here pictures take nearly all of the time.
    """
    figure.dpi = PAGE_DPI
    canvas: Any = FigureCanvasAgg(figure)  # matplotlib has no types for it
    canvas.draw()
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    paper = Image.new("RGB", pixels.size, pixels.getpixel((0, 0)))
    drawn = ImageChops.difference(pixels, paper).getbbox()
    if drawn is not None:
        left, top, right, bottom = drawn
        wide, high = pixels.size
        pixels = pixels.crop(
            (
                max(0, left - EDGE),
                max(0, top - EDGE),
                min(wide, right + EDGE),
                min(high, bottom + EDGE),
            )
        )
    buffer = io.BytesIO()
    pixels.save(buffer, format="webp", method=2)
    return buffer.getvalue()


def convergence(records: Sequence[Record], looks: Mapping[str, Look]) -> Figure | None:
    """Draw objective and bound of an instance's runs over time.

    Parameters
    ----------
    records
        Its runs, of any solvers and seeds.
    looks
        By label.

    Returns
    -------
    Figure or None
        None where no run left two points.
    """
    drawn = [record for record in records if len(record.trajectory) > 1]
    if not drawn:
        return None
    named = list(dict.fromkeys(record.solver.label for record in drawn))
    columns = max(1, min(len(named), 44 // (max(map(len, named)) + 6)))
    figure, panel = _frame(-(-len(named) // columns))
    listed: set[str] = set()
    objectives: list[float] = []
    last: list[float] = []
    for record in drawn:
        label = record.solver.label
        look = looks[label]
        wall = record.timing.wall or record.trajectory[-1][0]
        for column, style in ((1, "-"), (2, "--")):
            points = [(p[0], p[column]) for p in record.trajectory]
            known = [(t, v) for t, v in points if v is not None and abs(v) < MOST]
            if not known:
                continue
            times = [max(t, 1e-3) for t, _ in known] + [max(wall, known[-1][0], 1e-3)]
            values = [v for _, v in known] + [known[-1][1]]
            panel.step(
                times,
                values,
                where="post",
                color=look.colour,
                ls=style,
                lw=1.4 if column == 1 else 1.0,
                label=look.label if column == 1 and label not in listed else "_",
            )
            if column == 1:
                listed.add(label)
                objectives += values
                last.append(values[-1])
    _zoom(panel, objectives, last)
    plain_log(panel, axis="x")
    panel.xaxis.set_minor_locator(NullLocator())  # a third of the time, otherwise
    if listed:
        legend_above(panel, columns)
    return figure


def _frame(rows: int) -> tuple[Figure, Axes]:
    """Return axes with room for a legend of that many rows above.

    Margins are fixed: finding the least ones draws everything, and then again.
    """
    high = 3.0 + LEGEND_ROW * rows
    figure = Figure(figsize=(WIDTH, high))
    panel = figure.add_axes(
        (
            0.85 / WIDTH,
            0.5 / high,
            1 - 1.0 / WIDTH,
            1 - (0.6 + LEGEND_ROW * rows) / high,
        )
    )
    panel.set_xlabel("time (s)")
    panel.set_ylabel("objective, bound (dashed)")
    return figure, panel


def _zoom(panel: Any, objectives: list[float], last: list[float]) -> None:
    """Leave out first solutions so bad that they would flatten everything else.

    What is far off is told by where the runs ended: those that improve seldom have as
    many poor points as good ones.
    """
    if not objectives:
        return
    values = np.array(objectives)
    best, middle = float(values.min()), float(np.quantile(last, 0.75))
    low, high = panel.get_ylim()
    spread = max(middle - best, 0.03 * abs(best), 1e-12)
    panel.set_ylim(max(low, best - 6 * spread), min(high, best + 8 * spread))
