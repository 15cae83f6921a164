"""The pictures of a study: profiles, cactus, integrals, critical differences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from optkit.bench.statistics.comparisons import FEWEST, LEVEL, p_matrix, pairs, ranks
from optkit.bench.statistics.runs import WITHIN, compared_by, per_instance
from optkit.plotting.charts import Look, axes, legend_above, plain_log
from optkit.plotting.palette import INK
from optkit.plotting.pictures import Picture

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
                " its runs that a solver proves within a factor of the fastest run on"
                " that instance. Failures count as never.",
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
    if compared_by(runs) == "integral" and runs["integral"].notna().any():
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
    wide = per_instance(runs, compared_by(runs))
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


def profile(
    runs: pd.DataFrame, column: str, looks: Mapping[str, Look], what: str
) -> Figure:
    """Draw a Dolan–Moré profile of the runs, a failure being infinitely slow."""
    across = f"{what}, as a multiple of the fastest"
    figure, panel = axes("", across, "share of runs", height=_height(looks))
    ratios = slowness(runs, column)
    finite = ratios[np.isfinite(ratios)].to_numpy()
    largest = max(2.0, 1.5 * float(finite.max(initial=1.0)))
    for label, look in looks.items():
        mine = ratios[runs["label"] == label].to_numpy()
        if len(mine):
            _share(panel, mine, (1.0, largest), look)
    panel.set_xlim(1.0, largest)
    panel.set_ylim(0.0, 1.02)
    plain_log(panel, axis="x")
    legend_above(panel, _columns(looks))
    return figure


def slowness(runs: pd.DataFrame, column: str) -> pd.Series:
    """Return each run's time over that of the fastest run on its instance.

    By instance and not by seed: solvers run with different seeds, and one that draws
    nothing at random with one of them.

    Parameters
    ----------
    runs
        From :func:`optkit.bench.statistics.runs.run_table`.
    column
        A column of seconds, infinite for a failure; so is the ratio then.
    """
    times = runs[column].clip(lower=LEAST)
    fastest = times.groupby(runs["sha256"]).transform("min")
    return (times / fastest).where(np.isfinite(times), np.inf)


def cactus(
    runs: pd.DataFrame, column: str, looks: Mapping[str, Look], what: str
) -> Figure:
    """Draw how many runs had reached something by which time."""
    above = f"share of runs\n{what}"
    figure, panel = axes("", "time (s)", above, height=_height(looks))
    finite = runs[column][np.isfinite(runs[column])]
    limits = runs["limit"][np.isfinite(runs["limit"])]
    right = max([float(finite.max()) if len(finite) else 1.0, *limits.tolist()])
    left = max(LEAST, float(finite.min()) / 2) if len(finite) else LEAST
    right = max(right, 2 * left)
    for label, look in looks.items():
        mine = runs.loc[runs["label"] == label, column].clip(lower=LEAST).to_numpy()
        if len(mine):
            _share(panel, mine, (left, right), look)
    panel.set_xlim(left, right)
    panel.set_ylim(0.0, 1.02)
    plain_log(panel, axis="x")
    legend_above(panel, _columns(looks))
    return figure


def _share(
    panel: Any, values: np.ndarray, ends: tuple[float, float], look: Look
) -> None:
    """Draw which share of values lies below a value, from one end to the other.

    To the right end, though nothing rises any more: a curve that stopped earlier would
    leave open what comes then, and that of a solver which never got there is a line at 0.
    """
    risen = np.sort(values[np.isfinite(values)])
    across = np.concatenate([ends[:1], risen, ends[1:]])
    shares = np.concatenate([[0.0], np.arange(1, len(risen) + 1), [len(risen)]])
    panel.step(
        across,
        shares / len(values),
        where="post",
        color=look.colour,
        ls=look.line,
        label=look.label,
        clip_on=False,
    )


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
    panel.set_yticks(range(1, len(labels) + 1), [looks[x].label for x in labels])
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

    wide = wide.rename(columns={label: look.label for label, look in looks.items()})
    labels = list(wide.columns)
    figure = Figure(figsize=(6.4, 1.2 + 0.22 * len(labels)), layout="constrained")
    panel = figure.add_subplot()
    scikit_posthocs.critical_difference_diagram(
        ranks(wide).mean().to_dict(),
        p_matrix(labels, pairs(wide)),
        ax=panel,
        alpha=LEVEL,
        color_palette={look.label: look.colour for look in looks.values()},
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
