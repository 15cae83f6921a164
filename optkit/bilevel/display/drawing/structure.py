"""Draw the structure of a bilevel program: who has which columns in which rows.

Each mark is a coefficient. The leader's columns are on the left, the leader's rows on top,
so that the four blocks are the four ways in which the levels meet. Below, if there is a
solution, are the values of its columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.problem_data import ProblemData, problem_data
from optkit.bilevel.solution import BilevelSolution
from optkit.core.arrays import Floats, Ints
from optkit.core.solving.result import Verification
from optkit.plotting.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, SOFT
from optkit.plotting.style import DRAWINGS, using

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CELLS = 200
"""Rows or columns from which on several share one cell of the picture."""

LARGEST_MARK = 9.0
"""Largest size of a mark in points, which is that in the legend."""

MOST_NAMED = 24
"""Columns or rows that are named."""

BLOCKS = (
    ("leader's rows, leader's columns", BLUE),
    ("leader's rows, follower's columns (coupling)", PURPLE),
    ("follower's rows, leader's columns (linking)", GREEN),
    ("follower's rows, follower's columns", ORANGE),
)
"""The blocks by level of the row and of the column, with their colours."""


def draw(
    instance: BilevelInstance,
    solution: BilevelSolution | None = None,
    verification: Verification | None = None,
) -> Figure:
    """Draw an instance and, if given, the values of a solution.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's verdict on the solution; a solution that fails is called so.
    """
    with using(DRAWINGS):
        problem = problem_data(instance)
        heights = (3.4, 1.3) if solution is not None else (3.4,)
        figure = Figure(figsize=(6.4, sum(heights) + 1.0), layout="constrained")
        panels = figure.subplots(
            len(heights), squeeze=False, gridspec_kw={"height_ratios": heights}
        )[:, 0]
        columns = np.concatenate((problem.upper, problem.lower))
        size = _draw_structure(panels[0], problem, columns)
        if solution is not None:
            _draw_values(panels[1], problem, columns, solution, verification)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(
            handles,
            labels,
            loc="outside lower left",
            ncols=2,
            markerscale=LARGEST_MARK / size,
        )
    return figure


def _draw_structure(panel: Axes, problem: ProblemData, columns: Ints) -> float:
    """Draw the marks, and return their size in points."""
    rows = np.concatenate((problem.upper_rows, problem.lower_rows))
    place_of_row, place_of_column = np.argsort(rows), np.argsort(columns)
    entries = problem.matrix.tocoo()
    x, y = place_of_column[entries.col], place_of_row[entries.row]
    block = 2 * problem.row_is_lower[entries.row] + problem.column_is_lower[entries.col]
    step = max(1, -(-max(len(rows), len(columns)) // MOST_CELLS))
    cells = max(8, -(-max(len(rows), len(columns)) // step))
    size = min(LARGEST_MARK, 190.0 / cells)
    for number, (label, colour) in enumerate(BLOCKS):
        mine = block == number
        at = np.unique(np.stack((x[mine] // step, y[mine] // step)), axis=1)
        if at.size:
            panel.plot(
                (at[0] + 0.5) * step - 0.5,
                (at[1] + 0.5) * step - 0.5,
                "s",
                color=colour,
                markersize=size,
                markeredgewidth=0,
                label=label,
            )
    panel.set_xlim(-0.5, max(1, len(columns)) - 0.5)
    panel.set_ylim(max(1, len(rows)) - 0.5, -0.5)
    panel.axvline(len(problem.upper) - 0.5, color=SOFT, lw=0.8)
    panel.axhline(len(problem.upper_rows) - 0.5, color=SOFT, lw=0.8)
    shared = f", {step} × {step} coefficients per mark" if step > 1 else ""
    panel.set_title(
        f"{problem.instance.name}: {len(rows)} rows, {len(columns)} columns{shared}"
    )
    names = [row.id for row in problem.instance.rows]
    _name_ticks(panel, [problem.names[c] for c in columns], [names[r] for r in rows])
    panel.set_ylabel("rows: leader's above, follower's below")
    return size


def _name_ticks(panel: Axes, columns: list[str], rows: list[str] | None) -> None:
    """Name columns and rows where there are few; tell the levels apart otherwise."""
    panel.set_xticks([])
    if len(columns) <= MOST_NAMED:
        panel.set_xticks(range(len(columns)), [_cut(name) for name in columns])
        panel.tick_params(axis="x", rotation=90 if _long(columns) else 0)
    panel.set_xlabel("columns: leader's on the left, follower's on the right")
    if rows is None:
        return
    panel.set_yticks([])
    if len(rows) <= MOST_NAMED:
        panel.set_yticks(range(len(rows)), [_cut(name) for name in rows])


def _cut(name: str) -> str:
    return name if len(name) <= 12 else name[:11] + "…"


def _long(names: list[str]) -> bool:
    """Say whether names need more room than their columns have."""
    return sum(len(name) + 1 for name in names) > 70


def _draw_values(
    panel: Axes,
    problem: ProblemData,
    columns: Ints,
    solution: BilevelSolution,
    verification: Verification | None,
) -> None:
    stated = {**solution.upper, **solution.lower}
    values: Floats = np.array([stated.get(problem.names[c], 0.0) for c in columns])
    lower = problem.column_is_lower[columns]
    place = np.arange(len(columns))
    for mine, colour in ((~lower, BLUE), (lower, ORANGE)):
        panel.vlines(
            place[mine], 0.0, values[mine], color=colour, lw=_width(len(values))
        )
        panel.plot(place[mine], values[mine], ".", color=colour, markersize=4)
    panel.axhline(0.0, color=GREY, lw=0.6)
    panel.set_xlim(-0.5, max(1, len(columns)) - 0.5)
    panel.axvline(len(problem.upper) - 0.5, color=SOFT, lw=0.8)
    failed = verification is not None and not verification.feasible
    panel.set_title(
        "Values of the columns" + (" (the solution FAILS the check)" if failed else "")
    )
    panel.set_ylabel("value")
    _name_ticks(panel, [problem.names[c] for c in columns], None)


def _width(count: int) -> float:
    return float(np.clip(160.0 / max(1, count), 0.6, 5.0))
