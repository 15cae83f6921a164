"""Figure 17 and Table 4: energy against time, cycle by cycle and within one network."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from optkit.core.display.tables import Cell, Column, Table
from optkit.plotting.charts import axes, legend_above
from optkit.reproduction.discovery import cycles, fronts
from optkit.reproduction.discovery.cycles import Cycles, Runs
from optkit.reproduction.discovery.networks import (
    FOLLOWER_NOTE,
    PARAMETERS,
    UNIT_NOTE,
)
from optkit.reproduction.discovery.published import HALF_DIGIT, TABLE_3, TABLE_4
from optkit.reproduction.engine import (
    Claim,
    Context,
    Findings,
    Picture,
    combined,
)
from optkit.reproduction.engine.measurements import Measurements
from optkit.reproduction.engine.statistics import (
    Share,
    judge_estimates,
    judge_shares,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from optkit.reproduction.discovery.published import Mode, Split

PLOTTED = ("energy", "time", "nodes")
"""Columns of the data of each cycle."""

SAME = 1e-6
"""Largest relative difference of two energies that count as the same."""


def correlation(run: Cycles) -> float:
    """Return Pearson's correlation of TEC and TTC over the cycles of a run."""
    return float(np.corrcoef(run.energy, run.time)[0, 1])


def without_nodes(run: Cycles) -> float:
    """Return the partial correlation, with the number of nodes held fixed."""
    matrix = np.asarray(np.corrcoef(np.stack([run.energy, run.time, run.nodes])))
    if not np.all(np.isfinite(matrix)):
        return correlation(run)
    r, e, t = matrix[0, 1], matrix[0, 2], matrix[1, 2]
    return float((r - e * t) / np.sqrt((1.0 - e * e) * (1.0 - t * t)))


def middle(run: Cycles) -> tuple[float, float]:
    """Return energy and time of the median solution: the mean of the two middle cycles."""
    pair = _middle_cycles(run)
    return float(run.energy[pair].mean()), float(run.time[pair].mean())


def _middle_cycles(run: Cycles) -> npt.NDArray[np.intp]:
    """Return the two middle cycles by energy: of 100 the 50th and the 51st."""
    order = np.argsort(run.energy, kind="stable")
    return order[[(len(order) - 1) // 2, len(order) // 2]]


def claims(
    runs: Runs,
    traced: Measurements,
    table_4: Mapping[str, Split] = TABLE_4,
    table_3: Mapping[str, Mode] = TABLE_3,
) -> tuple[Claim, ...]:
    """Judge what the text says about Fig. 17 and Table 4, and what the table says.

    Parameters
    ----------
    runs
        The cycles of every run.
    traced
        Fronts by reading.
    table_4, table_3
        The tables as printed.
    """
    return (
        _negative(runs),
        _opposed(traced),
        _ends(runs, table_4),
        _near_the_median(runs, table_4),
        _trade_off(runs, table_4),
        _whole_run(table_4, table_3),
        _parts(table_4),
    )


def _negative(runs: Runs) -> Claim:
    correlations = cycles.run_means(runs, correlation)
    partial_ones = cycles.run_means(runs, without_nodes)
    return Claim(
        "Over the cycles, total time falls as total energy rises.",
        "Fig. 17: the points show a negative correlation.",
        f"Mean correlation of a run's cycles at"
        f" {cycles.at_rates(runs, correlations)}; with the number"
        f" of nodes held fixed {cycles.at_rates(runs, partial_ones)}.",
        judge_estimates(correlations, "below", 0.0),
        "Where nodes are far apart, fewer can connect, which takes less time, and"
        " floods take more hops, which needs more energy; more nodes cost more of"
        " both.",
    )


def _opposed(traced: Measurements) -> Claim:
    shares, words = [], []
    for reading in traced.settings:
        fast, thrifty = (
            {q: traced.of(q, reading, end) for q in ("time", "energy")}
            for end in ("min-time", "min-energy")
        )
        saved = 1.0 - thrifty["energy"] / fast["energy"]
        longer = thrifty["time"] / fast["time"] - 1.0
        share = Share.that(saved > SAME)
        shares.append(share)
        words.append(
            f"{reading}: {share.count} of {share.of} networks, energy"
            f" {100 * saved.mean():.3g} % less in {100 * longer.mean():.3g} % more time"
        )
    return Claim(
        "The reason is that the two objectives conflict.",
        "Fig. 17: the explanation is that the two objectives are hard to reach"
        " together.",
        f"Least time and least energy exclude each other in: {'; '.join(words)}.",
        judge_shares(shares),
        "The points of Fig. 17 are solutions for different networks. Within one"
        " network there is no conflict if every linked node must connect: the modes,"
        " and with them the energy, are the same whichever agents are opened. With"
        " optional connections there is one.",
    )


def _ends(runs: Runs, printed: Mapping[str, Split]) -> Claim:
    shares = []
    for listed in runs.values():
        slow = [r.time[np.argmin(r.energy)] > np.median(r.time) for r in listed]
        hungry = [r.energy[np.argmin(r.time)] > np.median(r.energy) for r in listed]
        shares.append(Share.that([*slow, *hungry]))
    low, high = printed["min TEC"], printed["min TTC"]
    return Claim(
        "The cycle of least energy takes much time, the one of least time much energy.",
        f"Table 4: {low.energy:g} with {low.time:g}, and {high.energy:g} with"
        f" {high.time:g}, each the other's largest.",
        "The other quantity is above its median over the cycles in"
        f" {cycles.at_rates(runs, shares)} ends of runs.",
        judge_shares(shares),
        "The correlation is too weak to order single cycles.",
    )


def _normed(run: Cycles, energy: float, time: float) -> float:
    """Return the sum of energy and time, each as a share of its range over the cycles."""
    return float(
        (energy - run.energy.min()) / np.ptp(run.energy)
        + (time - run.time.min()) / np.ptp(run.time)
    )


def _distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


def _near_the_median(runs: Runs, printed: Mapping[str, Split]) -> Claim:
    low, high = printed["min TEC"], printed["min TTC"]
    spans = high.energy - low.energy, low.time - high.time
    position = {n: (s.energy / spans[0], s.time / spans[1]) for n, s in printed.items()}
    away = {
        name: _distance(position["optimal"], position[name])
        for name in ("median", "min TEC", "min TTC")
    }
    shares = []
    for listed in runs.values():
        nearer = []
        for run in listed:
            scale = np.ptp(run.energy), np.ptp(run.time)
            points = {
                "mean": (run.energy.mean(), run.time.mean()),
                "median": middle(run),
                "energy": _at(run, int(np.argmin(run.energy))),
                "time": _at(run, int(np.argmin(run.time))),
            }
            scaled = {n: (e / scale[0], t / scale[1]) for n, (e, t) in points.items()}
            far = {n: _distance(scaled["mean"], scaled[n]) for n in scaled}
            nearer.append(far["median"] < min(far["energy"], far["time"]))
        shares.append(Share.that(nearer))
    printed_so = Share.that([away["median"] < min(away["min TEC"], away["min TTC"])])
    return Claim(
        "The optimal solution is near the median, nearer than to either end.",
        "Table 4: the paper takes this as a first sign that the algorithm works.",
        f"Printed: {away['median']:.2g} of the ranges from the median,"
        f" {away['min TEC']:.2g} and {away['min TTC']:.2g} from the ends. The mean cycle of"
        f" our optima is nearer to the median in {cycles.at_rates(runs, shares)} runs.",
        combined([judge_shares(shares), judge_shares([printed_so])]),
        "This is true but says nothing about the algorithm: the ends are the extremes"
        " of a hundred cycles, and every average lies nearer to their middle.",
    )


def _at(run: Cycles, cycle: int) -> tuple[float, float]:
    return float(run.energy[cycle]), float(run.time[cycle])


def _trade_off(runs: Runs, printed: Mapping[str, Split]) -> Claim:
    low, high = printed["min TEC"], printed["min TTC"]
    sums = {
        name: (row.energy - low.energy) / (high.energy - low.energy)
        + (row.time - high.time) / (low.time - high.time)
        for name, row in printed.items()
    }
    as_printed = sums["median"] < min(sums["min TEC"], sums["min TTC"])
    shares = []
    for listed in runs.values():
        better = []
        for run in listed:
            ends = [_at(run, int(np.argmin(q))) for q in (run.energy, run.time)]
            best = min(_normed(run, *end) for end in ends)
            better.append(_normed(run, *middle(run)) < best)
        shares.append(Share.that(better))
    return Claim(
        "The median solution is the trade-off between both objectives.",
        "Table 4: called the more desirable optimisation.",
        f"Each in shares of its range, energy and time add up to {sums['median']:.3g} at"
        f" the printed median, {sums['optimal']:.3g} at the optimal solution, and 1 at"
        " either end. Ours: less than at both ends in"
        f" {cycles.at_rates(runs, shares)} runs.",
        combined([judge_shares([Share.that([as_printed])]), judge_shares(shares)]),
        "A trade-off would lie below the line between the ends; the middle of a list"
        " of different networks need not, and the printed one lies above it.",
    )


def _whole_run(table_4: Mapping[str, Split], table_3: Mapping[str, Mode]) -> Claim:
    count = sum(mode.cycles for mode in table_3.values())
    average = sum(mode.cycles * mode.mean for mode in table_3.values()) / count
    optimal = table_4["optimal"].energy
    same = abs(average - optimal) <= 2 * HALF_DIGIT
    return Claim(
        "The optimal solution is that of the whole run.",
        f"Table 4 lists it, {optimal:g}, next to single cycles and the median of"
        f" {count}.",
        f"The mean of the {count} cycles is {average:.2f} by Table 3; the optimal solution"
        f" is {100 * abs(optimal / average - 1.0):.2g} % off it, and has"
        f" {table_4['optimal'].nodes} nodes, the number of one cycle.",
        judge_shares([Share.that([same])]),
        "It is one of the hundred cycles, neither their sum nor their mean; the paper"
        " does not say among what it is optimal.",
    )


def _parts(printed: Mapping[str, Split]) -> Claim:
    complete = [
        abs(row.columns[k] - row.columns[k + 1] - row.columns[k + 2]) <= 3 * HALF_DIGIT
        for row in printed.values()
        for k in (0, 3)
    ]
    share = Share.that(complete)
    return Claim(
        "Agent mode and self-directed mode add up to the totals.",
        "Table 4: totals of energy and time, and their parts.",
        f"To rounding in {share.count} of {share.of} printed totals.",
        judge_shares([share]),
        "The time of self-directed mode is not zero, which the printed objective of the"
        " leader, with Y, cannot give: hence the reading that every connection takes time.",
    )


def run(context: Context) -> Findings:
    """Reproduce Fig. 17 and Table 4."""
    runs = cycles.by_rate(context, cycles.only_cycles)
    traced = fronts.study(context)
    columns = {q: Column(q, u, "right") for q, u in (("time", "s"), ("energy", "J"))}
    return Findings(
        claims=claims(runs, traced),
        parameters={
            **PARAMETERS,
            "networks": f"{context.repetitions} runs of"
            f" {len(next(iter(runs.values()))[0].energy)} cycles at each request rate",
            "fronts": f"{fronts.WINDOWS} cycles, {fronts.RATE:g} requests/s, at most"
            f" {fronts.QUICK_POINTS if context.quick else fronts.POINTS} points",
            "solvers": "price, bilevel-exact where that proves no optimum; fronts by"
            " bilevel-exact",
        },
        tables={"table-4": comparison(runs), "fronts": fronts.ends(traced)},
        data={
            "fig-17": cycles.every_cycle(
                "Fig. 17, every cycle",
                Column("request rate", "1/s", "right"),
                runs,
                PLOTTED,
            ),
            "fronts-points": traced.table(
                "Fronts, every point", Column("reading"), columns
            ),
        },
        pictures=(
            Picture(
                "fig-17",
                "Total energy and total time of each cycle of one run, at two request"
                " rates. The line is the straight trend; its slope is negative where the"
                " correlation is.",
                partial(_scatter, runs),
            ),
            Picture(
                "fronts",
                "Energy against time within one network of four cycles, each point proven"
                " best under some weights, in three readings. Forced connections leave"
                " energy no choice.",
                partial(fronts.draw, traced),
            ),
        ),
        notes=(UNIT_NOTE, FOLLOWER_NOTE),
    )


def comparison(runs: Runs) -> Table:
    """Return Table 4 as printed, and below it the same for the first run at each rate."""
    rows: list[tuple[Cell, ...]] = [
        ("printed", name, *row.columns, row.nodes) for name, row in TABLE_4.items()
    ]
    for rate, listed in runs.items():
        run = listed[0]
        chosen: dict[str, Any] = {
            "min TEC": [np.argmin(run.energy)],
            "mean cycle": slice(None),
            "median": _middle_cycles(run),
            "min TTC": [np.argmin(run.time)],
        }
        for name, which in chosen.items():
            means = [
                round(float(getattr(run, column)[which].mean()), 2)
                for column in cycles.SPLIT
            ]
            rows.append((f"here, {rate:g} requests/s", name, *means))
    return Table(
        "Table 4, printed and of one of our runs",
        (Column("source"), Column("direction"), *cycles.SPLIT_COLUMNS),
        rows,
    )


def _scatter(runs: Runs) -> Figure:
    figure, panel = axes(
        "Energy and time of a cycle", "total energy TEC (J)", "total time TTC (s)"
    )
    for (rate, listed), look in zip(runs.items(), fronts.LOOKS, strict=False):
        run = listed[0]
        label = f"{rate:g} requests/s, r = {correlation(run):.2f}"
        panel.plot(
            run.energy, run.time, look.marker, color=look.colour, label=label, alpha=0.6
        )
        slope, height = np.polyfit(run.energy, run.time, 1)
        ends = np.array([run.energy.min(), run.energy.max()])
        panel.plot(ends, height + slope * ends, color=look.colour)
    legend_above(panel, 1)
    return figure
