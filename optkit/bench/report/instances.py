"""What the report shows of each instance: its solution, drawn, and how runs got there."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from optkit.bench.record import Record
from optkit.bench.study import Study
from optkit.core.errors import OptkitError
from optkit.core.family import resolve
from optkit.core.files.solution import family_solution, load_solution
from optkit.core.registry import family
from optkit.core.reproduction.charts import legend_above, plain_log
from optkit.core.reproduction.style import Look, axes

DOTS_PER_INCH = 110
"""Of the drawings, which are pixels: as paths, networks would make the file too large."""


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
    buffer = io.BytesIO()
    figure.savefig(buffer, format="webp", dpi=DOTS_PER_INCH, bbox_inches="tight")
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
    figure, panel = axes("", "time (s)", "objective, bound (dashed)", height=3.0)
    named: set[str] = set()
    objectives: list[float] = []
    for record in drawn:
        label = record.solver.label
        look = looks[label]
        wall = record.timing.wall or record.trajectory[-1][0]
        for column, style in ((1, "-"), (2, "--")):
            points = [(p[0], p[column]) for p in record.trajectory]
            known = [(t, v) for t, v in points if v is not None]
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
                label=label if column == 1 and label not in named else "_",
            )
            if column == 1:
                named.add(label)
                objectives += values
    _zoom(panel, objectives)
    plain_log(panel, axis="x")
    if named:
        longest = max(map(len, named))
        legend_above(panel, max(1, min(len(named), 44 // (longest + 6))))
    return figure


def _zoom(panel: Any, objectives: list[float]) -> None:
    """Leave out first solutions so bad that they would flatten everything else."""
    if not objectives:
        return
    values = np.array(objectives)
    best, middle = float(values.min()), float(np.quantile(values, 0.75))
    low, high = panel.get_ylim()
    spread = max(middle - best, 0.02 * abs(best), 1e-12)
    panel.set_ylim(max(low, best - 6 * spread), min(high, best + 8 * spread))


def as_svg(figure: Figure, salt: str) -> bytes:
    """Return a figure as SVG, its letters as text to keep it small."""
    buffer = io.BytesIO()
    notes = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with matplotlib.rc_context({"svg.hashsalt": salt, "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata=notes, bbox_inches="tight")
    return buffer.getvalue()
