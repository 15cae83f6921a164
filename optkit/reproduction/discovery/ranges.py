"""Table 6: what the range of the number of nodes does to energy and time."""

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
    ratio,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optkit.reproduction.discovery.published import Split

RANGES = tuple(float(one) for one in TABLE_6)
"""± percent of 50 nodes."""

QUICK_RANGES = (10.0, 90.0)

WINDOWS, QUICK_WINDOWS = 30, 4
"""Cycles of a run; the table has nine runs of a hundred."""

WRITTEN = ("energy", "time", "nodes")
"""What is written down of each cycle."""

CANDIDATES = 5
"""Of 50 nodes within 90 % there may be five; in every range there are as many."""

LITTLE = 0.1
"""By what share a mean may differ and still count as little affected."""

RELATED = 0.05
"""Largest p at which a correlation counts as there."""

STRONG = 0.5
"""Least rank correlation that counts as energy's following the number of nodes."""


def study(context: Context) -> dict[float, list[Cycles]]:
    """Solve runs of every range."""
    windows = QUICK_WINDOWS if context.quick else WINDOWS
    return cycles.study(
        context,
        QUICK_RANGES if context.quick else RANGES,
        lambda percent: {
            "windows": windows,
            "spread": percent / 100.0,
            "candidates": CANDIDATES,
        },
    )


def factors(
    printed: Mapping[int, Split],
) -> dict[int, tuple[float, float]]:
    """Return between what one factor lies that makes each row out of the first.

    All six columns, each printed to two decimals, have to allow it; where no factor
    does, the first end is above the second.
    """
    first, *_ = printed.values()
    found = {}
    for key, row in printed.items():
        lows, highs = zip(
            *(
                (
                    (x - HALF_DIGIT) / (y + HALF_DIGIT),
                    (x + HALF_DIGIT) / (y - HALF_DIGIT),
                )
                for x, y in zip(row.figures, first.figures, strict=True)
            ),
            strict=True,
        )
        found[key] = (max(lows), min(highs))
    return found


def claims(runs: Runs, printed: Mapping[int, Split] = TABLE_6) -> tuple[Claim, ...]:
    """Judge what the text says of Table 6, and what the table says.

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
    found = _means(runs, quantity)
    ends = ratio(found[-1], found[0])
    percent = list(runs)
    trend = mean([rank_correlation(percent, column) for column in found.T])
    figures = [getattr(row, quantity) for row in printed.values()]
    in_print = rank_correlation(list(printed), figures)
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
        f"Table 6: from {min(figures):g} to {max(figures):g} without order; rank"
        f" correlation with the range as printed {in_print:.2f}.",
        f"Mean cycle at ±{percent[-1]:g} % over ±{percent[0]:g} %: {ends}; rank correlation"
        f" of range and mean {trend}.",
        verdict,
        f"Little is taken as less than {100 * LITTLE:g} %. {reason}",
    )


def p_of(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return the p-value of Spearman's rank correlation; 1 where one is constant."""
    from scipy.stats import spearmanr

    if np.ptp(np.asarray(one)) == 0.0 or np.ptp(np.asarray(other)) == 0.0:
        return 1.0
    return float(spearmanr(one, other).pvalue)


def _nodes(runs: Runs, printed: Mapping[int, Split]) -> Claim:
    counts = [row.nodes for row in printed.values()]
    in_print = rank_correlation(list(printed), counts)
    p = p_of(list(printed), counts)
    # As in the table, one cycle of each range: the last of each run.
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
        "It is drawn symmetrically about 50: the range decides how far from it, not on"
        " which side.",
    )


def _follows(runs: Runs, printed: Mapping[int, Split]) -> Claim:
    counts = [row.nodes for row in printed.values()]
    in_print = rank_correlation(counts, [row.energy for row in printed.values()])
    widest = list(runs)[-1]
    found = {
        q: mean([rank_correlation(run.nodes, getattr(run, q)) for run in runs[widest]])
        for q in ("energy", "time")
    }
    return Claim(
        "What differs with the number of nodes is energy and time.",
        f"Table 6: rank correlation of nodes and energy as printed {in_print:.2f}.",
        f"Over the cycles at ±{widest:g} %: energy {found['energy']}, time"
        f" {found['time']}.",
        judge_estimates(found.values(), "above", STRONG),
        "More nodes ask, and each flood has more of them to pass: the number of nodes"
        " decides, not the range it is drawn from.",
    )


def _nine_runs(printed: Mapping[int, Split]) -> Claim:
    first, *others = printed
    found = factors(printed)
    multiples = [found[key][0] <= found[key][1] for key in others]
    named = ", ".join(
        f"{sum(found[key]) / 2:.4f}"
        for key, is_one in zip(others, multiples, strict=True)
        if is_one
    )
    own = Share.that(~np.array(multiples))
    off = max(_spread(printed[first], printed[key]) for key in others)
    return Claim(
        "The rows are nine simulations.",
        "Table 6: the whole process is simulated for each range.",
        f"{sum(multiples)} of {len(multiples)} rows are the row of ±{first} % times one"
        f" factor in all six columns, to rounding ({named or 'no factor'}); in no row do"
        f" the six ratios differ by more than {100 * off:.2g} %.",
        judge_shares([own]),
        "Six figures that rest on different modes, connections and networks cannot keep"
        " their proportions to four digits over nine runs; so the heights of this table"
        " are not what is reproduced here.",
    )


def _spread(first: Split, row: Split) -> float:
    """Return by what share the ratios of two rows' figures differ at most."""
    ratios = np.array(row.figures) / np.array(first.figures)
    return float(ratios.max() / ratios.min() - 1.0)


def _conflict(runs: Runs, printed: Mapping[int, Split]) -> Claim:
    rows = printed.values()
    shares = [row.time / row.energy for row in rows]
    in_print = float(
        np.corrcoef([r.energy for r in rows], [r.time for r in rows])[0, 1]
    )
    found = [
        mean([float(np.corrcoef(run.energy, run.time)[0, 1]) for run in listed])
        for listed in runs.values()
    ]
    least, *_, widest = zip(runs, found, strict=True)
    return Claim(
        "Time and energy are opposed, whatever the range.",
        "Fig. 17 and Table 4; Table 6 gives both for each range.",
        f"As printed time is {min(shares):.4f} to {max(shares):.4f} of the energy in every"
        f" row, correlation {in_print:.3f}. Ours over the cycles:"
        f" ±{least[0]:g} %: {least[1]}; ±{widest[0]:g} %: {widest[1]}.",
        combined(
            [
                judge_shares([Share.that([in_print < 0.0])]),
                judge_estimates(found, "below", 0.0),
            ]
        ),
        "Table 6 contradicts Fig. 17. With a wide range the number of nodes moves both the"
        " same way, more than anything moves them apart.",
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
        tables={"table-6": beside(runs), "factors": _factors_table()},
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


def beside(runs: Runs) -> Table:
    """Return the printed rows, and below them means over all cycles of a range."""
    names = ("energy", "agent", "self", "time", "agent", "self", "nodes")
    rows: list[tuple[Cell, ...]] = [
        ("printed", float(key), *row.figures, float(row.nodes))
        for key, row in TABLE_6.items()
    ]
    for percent in runs:
        figures = (
            "energy",
            "energy_agent",
            "energy_self",
            "time",
            "time_agent",
            "time_self",
            "nodes",
        )
        listed = runs[percent]
        means = [
            float(np.mean([getattr(run, name).mean() for run in listed]))
            for name in figures
        ]
        rows.append(("here, mean cycle", percent, *(round(one, 2) for one in means)))
    return Table(
        "Table 6, printed and here",
        (
            Column("source"),
            Column("range", "± %", "right"),
            *(Column(name, align="right") for name in names),
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
        found = [ratio(row, means[0]) for row in means]
        value = np.array([one.value for one in found])
        errors = [
            value - [one.low for one in found],
            np.array([one.high for one in found]) - value,
        ]
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
