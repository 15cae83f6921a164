"""Figures 13 to 15 and Table 3: modes, energies and accuracies of the cycles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from optkit.core.arrays import Bools
from optkit.core.display.tables import Cell, Column, Table
from optkit.plotting.charts import axes, legend_above
from optkit.plotting.palette import BLUE, SOFT, VERMILION
from optkit.reproduction.discovery import cycles
from optkit.reproduction.discovery.cycles import Cycles, Runs
from optkit.reproduction.discovery.networks import FOLLOWER_NOTE, PARAMETERS, UNIT_NOTE
from optkit.reproduction.discovery.published import TABLE_3, TABLE_4
from optkit.reproduction.engine import (
    Claim,
    Context,
    Findings,
    Picture,
    Verdict,
    combined,
)
from optkit.reproduction.engine.statistics import Share, judge_shares, mean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optkit.reproduction.discovery.published import Mode, Split


AGENT_CYCLES = TABLE_3["AM"].cycles / sum(mode.cycles for mode in TABLE_3.values())
"""Share of the cycles that Table 3 counts as agent mode."""

SWING = 2.0
"""Least ratio of largest to least value that counts as a significant change."""


def mostly_agent(run: Cycles) -> Bools:
    """Return for each cycle whether most of its nodes are in agent mode."""
    return np.asarray(run.share > 0.5)


def as_counted(run: Cycles) -> Bools:
    """Return for each cycle whether it counts as agent mode, as often as in Table 3.

    The paper's rule is lost. Here the cycles with the largest shares of nodes in agent
    mode count: 46 of 100.
    """
    wanted = max(1, round(AGENT_CYCLES * len(run.share)))
    label = np.zeros(len(run.share), dtype=bool)
    label[np.argsort(-run.share, kind="stable")[:wanted]] = True
    return label


def claims(
    runs: Runs,
    table_3: Mapping[str, Mode] = TABLE_3,
    table_4: Mapping[str, Split] = TABLE_4,
) -> tuple[Claim, ...]:
    """Judge what the text says about Figs. 13 to 15 and Table 3, and what the table says.

    Parameters
    ----------
    runs
        The cycles of every run.
    table_3, table_4
        The tables as printed.
    """
    return (
        _no_fixed_mode(runs),
        _changing(runs),
        _less_energy(runs, table_3),
        _more_accurate(runs),
        _wide(runs, table_3),
        _alone(runs),
        _labels(table_3, table_4),
    )


def _no_fixed_mode(runs: Runs) -> Claim:
    shares = [
        Share.that([0 < mostly_agent(run).sum() < len(run.share) for run in listed])
        for listed in runs.values()
    ]
    counts = cycles.run_means(runs, lambda run: 100.0 * mostly_agent(run).mean())
    nodes = cycles.run_means(runs, lambda run: 100.0 * run.share.mean())
    return Claim(
        "No mode is the right one for all cycles.",
        f"Fig. 13 and Table 3: {TABLE_3['AM'].cycles} cycles in agent mode,"
        f" {TABLE_3['SM'].cycles} in self-directed mode.",
        "Percent of the cycles with most nodes in agent mode:"
        f" {cycles.at_rates(runs, counts)};"
        f" of the nodes: {cycles.at_rates(runs, nodes)}.",
        judge_shares(shares),
        "Within a cycle, nodes differ in their requests and distances, so both modes"
        " occur in every cycle. Which mode most nodes take depends on the request"
        " rate, which is not published: a node without requests needs no agent.",
    )


def _changing(runs: Runs) -> Claim:
    shares, words = [], []
    for listed in runs.values():
        swings = [run.energy.max() / run.energy.min() for run in listed]
        shares.append(Share.that(np.array(swings) >= SWING))
        words.append(mean(swings))
    printed = [mode.most for mode in TABLE_3.values()]
    least = min(mode.least for mode in TABLE_3.values())
    return Claim(
        "From cycle to cycle energy changes significantly.",
        f"Fig. 14; by Table 3 the largest is {max(printed) / least:.3g} times the least.",
        f"Largest over least of a run: {cycles.at_rates(runs, words)}.",
        judge_shares(shares),
        f"Significantly is taken as a factor of {SWING:g}. Floods get longer as nodes"
        " move apart, and the number of requests is random.",
    )


_KINDS: tuple[tuple[str, Callable[[npt.NDArray[np.float64]], float]], ...] = (
    ("largest", lambda x: float(np.nanmax(x))),
    ("least", lambda x: float(np.nanmin(x))),
    ("mean", lambda x: float(np.nanmean(x))),
)


def _less_energy(runs: Runs, printed: Mapping[str, Mode]) -> Claim:
    shares, words = [], []
    for name, statistic in _KINDS:
        flags = []
        for listed in runs.values():
            for run in listed:
                label = as_counted(run)
                flags.append(
                    statistic(run.energy[label]) < statistic(run.energy[~label])
                )
        shares.append(Share.that(flags))
        words.append(f"{name}: {shares[-1]}")
    agent, self_directed = printed["AM"], printed["SM"]

    def lead(ours: float, theirs: float) -> str:
        return f"{100 * (1 - ours / theirs):.2g}"

    return Claim(
        "Cycles in agent mode take less energy: at most, at least, and on average.",
        f"Table 3: {agent.most:g}, {agent.least:g}, {agent.mean:g} against"
        f" {self_directed.most:g}, {self_directed.least:g}, {self_directed.mean:g}.",
        f"Runs in which it is so, {'; '.join(words)}.",
        judge_shares(shares),
        "With more nodes in agent mode there are fewer floods. The printed lead is"
        f" {lead(agent.most, self_directed.most)} % at most,"
        f" {lead(agent.least, self_directed.least)} % at least and"
        f" {lead(agent.mean, self_directed.mean)} % on average.",
    )


def _more_accurate(runs: Runs) -> Claim:
    shares, words = [], []
    for name, statistic in _KINDS:
        flags = [
            statistic(run.accuracy_agent) > statistic(run.accuracy_self)
            for listed in runs.values()
            for run in listed
        ]
        shares.append(Share.that(flags))
        words.append(f"{name}: {shares[-1]}")
    return Claim(
        "Information in agent mode is more accurate: at most, at least, and on average.",
        "Table 3: 0.93, 0.24, 0.59 against 0.75, 0.04, 0.34.",
        f"Runs in which it is so, {'; '.join(words)}.",
        judge_shares(shares),
        "The accuracies of the agents' directories were drawn from the range in Table"
        " 3, so this only shows that the calibration is like the paper's.",
    )


def _wide(runs: Runs, printed: Mapping[str, Mode]) -> Claim:
    shares, words = [], []
    for mode in ("agent", "self"):
        row = printed["AM" if mode == "agent" else "SM"]
        spans = [
            float(np.nanmax(a) - np.nanmin(a))
            for listed in runs.values()
            for run in listed
            for a in [getattr(run, f"accuracy_{mode}")]
        ]
        wide = 0.5 * (row.accuracy_most - row.accuracy_least)
        shares.append(Share.that(np.array(spans) >= wide))
        words.append(
            f"{mode} mode {mean(spans)}, printed"
            f" {row.accuracy_most - row.accuracy_least:.2g}"
        )
    return Claim(
        "Mean accuracies of cycles differ as much as Table 3 says.",
        "Fig. 15 and Table 3: from 0.24 to 0.93 in agent mode, from 0.04 to 0.75 in the"
        " other.",
        f"Largest less least mean of a run's cycles: {'; '.join(words)}.",
        judge_shares(shares),
        "Judged by half the printed width. A mean over dozens of nodes changes little"
        " from cycle to cycle; the printed ranges are those of single nodes, not of"
        " means.",
    )


def _alone(runs: Runs) -> Claim:
    shares, factors = [], []
    for listed in runs.values():
        # Every connection takes time here; if only agent mode's did, the time of the other
        # mode would be saved.
        more = [float(run.time.sum() / run.time_agent.sum()) for run in listed]
        shares.append(Share.that(np.array(more) > 1.0))
        factors.append(mean(more))
    return Claim(
        "Agent mode alone costs more time than both modes together.",
        "Sec. V: it can be too costly in terms of time.",
        "With all connected nodes in agent mode, agents and connections of agent mode take"
        f" {cycles.at_rates(runs, factors)} times as long.",
        judge_shares(shares),
        "This must hold, since each connection that agent mode needs takes time. The"
        " paper does not say how much is too much.",
    )


def _labels(table_3: Mapping[str, Mode], table_4: Mapping[str, Split]) -> Claim:
    flags, words = [], []
    for name, label in (("min TEC", "AM"), ("min TTC", "SM")):
        row = table_4[name]
        mode = table_3[label]
        if row.energy not in (mode.least, mode.most):
            continue
        share = row.energy_agent / row.energy
        flags.append((share > 0.5) == (label == "AM"))
        words.append(
            f"{row.energy:g} is {label}, {100 * share:.0f} % of it agent mode's"
        )
    verdict = judge_shares([Share.that(flags)]) if flags else Verdict.UNTESTED
    return Claim(
        "A cycle counts as the mode in which it spends most energy.",
        "Tables 3 and 4 share two cycles, recognisable by their energies.",
        f"{'; '.join(words) or 'no cycle is in both tables'}.",
        combined([verdict]),
        "The rule behind the 46 and 54 cycles is lost, and this is not it: the cycle of"
        " most energy counts as self-directed and spends two thirds in agent mode.",
    )


def run(context: Context) -> Findings:
    """Reproduce Figs. 13 to 15 and Table 3."""
    runs = cycles.by_rate(context, cycles.only_cycles)
    return Findings(
        claims=claims(runs),
        parameters={
            **PARAMETERS,
            "networks": f"{context.repetitions} runs of"
            f" {len(next(iter(runs.values()))[0].energy)} cycles at each request rate",
            "solvers": "price; bilevel-exact where that proves no optimum",
            "label": "agent mode: the 46 % of the cycles with the largest share of nodes"
            " in it",
        },
        tables={"table-3": comparison(runs)},
        data={
            "fig-13-15": cycles.every_cycle(
                "Figs. 13 to 15, every cycle",
                Column("request rate", "1/s", "right"),
                runs,
            )
        },
        pictures=tuple(
            Picture(name, caption, partial(_draw, runs, quantity, title, unit))
            for name, caption, quantity, title, unit in (
                (
                    "fig-13",
                    "Share of the nodes in agent mode, cycle by cycle of one run, at two"
                    " request rates. Above the line a cycle is mostly in agent mode.",
                    "share",
                    "Modes by cycle",
                    "share in agent mode",
                ),
                (
                    "fig-14",
                    "Total energy of each cycle of one run, at two request rates.",
                    "energy",
                    "Energy by cycle",
                    "energy (J)",
                ),
                (
                    "fig-15",
                    "Mean accuracy of the nodes in agent mode (full lines) and in"
                    " self-directed mode (dotted), cycle by cycle of one run.",
                    "accuracy",
                    "Accuracy by cycle",
                    "mean accuracy",
                ),
            )
        ),
        notes=(UNIT_NOTE, FOLLOWER_NOTE),
    )


def comparison(runs: Runs) -> Table:
    """Return Table 3 as printed, and below it the means over our runs."""
    rows: list[tuple[Cell, ...]] = [
        (
            "printed",
            label,
            float(row.cycles),
            row.most,
            row.least,
            row.mean,
            row.accuracy_most,
            row.accuracy_least,
            row.accuracy_mean,
        )
        for label, row in TABLE_3.items()
    ]
    for rate, listed in runs.items():
        for label in ("AM", "SM"):
            values = []
            for run in listed:
                agent = label == "AM"
                counted = as_counted(run) if agent else ~as_counted(run)
                accuracy = run.accuracy_agent if agent else run.accuracy_self
                values.append(
                    [
                        float(counted.sum()),
                        *(statistic(run.energy[counted]) for _, statistic in _KINDS),
                        *(statistic(accuracy) for _, statistic in _KINDS),
                    ]
                )
            means = (round(float(value), 3) for value in np.mean(values, axis=0))
            rows.append((f"here, {rate:g} requests/s", label, *means))
    return Table(
        "Table 3, printed and mean of our runs",
        (
            Column("source"),
            Column("mode"),
            Column("cycles", align="right"),
            Column("largest TEC", align="right"),
            Column("least TEC", align="right"),
            Column("mean TEC", align="right"),
            Column("largest accuracy", align="right"),
            Column("least accuracy", align="right"),
            Column("mean accuracy", align="right"),
        ),
        rows,
    )


def _draw(runs: Runs, quantity: str, title: str, vertical: str) -> Figure:
    figure, panel = axes(title, "cycle", vertical)
    for (rate, listed), colour in zip(runs.items(), (BLUE, VERMILION), strict=True):
        run = listed[0]
        numbers = np.arange(1, len(run.energy) + 1)
        label = f"{rate:g} requests/s"
        if quantity == "accuracy":
            panel.plot(numbers, run.accuracy_agent, color=colour, label=label)
            panel.plot(numbers, run.accuracy_self, color=colour, ls=":")
            continue
        panel.plot(numbers, getattr(run, quantity), color=colour, label=label)
    if quantity == "share":
        panel.axhline(0.5, color=SOFT, lw=0.9)
        panel.set_ylim(0.0, 1.0)
    if quantity == "energy":
        panel.set_ylim(bottom=0.0)
    legend_above(panel, 2)
    return figure
