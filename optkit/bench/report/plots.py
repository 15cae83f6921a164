"""The charts of a study: profiles, cactus plots, box plots, critical differences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from optkit.bench.statistics.comparisons import (
    LEVEL,
    MIN_INSTANCES,
    p_matrix,
    pairs,
    ranks,
)
from optkit.bench.statistics.runs import GOOD_GAP, compared_by, per_instance
from optkit.plotting.charts import Look, axes, legend_above, plain_log
from optkit.plotting.palette import INK
from optkit.plotting.pictures import Picture

SMALLEST = 1e-3
"""Smaller times and gaps are drawn as this, because they are noise of the clock."""


def study_pictures(runs: pd.DataFrame, styles: Mapping[str, Look]) -> list[Picture]:
    """Return the charts of one family's runs, without those that would be empty.

    Parameters
    ----------
    runs
        From :func:`optkit.bench.statistics.runs.run_table`.
    styles
        Line styles by label.
    """
    limit = f"{runs['limit'].max():g} s" if np.isfinite(runs["limit"]).all() else "none"
    pictures = []
    proven = np.isfinite(runs["proof"]).any()
    if proven and runs["label"].nunique() > 1:  # one alone has no rival
        pictures.append(
            Picture(
                "profile-proof",
                "Performance profile of the time to a proof (Dolan and Moré): the share of"
                " its runs that a solver proves within a factor of the fastest run on"
                " that instance. Failures count as infinitely slow.",
                lambda: profile(runs, "proof", styles, "time to a proof"),
            )
        )
    if proven:
        pictures.append(
            Picture(
                "cactus",
                f"Runs proven within a time, limit {limit}. Higher and further left is"
                " better.",
                lambda: cactus(runs, "proof", styles, "proven"),
            )
        )
    if np.isfinite(runs["good"]).any():
        pictures.append(
            Picture(
                "cactus-good",
                f"Runs with a verified solution within {GOOD_GAP:.0%} of the best known, by"
                f" the time that they took, limit {limit}.",
                lambda: cactus(
                    runs, "good", styles, f"within {GOOD_GAP:.0%} of the best"
                ),
            )
        )
    if compared_by(runs) == "integral" and runs["integral"].notna().any():
        pictures.append(
            Picture(
                "integrals",
                "Primal integral of each run: the gap to the best known solution, summed"
                " over the time limit. Low means good and early. A box is the middle"
                " half of the runs, the line in it their median.",
                lambda: boxes(runs, "integral", styles, "primal integral (s)"),
            )
        )
    if runs["gap"].gt(0).any():
        pictures.append(
            Picture(
                "gaps",
                "Gap of each run to the best known solution when it ended; 100 %"
                " without a verified solution.",
                lambda: boxes(runs, "gap", styles, "gap to the best known (%)", 100.0),
            )
        )
    wide = per_instance(runs, compared_by(runs))
    if len(wide.columns) >= 3 and len(wide.dropna()) >= MIN_INSTANCES:
        pictures.append(
            Picture(
                "critical-differences",
                "Mean ranks over instances, best on the left; solvers that a bar joins do"
                f" not differ significantly (Wilcoxon, Holm, {LEVEL:g}).",
                lambda: critical_differences(wide, styles),
            )
        )
    return pictures


def profile(
    runs: pd.DataFrame, column: str, styles: Mapping[str, Look], quantity: str
) -> Figure:
    """Draw a Dolan–Moré profile of the runs, with failures as infinitely slow."""
    horizontal = f"{quantity}, as a multiple of the fastest"
    figure, panel = axes("", horizontal, "share of runs", height=_height(styles))
    ratios = slowness(runs, column)
    finite = ratios[np.isfinite(ratios)].to_numpy()
    largest = max(2.0, 1.5 * float(finite.max(initial=1.0)))
    for label, style in styles.items():
        own = ratios[runs["label"] == label].to_numpy()
        if len(own):
            _share(panel, own, (1.0, largest), style)
    panel.set_xlim(1.0, largest)
    panel.set_ylim(0.0, 1.02)
    plain_log(panel, axis="x")
    legend_above(panel, _columns(styles))
    return figure


def slowness(runs: pd.DataFrame, column: str) -> pd.Series:
    """Return each run's time divided by that of the fastest run on its instance.

    Runs are compared by instance and not by seed, because solvers may have different
    seeds, and a deterministic one runs with a single seed.

    Parameters
    ----------
    runs
        From :func:`optkit.bench.statistics.runs.run_table`.
    column
        A column of seconds, infinite for a failure, whose ratio is infinite too.
    """
    times = runs[column].clip(lower=SMALLEST)
    fastest = times.groupby(runs["sha256"]).transform("min")
    return (times / fastest).where(np.isfinite(times), np.inf)


def cactus(
    runs: pd.DataFrame, column: str, styles: Mapping[str, Look], quantity: str
) -> Figure:
    """Draw the share of runs that reached a goal, over time."""
    vertical = f"share of runs\n{quantity}"
    figure, panel = axes("", "time (s)", vertical, height=_height(styles))
    finite = runs[column][np.isfinite(runs[column])]
    limits = runs["limit"][np.isfinite(runs["limit"])]
    right = max([float(finite.max()) if len(finite) else 1.0, *limits.tolist()])
    left = max(SMALLEST, float(finite.min()) / 2) if len(finite) else SMALLEST
    right = max(right, 2 * left)
    for label, style in styles.items():
        own = runs.loc[runs["label"] == label, column].clip(lower=SMALLEST).to_numpy()
        if len(own):
            _share(panel, own, (left, right), style)
    panel.set_xlim(left, right)
    panel.set_ylim(0.0, 1.02)
    plain_log(panel, axis="x")
    legend_above(panel, _columns(styles))
    return figure


def _share(
    panel: Any, values: np.ndarray, ends: tuple[float, float], style: Look
) -> None:
    """Draw the share of values below each value, from one end of the axis to the other.

    The curve always reaches the right end, so that it shows that nothing more follows. A
    solver without finite values is a line at 0.
    """
    finite = np.sort(values[np.isfinite(values)])
    steps = np.concatenate([ends[:1], finite, ends[1:]])
    counts = np.concatenate([[0.0], np.arange(1, len(finite) + 1), [len(finite)]])
    panel.step(
        steps,
        counts / len(values),
        where="post",
        color=style.colour,
        ls=style.line,
        label=style.label,
        clip_on=False,
    )


def boxes(
    runs: pd.DataFrame,
    column: str,
    styles: Mapping[str, Look],
    quantity: str,
    scale: float = 1.0,
) -> Figure:
    """Draw a box plot of a column for each solver, with every run as a dot."""
    labels = [label for label in styles if (runs["label"] == label).any()]
    figure, panel = axes("", quantity, "", height=0.9 + 0.42 * len(labels))
    values = [
        runs.loc[runs["label"] == label, column].dropna().to_numpy() * scale
        for label in labels
    ]
    all_values = np.concatenate(values)
    positive = all_values[all_values > 0]
    panel.boxplot(
        values,
        orientation="horizontal",
        showfliers=False,
        widths=0.5,
        medianprops={"color": INK},
    )
    rng = np.random.default_rng(0)  # only spreads the dots
    for row, (label, own) in enumerate(zip(labels, values, strict=True), 1):
        heights = row + rng.uniform(-0.18, 0.18, len(own))
        panel.plot(own, heights, ".", color=styles[label].colour, ms=4, alpha=0.6)
    if len(positive):
        smallest = max(float(positive.min()), scale * SMALLEST / 10.0)
        panel.set_xscale("symlog", linthresh=_round_down(smallest))
        panel.set_xlim(left=0.0)
        _thin_out_ticks(panel)
    panel.set_yticks(range(1, len(labels) + 1), [styles[x].label for x in labels])
    panel.invert_yaxis()
    panel.grid(visible=False, axis="y")
    return figure


def _thin_out_ticks(panel: Any) -> None:
    """Keep at most six tick labels on a symmetric logarithmic axis."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    right = panel.get_xlim()[1]
    threshold = panel.xaxis.get_transform().linthresh
    decades = range(round(math.log10(threshold)), math.ceil(math.log10(right)) + 1)
    step = max(1, -(-len(decades) // 5))
    ticks = [0.0, *(10.0**power for power in decades[::step])]
    panel.xaxis.set_major_locator(FixedLocator([t for t in ticks if t <= right]))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _round_down(value: float) -> float:
    return float(10.0 ** math.floor(math.log10(max(value, 1e-9))))


def critical_differences(wide: pd.DataFrame, styles: Mapping[str, Look]) -> Figure:
    """Draw mean ranks, with bars over solvers that do not differ significantly."""
    import scikit_posthocs

    wide = wide.rename(columns={label: style.label for label, style in styles.items()})
    labels = list(wide.columns)
    figure = Figure(figsize=(6.4, 1.2 + 0.22 * len(labels)), layout="constrained")
    panel = figure.add_subplot()
    scikit_posthocs.critical_difference_diagram(
        ranks(wide).mean().to_dict(),
        p_matrix(labels, pairs(wide)),
        ax=panel,
        alpha=LEVEL,
        color_palette={style.label: style.colour for style in styles.values()},
        label_fmt_left="{label} ({rank:.2g})  ",
        label_fmt_right="  {label} ({rank:.2g})",
    )
    panel.set_xlim(1, len(labels))
    panel.set_xticks(range(1, len(labels) + 1))
    return figure


def _columns(styles: Mapping[str, Look]) -> int:
    """Return how many columns of a legend fit above a chart."""
    longest = max(map(len, styles), default=1)
    return max(1, min(len(styles), 54 // (longest + 6)))


def _height(styles: Mapping[str, Look]) -> float:
    """Return the height, in inches, of a chart with its legend above."""
    return 2.8 + 0.22 * math.ceil(len(styles) / _columns(styles))
