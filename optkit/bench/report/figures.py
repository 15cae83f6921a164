"""The pictures of a study: profiles, cactus, integrals, critical differences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from optkit.bench.statistics.comparisons import FEWEST, LEVEL, p_matrix, pairs, ranks
from optkit.bench.statistics.runs import WITHIN, per_instance
from optkit.core.reproduction.charts import legend_above, plain_log
from optkit.core.reproduction.findings import Picture
from optkit.core.reproduction.style import INK, Look, axes

LEAST = 1e-3
"""Seconds and gaps below this are drawn as this: the clock's noise is no difference."""


def pictures(runs: pd.DataFrame, looks: Mapping[str, Look]) -> list[Picture]:
    """Return the pictures of one family's runs; those that would be empty are left out.

    Parameters
    ----------
    runs
        From :func:`optkit.bench.statistics.runs.run_table`.
    looks
        By label.
    """
    limit = f"{runs['limit'].max():g} s" if np.isfinite(runs["limit"]).all() else "none"
    found = []
    proven = np.isfinite(runs["proof"]).any()
    if proven and runs["label"].nunique() > 1:  # of one solver it says nothing
        found.append(
            Picture(
                "profile-proof",
                "Performance profile of the time to a proof (Dolan and Moré): the share of"
                " runs that a solver proves within a factor of the fastest solver's time"
                " on that instance. Failures count as never.",
                lambda: profile(runs, "proof", looks, "time to a proof"),
            )
        )
    if proven:
        found.append(
            Picture(
                "cactus",
                f"Runs proven within a time, limit {limit}. Higher and further left is"
                " better.",
                lambda: cactus(runs, "proof", looks, "proven"),
            )
        )
    if np.isfinite(runs["good"]).any():
        found.append(
            Picture(
                "cactus-good",
                f"Runs with a verified solution within {WITHIN:.0%} of the best known, by"
                f" the time it took, limit {limit}.",
                lambda: cactus(runs, "good", looks, f"within {WITHIN:.0%} of the best"),
            )
        )
    if runs["integral"].notna().any():
        found.append(
            Picture(
                "integrals",
                "Primal integral of each run: the gap to the best known solution, summed"
                " over the time limit. Low is good and early. Bars are the middle half,"
                " the line in them the median.",
                lambda: boxes(runs, "integral", looks, "primal integral (s)"),
            )
        )
    if runs["gap"].gt(0).any():
        found.append(
            Picture(
                "gaps",
                "Gap of each run to the best known solution when it ended; 100 % where"
                " there is no verified solution.",
                lambda: boxes(runs, "gap", looks, "gap to the best known (%)", 100.0),
            )
        )
    wide = per_instance(runs, "integral" if _ranked(runs, "integral") else "gap")
    if len(wide.columns) >= 3 and len(wide.dropna()) >= FEWEST:
        found.append(
            Picture(
                "critical-differences",
                "Mean ranks over instances, best on the left; solvers that a bar joins do"
                f" not differ significantly (Wilcoxon, Holm, {LEVEL:g}).",
                lambda: critical_differences(wide, looks),
            )
        )
    return found


def _ranked(runs: pd.DataFrame, column: str) -> bool:
    return bool(runs[column].notna().all())


def profile(
    runs: pd.DataFrame, column: str, looks: Mapping[str, Look], what: str
) -> Figure:
    """Draw a Dolan–Moré profile of the runs, a failure being infinitely slow."""
    across = f"{what}, as a multiple of the fastest"
    figure, panel = axes("", across, "share of runs", height=_height(looks))
    times = runs.pivot_table(
        index=["sha256", "seed", "repetition"],
        columns="label",
        values=column,
        aggfunc="first",
        dropna=False,
    ).clip(lower=LEAST)
    times = _spread(times)
    ratios = times.div(times.replace(np.inf, np.nan).min(axis=1), axis=0).fillna(np.inf)
    finite = ratios.to_numpy()[np.isfinite(ratios.to_numpy())]
    largest = max(2.0, 1.5 * float(finite.max(initial=1.0)))
    for label, look in looks.items():
        if label in ratios:
            panel.ecdf(ratios[label], color=look.colour, ls=look.line, label=label)
    panel.set_xlim(1.0, largest)
    panel.set_ylim(0.0, 1.02)
    plain_log(panel, axis="x")
    legend_above(panel, _columns(looks))
    return figure


def _spread(times: pd.DataFrame) -> pd.DataFrame:
    """Give a solver that ran with one seed that run for every seed of its instance."""
    return times.groupby(level="sha256").transform(
        lambda column: column.ffill().bfill() if column.count() == 1 else column
    )


def cactus(
    runs: pd.DataFrame, column: str, looks: Mapping[str, Look], what: str
) -> Figure:
    """Draw how many runs had reached something by which time."""
    above = f"share of runs\n{what}"
    figure, panel = axes("", "time (s)", above, height=_height(looks))
    finite = runs[column][np.isfinite(runs[column])]
    limits = runs["limit"][np.isfinite(runs["limit"])]
    right = max([float(finite.max()) if len(finite) else 1.0, *limits.tolist()])
    for label, look in looks.items():
        mine = runs.loc[runs["label"] == label, column].clip(lower=LEAST)
        if len(mine):
            panel.ecdf(mine, color=look.colour, ls=look.line, label=label)
    left = max(LEAST, float(finite.min()) / 2) if len(finite) else LEAST
    panel.set_xlim(left, max(right, 2 * left))
    panel.set_ylim(0.0, 1.02)
    plain_log(panel, axis="x")
    legend_above(panel, _columns(looks))
    return figure


def boxes(
    runs: pd.DataFrame,
    column: str,
    looks: Mapping[str, Look],
    what: str,
    scale: float = 1.0,
) -> Figure:
    """Draw the distribution of a figure for each solver, and every run as a dot."""
    labels = [label for label in looks if (runs["label"] == label).any()]
    figure, panel = axes("", what, "", height=0.9 + 0.42 * len(labels))
    values = [
        runs.loc[runs["label"] == label, column].dropna().to_numpy() * scale
        for label in labels
    ]
    every = np.concatenate(values)
    positive = every[every > 0]
    panel.boxplot(
        values,
        orientation="horizontal",
        showfliers=False,
        widths=0.5,
        medianprops={"color": INK},
    )
    rng = np.random.default_rng(0)  # spread of the dots, nothing else
    for place, (label, mine) in enumerate(zip(labels, values, strict=True), 1):
        heights = place + rng.uniform(-0.18, 0.18, len(mine))
        panel.plot(mine, heights, ".", color=looks[label].colour, ms=4, alpha=0.6)
    if len(positive):
        least = max(float(positive.min()), scale * LEAST / 10.0)
        panel.set_xscale("symlog", linthresh=_round_down(least))
        panel.set_xlim(left=0.0)
        _sparse(panel)
    panel.set_yticks(range(1, len(labels) + 1), labels)
    panel.invert_yaxis()
    panel.grid(visible=False, axis="y")
    return figure


def _sparse(panel: Any) -> None:
    """Keep at most six numbers on a symmetric logarithmic axis."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    right = panel.get_xlim()[1]
    least = panel.xaxis.get_transform().linthresh
    decades = range(round(math.log10(least)), math.ceil(math.log10(right)) + 1)
    step = max(1, -(-len(decades) // 5))
    ticks = [0.0, *(10.0**power for power in decades[::step])]
    panel.xaxis.set_major_locator(FixedLocator([t for t in ticks if t <= right]))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _round_down(value: float) -> float:
    return float(10.0 ** math.floor(math.log10(max(value, 1e-9))))


def critical_differences(wide: pd.DataFrame, looks: Mapping[str, Look]) -> Figure:
    """Draw mean ranks with bars over what is not significantly different."""
    import scikit_posthocs

    labels = list(wide.columns)
    figure = Figure(figsize=(6.4, 1.2 + 0.22 * len(labels)), layout="constrained")
    panel = figure.add_subplot()
    scikit_posthocs.critical_difference_diagram(
        ranks(wide).mean().to_dict(),
        p_matrix(labels, pairs(wide)),
        ax=panel,
        alpha=LEVEL,
        color_palette={label: looks[label].colour for label in labels},
        label_fmt_left="{label} ({rank:.2g})  ",
        label_fmt_right="  {label} ({rank:.2g})",
    )
    panel.set_xlim(1, len(labels))
    panel.set_xticks(range(1, len(labels) + 1))
    return figure


def _columns(looks: Mapping[str, Look]) -> int:
    """Return how many columns of a legend fit above a picture."""
    longest = max(map(len, looks), default=1)
    return max(1, min(len(looks), 54 // (longest + 6)))


def _height(looks: Mapping[str, Look]) -> float:
    """Return the height, in inches, of a picture with its legend above."""
    return 2.8 + 0.22 * math.ceil(len(looks) / _columns(looks))
