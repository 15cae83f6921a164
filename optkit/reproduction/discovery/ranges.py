"""Table 6: energy and time by the range of the number of nodes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optkit.core.display.tables import Cell, Column, Table
from optkit.plotting.charts import axes, legend_above
from optkit.plotting.palette import BLUE, VERMILION
from optkit.reproduction.discovery import cycles
from optkit.reproduction.discovery.cycles import Cycles, Runs
from optkit.reproduction.discovery.networks import FOLLOWER_NOTE, PARAMETERS, UNIT_NOTE
from optkit.reproduction.discovery.published import HALF_DIGIT, TABLE_6
from optkit.reproduction.engine import (
    Claim,
    Context,
    Findings,
    Picture,
    Verdict,
    combined,
)
from optkit.reproduction.engine.statistics import (
    Share,
    judge_estimates,
    judge_shares,
    mean,
    rank_correlation,
    rank_correlation_p,
    ratio,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optkit.reproduction.discovery.published import Split

RANGES = tuple(float(percent) for percent in TABLE_6)
"""± percent of 50 nodes."""

QUICK_RANGES = (10.0, 90.0)

WINDOWS, QUICK_WINDOWS = 30, 4
"""Cycles per run; the table has nine runs of a hundred."""

WRITTEN = ("energy", "time", "nodes")
"""Columns of the data of each cycle."""

CANDIDATES = 5
"""Number of candidates in every range: with 50 nodes ± 90 % there may be only five."""

LITTLE = 0.1
"""Largest relative change of a mean that counts as little."""

RELATED = 0.05
"""Largest p-value at which two quantities count as correlated."""

STRONG = 0.5
"""Least rank correlation at which energy counts as following the number of nodes."""


def study(context: Context) -> dict[float, list[Cycles]]:
    """Solve the runs of every range."""
    windows = QUICK_WINDOWS if context.quick else WINDOWS
    return cycles.study(
        context,
        QUICK_RANGES if context.quick else RANGES,
        lambda percent: {
            "windows": windows,
            "spread": percent / 100.0,
            "candidates": CANDIDATES,
        },
        cycles.only_cycles,
    )


def factors(
    printed: Mapping[int, Split],
) -> dict[int, tuple[float, float]]:
    """Return the interval of the factors that turn the first row into each row.

    A factor must be possible for all six columns, each printed with two decimals. If
    there is none, the lower end is above the upper one.
    """
    first, *_ = printed.values()
    intervals = {}
    for key, row in printed.items():
        lows, highs = zip(
            *(
                (
                    (x - HALF_DIGIT) / (y + HALF_DIGIT),
                    (x + HALF_DIGIT) / (y - HALF_DIGIT),
                )
                for x, y in zip(row.columns, first.columns, strict=True)
            ),
            strict=True,
        )
        intervals[key] = (max(lows), min(highs))
    return intervals


def claims(runs: Runs, printed: Mapping[int, Split] = TABLE_6) -> tuple[Claim, ...]:
    """Judge what the text says about Table 6, and what the table says.

    Parameters
    ----------
    runs
        The cycles of every run, by range in percent.
    printed
        The table as printed.
    """
    return (
        _little(runs, "energy", printed),
        _little(runs, "time", printed),
        _nodes(runs, printed),
        _follows(runs, printed),
        _nine_runs(printed),
        _conflict(runs, printed),
    )


def _means(runs: Runs, quantity: str) -> npt.NDArray[np.float64]:
    """Return the mean of a quantity over the cycles, shape (ranges, runs)."""
    return np.array(
        [[getattr(run, quantity).mean() for run in listed] for listed in runs.values()]
    )


def _little(runs: Runs, quantity: str, printed: Mapping[int, Split]) -> Claim:
    means = _means(runs, quantity)
    ends = ratio(means[-1], means[0])
    percent = list(runs)
    trend = mean([rank_correlation(percent, column) for column in means.T])
    printed_values = [getattr(row, quantity) for row in printed.values()]
    in_print = rank_correlation(list(printed), printed_values)
    inside = ends.low > 1.0 - LITTLE and ends.high < 1.0 + LITTLE
    outside = ends.low > 1.0 + LITTLE or ends.high < 1.0 - LITTLE
    verdict = Verdict.IN_PART
    if inside or outside:
        verdict = Verdict.HOLDS if inside else Verdict.FAILS
    reason = {
        "energy": "A flood reaches every node and every node may start one, so energy grows"
        " with the square of their number: a wider range makes the mean larger, though the"
        " mean number of nodes stays the same.",
        "time": "Connecting takes time node by node, in proportion to their number, whose"
        " mean stays the same.",
    }[quantity]
    return Claim(
        f"The range of the number of nodes affects the {quantity} little.",
        f"Table 6: from {min(printed_values):g} to {max(printed_values):g} without order;"
        f" rank correlation with the range as printed {in_print:.2f}.",
        f"Mean cycle at ±{percent[-1]:g} % over ±{percent[0]:g} %: {ends}; rank correlation"
        f" of range and mean {trend}.",
        verdict,
        f"Little is taken as less than {100 * LITTLE:g} %. {reason}",
    )


def _nodes(runs: Runs, printed: Mapping[int, Split]) -> Claim:
    counts = [row.nodes for row in printed.values()]
    in_print = rank_correlation(list(printed), counts)
    p = rank_correlation_p(list(printed), counts)
    # One cycle per range, as in the table: the last one of each run.
    single = np.array([[run.nodes[-1] for run in listed] for listed in runs.values()])
    ours = mean([rank_correlation(list(runs), column) for column in single.T])
    apart = Share.that([p > RELATED])
    crosses = Share.that([ours.low <= 0.0 <= ours.high])
    return Claim(
        "The number of nodes is not correlated with the range.",
        f"Table 6: {', '.join(map(str, counts))} nodes.",
        f"As printed rank correlation {in_print:.2f}, p = {p:.2g}; ours, one cycle of each"
        f" range, {ours}.",
        combined([judge_shares([apart]), judge_shares([crosses])]),
        "It is drawn symmetrically around 50: the range determines the distance from"
        " it, not the side.",
    )


def _follows(runs: Runs, printed: Mapping[int, Split]) -> Claim:
    counts = [row.nodes for row in printed.values()]
    in_print = rank_correlation(counts, [row.energy for row in printed.values()])
    widest = list(runs)[-1]
    correlations = {
        q: mean([rank_correlation(run.nodes, getattr(run, q)) for run in runs[widest]])
        for q in ("energy", "time")
    }
    return Claim(
        "Energy and time depend on the number of nodes.",
        f"Table 6: rank correlation of nodes and energy as printed {in_print:.2f}.",
        f"Over the cycles at ±{widest:g} %: energy {correlations['energy']}, time"
        f" {correlations['time']}.",
        judge_estimates(correlations.values(), "above", STRONG),
        "More nodes have requests, and each flood passes more nodes: the number of"
        " nodes matters, not the range from which it is drawn.",
    )


def _nine_runs(printed: Mapping[int, Split]) -> Claim:
    first, *others = printed
    intervals = factors(printed)
    multiples = [intervals[key][0] <= intervals[key][1] for key in others]
    named = ", ".join(
        f"{sum(intervals[key]) / 2:.4f}"
        for key, is_one in zip(others, multiples, strict=True)
        if is_one
    )
    not_multiples = Share.that(~np.array(multiples))
    off = max(_spread(printed[first], printed[key]) for key in others)
    return Claim(
        "The rows are nine simulations.",
        "Table 6: the whole process is simulated for each range.",
        f"{sum(multiples)} of {len(multiples)} rows are the row of ±{first} % times one"
        f" factor in all six columns, to rounding ({named or 'no factor'}); in no row do"
        f" the six ratios differ by more than {100 * off:.2g} %.",
        judge_shares([not_multiples]),
        "Six numbers that depend on different modes, connections and networks cannot"
        " keep their proportions to four digits over nine runs; so the heights of"
        " this table are not reproduced here.",
    )


def _spread(first: Split, row: Split) -> float:
    """Return the largest relative difference of the ratios of two rows' columns."""
    ratios = np.array(row.columns) / np.array(first.columns)
    return float(ratios.max() / ratios.min() - 1.0)


def _conflict(runs: Runs, printed: Mapping[int, Split]) -> Claim:
    rows = printed.values()
    shares = [row.time / row.energy for row in rows]
    in_print = float(
        np.corrcoef([r.energy for r in rows], [r.time for r in rows])[0, 1]
    )
    correlations = cycles.run_means(
        runs, lambda run: float(np.corrcoef(run.energy, run.time)[0, 1])
    )
    least, *_, widest = zip(runs, correlations, strict=True)
    return Claim(
        "Time and energy are opposed, whatever the range.",
        "Fig. 17 and Table 4; Table 6 gives both for each range.",
        f"As printed time is {min(shares):.4f} to {max(shares):.4f} of the energy in every"
        f" row, correlation {in_print:.3f}. Ours over the cycles:"
        f" ±{least[0]:g} %: {least[1]}; ±{widest[0]:g} %: {widest[1]}.",
        combined(
            [
                judge_shares([Share.that([in_print < 0.0])]),
                judge_estimates(correlations, "below", 0.0),
            ]
        ),
        "Table 6 contradicts Fig. 17. With a wide range the number of nodes moves both"
        " in the same direction, more strongly than anything moves them apart.",
    )


def run(context: Context) -> Findings:
    """Reproduce Table 6."""
    runs = study(context)
    length = len(next(iter(runs.values()))[0].energy)
    return Findings(
        claims=claims(runs),
        parameters={
            **PARAMETERS,
            "networks": f"{context.repetitions} runs of {length} cycles at each range,"
            f" {CANDIDATES} candidates",
            "solvers": "price; bilevel-exact where that proves no optimum",
        },
        tables={"table-6": comparison(runs), "factors": _factors_table()},
        data={
            "table-6-cycles": cycles.every_cycle(
                "Table 6, every cycle", Column("range", "%", "right"), runs, WRITTEN
            )
        },
        pictures=(
            Picture(
                "table-6",
                "Mean energy and time of a cycle by the range of the number of nodes,"
                " relative to the narrowest range: here, with 95 % intervals, and as"
                " printed.",
                partial(_draw, runs),
            ),
        ),
        notes=(UNIT_NOTE, FOLLOWER_NOTE),
    )


def comparison(runs: Runs) -> Table:
    """Return the printed rows, and below them the means over all cycles of a range."""
    rows: list[tuple[Cell, ...]] = [
        ("printed", float(key), *row.columns, float(row.nodes))
        for key, row in TABLE_6.items()
    ]
    for percent, listed in runs.items():
        means = [
            round(float(np.mean([getattr(run, name).mean() for run in listed])), 2)
            for name in cycles.SPLIT
        ]
        rows.append(("here, mean cycle", percent, *means))
    return Table(
        "Table 6, printed and here",
        (
            Column("source"),
            Column("range", "± %", "right"),
            *cycles.SPLIT_COLUMNS,
        ),
        rows,
    )


def _factors_table() -> Table:
    return Table(
        "One factor for each printed row",
        (
            Column("range", "± %", "right"),
            Column("factor at least", align="right"),
            Column("at most", align="right"),
        ),
        [
            (key, round(low, 5), round(high, 5))
            for key, (low, high) in factors(TABLE_6).items()
        ],
    )


def _draw(runs: Runs) -> Figure:
    figure, panel = axes(
        "Mean cycle by range of the number of nodes",
        "range (± %)",
        "relative to the narrowest range",
    )
    first, *_ = TABLE_6.values()
    for quantity, colour, marker in (("energy", VERMILION, "o"), ("time", BLUE, "s")):
        means = _means(runs, quantity)
        value, low, high = np.array([ratio(row, means[0]) for row in means]).T
        errors = [value - low, high - value]
        panel.errorbar(
            list(runs), value, errors, color=colour, marker=marker, label=quantity
        )
        if quantity == "energy":
            panel.plot(
                list(TABLE_6),
                [row.energy / first.energy for row in TABLE_6.values()],
                color=colour,
                ls=":",
                marker="x",
                label="energy and time, printed",
            )
    legend_above(panel, 3)
    return figure
