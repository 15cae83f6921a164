"""Figures 10 and 11: how much to prune, on the network of 20 servers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.core.arrays import Floats
from optkit.core.consistency import OPTIMALITY_GAP
from optkit.reproduction.allocation import runs
from optkit.reproduction.allocation.large_networks import HEIGHT_OF_20, network
from optkit.reproduction.allocation.networks import PARAMETERS, UNITS_NOTE, below
from optkit.reproduction.allocation.pictures import cost_curves, time_curves
from optkit.reproduction.engine import (
    Claim,
    Context,
    Findings,
    Picture,
    Verdict,
    combined,
)
from optkit.reproduction.engine.measurements import Measurement, Measurements, Setting
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

SERVERS = 20

THRESHOLDS = tuple(round(0.1 * k, 1) for k in range(11))
"""θ_p of Fig. 10."""

CONVERGED_AT = 0.4
"""θ_p below which the cost converges, according to the paper."""

SLOWED_AT = 3
"""ξ above which there is little improvement, according to the paper."""

SMALL = 0.05
"""Share of the whole improvement that counts as little."""

SLOW = 0.25
"""Share of it that may be left from where it is said to slow down."""

VISIBLE = 0.01
"""Relative difference of costs that can be seen in a picture."""

CLEAR = 0.9
"""Rank correlation from which a curve counts as rising."""

_ROUNDING = 1.0 + OPTIMALITY_GAP


def _rank(data: Measurements, quantity: str, method: str) -> float:
    """Return the rank correlation of the setting and the mean of a quantity."""
    means = [data.of(quantity, s, method).mean() for s in data.settings]
    return rank_correlation([float(s) for s in data.settings], means)


def judge_rank(rank: float) -> Verdict:
    """Return the verdict on a rising curve, from its rank correlation."""
    if rank >= CLEAR:
        return Verdict.HOLDS
    return Verdict.IN_PART if rank > 0.0 else Verdict.FAILS


def remaining(data: Measurements, setting: Setting, method: str) -> list[float]:
    """Return the share of the improvement still to come at a setting, by network.

    The improvement is that of the best setting over the worst one.
    """
    costs = _costs_by_setting(data, method)
    worst, best = costs.max(axis=0), costs.min(axis=0)
    return list((data.of("cost", setting, method) - best) / (worst - best))


def _costs_by_setting(data: Measurements, method: str) -> Floats:
    """Return costs, shape (settings, networks)."""
    return np.array([data.of("cost", s, method) for s in data.settings])


def lowest(
    data: Measurements, method: str, setting: Setting, slack: float = 0.0
) -> Share:
    """Return in how many networks a setting's cost is the lowest, up to ``slack``."""
    least = _costs_by_setting(data, method).min(axis=0)
    return Share.that(data.of("cost", setting, method) <= least * (_ROUNDING + slack))


def highest(data: Measurements, method: str, setting: Setting) -> Share:
    """Return in how many networks a setting's cost is the highest."""
    most = _costs_by_setting(data, method).max(axis=0)
    return Share.that(data.of("cost", setting, method) * _ROUNDING >= most)


def claims_on_nodes(data: Measurements) -> tuple[Claim, ...]:
    """Judge what the text says about Fig. 10."""
    method = "node-pruning"
    working = np.array([data.of("selected", s, method) for s in data.settings])
    fewer = Share.that(np.all(np.diff(working, axis=0) <= 0, axis=0))
    best = lowest(data, method, 0.0)
    nearly = lowest(data, method, 0.0, VISIBLE)
    worst = highest(data, method, 1.0)
    all_work = Share.that(data.of("selected", 0.0, method) == SERVERS - 1)
    none_work = Share.that(data.of("selected", 1.0, method) == 0)
    cost, time = (_rank(data, q, method) for q in ("cost", "seconds"))
    left = remaining(data, CONVERGED_AT, method)
    return (
        Claim(
            "The higher the threshold θ_p, the fewer servers work.",
            "Fig. 10: fewer are selected and more left out as it rises.",
            f"Never more servers at a higher threshold in {fewer} networks; on average"
            f" {working[0].mean():.3g} at 0 and {working[-1].mean():.3g} at 1.",
            judge_shares([fewer]),
            "It follows from the rule: each server's saving is compared with θ_p.",
        ),
        Claim(
            "The cost is lowest at θ_p = 0, where no server is left out.",
            "Fig. 10a: best there.",
            f"No server left out in {all_work} networks; the lowest cost of all thresholds"
            f" in {best}, and within {100 * VISIBLE:.0f} % of it in {nearly}.",
            combined(judge_shares([share]) for share in (all_work, best, nearly)),
            "It would hold for optimal orders; the genetic algorithm often finds"
            " slightly better orders for a few servers less.",
        ),
        Claim(
            "The cost is highest at θ_p = 1, where the master does everything.",
            "Fig. 10a: worst there, all workers being pruned.",
            f"Nobody but the master works in {none_work} networks; the highest cost of all"
            f" thresholds in {worst}.",
            combined([judge_shares([none_work]), judge_shares([worst])]),
            "No server can save the whole cost, so none passes the threshold.",
        ),
        Claim(
            "As θ_p falls, the cost falls and the execution time rises.",
            "Fig. 10: more workers are selected, the cost decreases, the time increases.",
            f"Rank correlation of θ_p with the mean cost {cost:.2f}, with the mean time"
            f" {time:.2f}.",
            combined([judge_rank(cost), judge_rank(-time)]),
            "More servers share the work, and each order's program grows with them; a rank"
            f" correlation of {CLEAR:g} in size is asked for.",
        ),
        Claim(
            "At θ_p = 0.4 the cost has all but converged.",
            "Fig. 10a: once θ_p is down to 0.4, the cost tends to converge.",
            f"Less than {100 * SMALL:.0f} % of the whole improvement is still to come at"
            f" 0.4 in {Share.that(np.array(left) < SMALL)} networks;"
            f" {mean(left).percent()} on average.",
            judge_shares([Share.that(np.array(left) < SMALL)]),
            "The right threshold depends on the master: a slow one saves more than 0.4"
            " with almost any helper, a fast one with none.",
        ),
    )


def claims_on_levels(data: Measurements) -> tuple[Claim, ...]:
    """Judge what the text says about Fig. 11."""
    method = "level-pruning"
    deepest = data.settings[-1]
    local = Share.that(data.of("selected", 0, method) == 0)
    worst = highest(data, method, 0)
    best = lowest(data, method, deepest)
    nearly = lowest(data, method, deepest, VISIBLE)
    cost, time = (_rank(data, q, method) for q in ("cost", "seconds"))
    left = remaining(data, SLOWED_AT, method)
    grown = ratio(
        data.of("seconds", deepest, method), data.of("seconds", SLOWED_AT, method)
    )
    return (
        Claim(
            "With ξ = 0 the master does everything, at the highest cost.",
            "Fig. 11a: the highest cost.",
            f"Nobody but the master works in {local} networks; highest cost in {worst}.",
            combined([judge_shares([local]), judge_shares([worst])]),
            "With more servers it is still possible to use none of them.",
        ),
        Claim(
            "As ξ rises, the cost falls.",
            "Fig. 11a: performance improves as more servers are selected.",
            f"Rank correlation of ξ and the mean cost: {cost:.2f}.",
            judge_rank(-cost),
            "More servers share the work; on the last levels chance in the genetic"
            " algorithm's orders has more effect. A correlation of"
            f" −{CLEAR:g} is asked for.",
        ),
        Claim(
            "Beyond ξ = 3 the improvement slows down.",
            "Fig. 11a: slower once ξ exceeds 3.",
            f"Less than {100 * SLOW:.0f} % of the whole improvement is still to come at"
            f" ξ = {SLOWED_AT} in {Share.that(np.array(left) < SLOW)} networks;"
            f" {mean(left).percent()} on average.",
            judge_shares([Share.that(np.array(left) < SLOW)]),
            "Slowing down is read as a quarter of the levels bringing three quarters of the"
            " improvement.",
        ),
        Claim(
            f"The cost is lowest at ξ = H = {HEIGHT_OF_20}, with every server.",
            "Fig. 11a: best at the largest value.",
            f"The lowest cost of all ξ in {best} networks, and within"
            f" {100 * VISIBLE:.0f} % of it in {nearly}.",
            combined([judge_shares([best]), judge_shares([nearly])]),
            "It would hold for optimal orders; the genetic algorithm is often slightly"
            " better without a few distant servers.",
        ),
        Claim(
            "The execution time grows rapidly with ξ.",
            "Fig. 11b: a rapid increase.",
            f"Rank correlation of ξ and the mean time: {time:.2f}; time at ξ = {deepest}"
            f" over that at {SLOWED_AT}: {grown}.",
            combined([judge_rank(time), judge_estimates([grown], "above", 2.0)]),
            "Each order's program grows with the servers kept; rapidly is read as more than"
            " twice the time from ξ = 3 on.",
        ),
    )


def _study(
    context: Context, settings: list[Setting], solver: str, option: str
) -> Measurements:
    """Run one kind of pruning at every setting on the same networks of 20 servers."""
    drawn = cache(partial(network, context, SERVERS))

    def methods(setting: Setting, instance: AllocationInstance) -> runs.Methods:
        inner = {"inner": "ga", "inner_options": runs.evolution(context)}
        return {solver: (solver, {option: setting, **inner})}

    def selected(run: Measurement) -> float:
        tree = sink_tree(drawn(run.repetition))
        if run.method == "node-pruning":
            return SERVERS - 1.0 - runs.left_out(tree, float(run.setting))
        if run.method == "level-pruning":
            return SERVERS - 1.0 - below(tree, int(run.setting))
        return SERVERS - 1.0

    data = runs.measure(
        context, settings, lambda setting, repetition: drawn(repetition), methods
    )
    # Servers that may work; with a poor order some of them get no load.
    return Measurements(
        replace(run, values={**run.values, "selected": selected(run)}) for run in data
    )


def _findings(
    context: Context,
    data: Measurements,
    claims: tuple[Claim, ...],
    figure: str,
    symbol: str,
    method: str,
) -> Findings:
    """Return the findings on one of the two figures."""
    number = figure.removeprefix("fig-")
    words = f"means of {context.repetitions} networks with 95 % intervals"
    label = runs.LOOKS[method].label
    return Findings(
        claims=claims,
        parameters={
            **PARAMETERS,
            "networks": f"{context.repetitions} of {SERVERS} servers, one subtree, height"
            f" {HEIGHT_OF_20}; those of Fig. 9",
            "GA": runs.evolution_words(context),
        },
        tables={
            figure: runs.summary(
                data,
                f"Fig. {number}: cost, execution time and servers",
                symbol,
                ("cost", "seconds", "selected", "workers"),
            )
        },
        data={f"{figure}-runs": runs.every_run(data, f"Fig. {number}", symbol)},
        pictures=(
            Picture(
                f"{figure}a",
                f"(a) Total cost of {label} with the genetic algorithm by {symbol}:"
                f" {words}; dotted: the proven optimum without pruning. Above: mean number"
                " of servers that may work besides the master.",
                partial(_costs, data, symbol, method),
            ),
            Picture(
                f"{figure}b",
                f"(b) Execution time of the same runs by {symbol}: geometric means with"
                " 95 % intervals, logarithmic axis.",
                partial(_times, data, symbol, method),
            ),
        ),
        notes=(runs.TIMES_NOTE, UNITS_NOTE),
    )


def node_pruning(context: Context) -> Findings:
    """Reproduce Fig. 10."""
    settings: list[Setting] = [0.0, 0.4, 1.0] if context.quick else [*THRESHOLDS]
    data = _study(context, settings, "node-pruning", "threshold")
    claims = claims_on_nodes(data)
    return _findings(context, data, claims, "fig-10", "threshold θ_p", "node-pruning")


def level_pruning(context: Context) -> Findings:
    """Reproduce Fig. 11."""
    settings: list[Setting] = [0, 3, 12] if context.quick else [*range(13)]
    data = _study(context, settings, "level-pruning", "levels")
    claims = claims_on_levels(data)
    return _findings(context, data, claims, "fig-11", "levels kept ξ", "level-pruning")


def _costs(data: Measurements, symbol: str, method: str) -> Figure:
    figure, panel = cost_curves(data, (method,), symbol)
    panel.legend(loc="best")
    upper = panel.secondary_xaxis("top")
    workers = [data.of("selected", s, method).mean() for s in data.settings]
    upper.set_xticks(panel.get_xticks(), [f"{count:.0f}" for count in workers])
    upper.set_xlabel("mean number of servers that may work")
    return figure


def _times(data: Measurements, symbol: str, method: str) -> Figure:
    return time_curves(data, (method,), symbol)[0]
