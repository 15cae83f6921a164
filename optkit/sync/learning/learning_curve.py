"""Learning curves, as tables and as a picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from optkit.core.files.text import write_bytes, write_json
from optkit.plotting.output import render

COLUMNS = (
    "update",
    "seconds",
    "reward",
    "cost",
    "excess",
    "validation_gap",
    "validation_cost",
    "validation_reward",
)
"""Columns, one row per update: the wall-clock time since training began; on the training
episodes, with random actions, the return (the sum of the reward (19)), the cost (14), and
for policy-gradient the expected cost above the optimum as a share; on validation, with the
frozen policy, the gap to the optimum, the cost and the return."""

Row = dict[str, float | None]


def write(rows: Sequence[Row], folder: Path) -> None:
    """Write a curve to ``curve.csv`` and ``curve.json``."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_bytes(folder / "curve.csv", text.getvalue().encode())
    write_json(folder / "curve.json", {"columns": list(COLUMNS), "rows": list(rows)})


def figure(rows: Sequence[Row], title: str) -> Any:
    """Return a matplotlib figure of a curve: training above, validation below."""
    from matplotlib.figure import Figure

    chart = Figure(figsize=(7.0, 5.0), layout="constrained")
    above, below = chart.subplots(2, 1, sharex=True)
    metric = "excess" if any(row["excess"] is not None for row in rows) else "reward"
    labels = {"excess": "expected cost above optimum, %", "reward": "return (19)"}
    for axes, column, label in (
        (above, metric, f"training: {labels[metric]}"),
        (below, "validation_gap", "validation: gap to optimum, %"),
    ):
        points = [
            (row["update"], row[column]) for row in rows if row[column] is not None
        ]
        scale = 1.0 if column == "reward" else 100.0
        axes.plot(
            [update for update, _ in points],
            [scale * float(value or 0.0) for _, value in points],
            marker="." if column == "validation_gap" else None,
            linewidth=1.2,
        )
        axes.set_title(label, loc="left", fontsize="medium")
        axes.grid(alpha=0.3)
    below.set_xlabel("update")
    chart.suptitle(title, x=0.01, ha="left")
    return chart


def draw(rows: Sequence[Row], title: str, folder: Path) -> bool:
    """Draw a curve to ``curve.png``; return False where matplotlib is not installed."""
    try:
        chart = figure(rows, title)
    except ImportError:
        return False
    write_bytes(folder / "curve.png", render(chart, "png"))
    return True
