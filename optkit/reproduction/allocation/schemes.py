"""Figures 5 and 6: the optimum against simpler schemes."""

from __future__ import annotations

import itertools
from functools import partial

import numpy as np

from optkit.core.consistency import OPTIMALITY_GAP
from optkit.reproduction.allocation import runs
from optkit.reproduction.allocation.networks import (
    PARAMETERS,
    TOPOLOGIES,
    UNITS_NOTE,
    topology,
)
from optkit.reproduction.allocation.pictures import bars
from optkit.reproduction.engine import (
    Claim,
    Context,
    Findings,
    Picture,
    combined,
)
from optkit.reproduction.engine.measurements import Measurements
from optkit.reproduction.engine.statistics import Share, judge_shares, ratio

BENCHMARKS = ("local", "multi-hop", "partial", "master-worker")
METHODS = (*BENCHMARKS, "cmo", "pmo")

SCHEMES_NOTE = (
    "The benchmarks minimise completion time, as the paper says. Multi-hop sends everything"
    " to the server with the fastest processor. Topologies 1 to 4 are rebuilt from the"
    " text, which determines the numbers of servers, heights and levels, but not all"
    " branches."
)


def study(context: Context, time: float, energy: float) -> Measurements:
    """Measure every scheme on the four topologies.

    Parameters
    ----------
    context
        The context of the study.
    time, energy
        The weights w1 and w2.
    """
    return runs.measure(
        context,
        list(TOPOLOGIES),
        lambda setting, repetition: topology(
            context,
            str(setting),
            repetition,
            weight_time=time,
            weight_energy=energy,
        ),
        lambda setting, instance: {name: (name, {}) for name in METHODS},
    )


def better(data: Measurements, quantity: str, scheme: str, rival: str) -> list[Share]:
    """Return for each topology in how many networks a scheme is strictly better."""
    return [
        Share.that(
            data.of(quantity, setting, scheme)
            < data.of(quantity, setting, rival) * (1.0 - OPTIMALITY_GAP)
        )
        for setting in data.settings
    ]


def best_of_all(data: Measurements, quantity: str) -> list[Share]:
    """Return for each topology in how many networks PMO beats every benchmark."""
    shares = []
    for setting in data.settings:
        benchmarks = [data.of(quantity, setting, name) for name in BENCHMARKS]
        least = np.min(benchmarks, axis=0)
        ours = data.of(quantity, setting, "pmo")
        shares.append(Share.that(ours < least * (1.0 - OPTIMALITY_GAP)))
    return shares


def by_topology(shares: list[Share]) -> str:
    """Return shares as text, topology by topology."""
    parts = [f"T{k + 1}: {share.count} of {share.of}" for k, share in enumerate(shares)]
    return f"{Share.pooled(shares)} networks ({', '.join(parts)})"


def gain(data: Measurements, quantity: str, scheme: str, rival: str) -> str:
    """Return by how much a scheme lies below its rival, as text."""
    ours = np.concatenate([data.of(quantity, s, scheme) for s in data.settings])
    theirs = np.concatenate([data.of(quantity, s, rival) for s in data.settings])
    return f"{ratio(ours, theirs)} of {runs.LOOKS[rival].label}'s on average"


def outperforms(data: Measurements, quantity: str, words: str, paper: str) -> Claim:
    """Judge whether CMO and PMO are better than every benchmark everywhere."""
    shares = best_of_all(data, quantity)
    verdict = judge_shares(shares)
    reason = {
        "cost": "They could give every benchmark's answer as well, and more servers"
        " always allow a better one.",
        "time": "They minimise time and energy together, so a benchmark that minimises time"
        " alone can be faster; with servers several hops away they are hardly ever"
        " slower.",
        "energy": "They minimise the largest weighted sum; a scheme that leaves the"
        " work on slow servers, such as Local with a slow master, uses little energy"
        " at each server and takes longer.",
    }[quantity]
    return Claim(
        f"CMO and PMO have {words} than all four benchmarks, on every topology.",
        paper,
        f"Strictly better than the best benchmark in {by_topology(shares)}; PMO has"
        f" {gain(data, quantity, 'pmo', 'master-worker')}.",
        verdict,
        reason,
    )


def claims_on_cost(timed: Measurements, weighed: Measurements) -> tuple[Claim, ...]:
    """Judge what the text says about Fig. 5.

    Parameters
    ----------
    timed
        Runs with w1 = 1 and w2 = 0 (Fig. 5a).
    weighed
        Runs with w1 = 0.5 and w2 = 0.05 (Fig. 5b).
    """
    return (
        outperforms(
            timed,
            "cost",
            "a shorter completion time (w1 = 1, w2 = 0)",
            "Fig. 5a: both lie below every benchmark in every scenario.",
        ),
        _poorest(timed),
        _two_servers(timed),
        _one_hop(timed),
        _resources(timed),
        outperforms(
            weighed,
            "cost",
            "a lower cost of time and energy (w1 = 0.5, w2 = 0.05)",
            "Fig. 5b: both balance time and energy better than the benchmarks do.",
        ),
        exactness(timed, weighed),
    )


def _poorest(data: Measurements) -> Claim:
    worst = []
    for setting in data.settings:
        single = [data.of("cost", setting, name) for name in ("local", "multi-hop")]
        several = [
            data.of("cost", setting, name) for name in ("partial", "master-worker")
        ]
        worst.append(Share.that(np.min(single, axis=0) > np.max(several, axis=0)))
    return Claim(
        "Local and Multi-hop, which use one server, are the two poorest.",
        "Fig. 5a: these two come last, explained by their using a single server.",
        f"Both behind Partial and Master-worker in {by_topology(worst)}.",
        judge_shares(worst),
        "Multi-hop uses the fastest server of the network; if the master and its"
        " neighbours are slow, this one server beats two.",
    )


def _two_servers(data: Measurements) -> Claim:
    local = better(data, "cost", "partial", "local")
    far = better(data, "cost", "partial", "multi-hop")
    verdict = combined([judge_shares(local), judge_shares(far)])
    return Claim(
        "Partial, which uses two servers, is better than Local and than Multi-hop.",
        "Fig. 5a: it lies below both, explained by its second server.",
        f"Better than Local in {Share.pooled(local)} networks, than Multi-hop in"
        f" {by_topology(far)}.",
        verdict,
        "It cannot be worse than Local; it beats Multi-hop if a neighbour is nearly as"
        " fast as the fastest server.",
    )


def _one_hop(data: Measurements) -> Claim:
    strictly = better(data, "cost", "master-worker", "partial")
    return Claim(
        "Master-worker, which uses all neighbours, is better still than Partial.",
        "Fig. 5a: it lies below Partial, explained by its using every server within one"
        " hop.",
        f"Strictly better in {by_topology(strictly)}.",
        judge_shares(strictly),
        "On Topology 1 the master has one neighbour, so the two are the same;"
        " everywhere else a second neighbour always helps.",
    )


def _resources(data: Measurements) -> Claim:
    chain = ("local", "partial", "master-worker", "pmo")
    steps = []
    for setting in data.settings:
        costs = [data.of("cost", setting, name) for name in chain]
        falls = [b <= a * (1 + 1e-9) for a, b in itertools.pairwise(costs)]
        steps.append(Share.that(np.all(falls, axis=0)))
    return Claim(
        "The more servers a scheme can use, the better it does.",
        "Fig. 5a is taken as evidence that using more resources computes better.",
        f"Local, Partial, Master-worker, PMO never get worse in that order in"
        f" {by_topology(steps)}.",
        judge_shares(steps),
        "Each of the four can give all answers of the previous one, so this must hold;"
        " Multi-hop is not part of the chain.",
    )


def exactness(*studies: Measurements) -> Claim:
    """Judge whether CMO and PMO find the optimum, which is proven without them."""
    shares = [
        Share.that(
            np.concatenate(
                [
                    np.abs(runs.excess(data, setting, name)) <= OPTIMALITY_GAP
                    for data in studies
                    for name in ("cmo", "pmo")
                ]
            )
        )
        for setting in studies[0].settings
    ]
    worst = max(
        float(np.abs(runs.excess(data, setting, name)).max())
        for data in studies
        for setting in data.settings
        for name in ("cmo", "pmo")
    )
    return Claim(
        "CMO and PMO both find the optimum.",
        "Sec. V derives both as exact; there is no other optimum to compare with.",
        f"Equal to an optimum that is proven without enumerating orders in"
        f" {Share.pooled(shares)} runs; largest relative difference {worst:.1g}.",
        judge_shares(shares),
        "The proof comes from contiguous orders and a bound, which share no code with"
        " the enumeration.",
    )


def claims_on_parts(data: Measurements) -> tuple[Claim, ...]:
    """Judge what the text says about Fig. 6."""
    return (
        outperforms(
            data,
            "time",
            "a shorter completion time",
            "Fig. 6a: all benchmarks are outperformed in completion time.",
        ),
        outperforms(
            data,
            "energy",
            "a smaller maximum energy of any server",
            "Fig. 6b: all benchmarks are outperformed in maximum energy, too.",
        ),
    )


def costs(context: Context) -> Findings:
    """Reproduce Fig. 5."""
    timed = study(context, 1.0, 0.0)
    weighed = study(context, 0.5, 0.05)
    title = "Total cost J of {}, Y = 1 Gbit"
    return Findings(
        claims=claims_on_cost(timed, weighed),
        parameters={
            **PARAMETERS,
            "weights": "w1 = 1, w2 = 0 (5a); w1 = 0.5, w2 = 0.05 (5b)",
            "networks": f"{context.repetitions} draws of speeds and rates a topology",
        },
        tables={
            "fig-5a": runs.summary(
                timed, title.format("Fig. 5a: time only"), "topology", ("cost",)
            ),
            "fig-5b": runs.summary(
                weighed, title.format("Fig. 5b: time and energy"), "topology", ("cost",)
            ),
        },
        data={
            "fig-5a-runs": runs.every_run(timed, "Fig. 5a", "topology"),
            "fig-5b-runs": runs.every_run(weighed, "Fig. 5b", "topology"),
        },
        pictures=(
            _bars(timed, "fig-5a", "cost", "(a) Time only: w1 = 1, w2 = 0"),
            _bars(
                weighed, "fig-5b", "cost", "(b) Time and energy: w1 = 0.5, w2 = 0.05"
            ),
        ),
        notes=(SCHEMES_NOTE, UNITS_NOTE),
    )


def time_and_energy(context: Context) -> Findings:
    """Reproduce Fig. 6."""
    data = study(context, 0.5, 0.05)
    return Findings(
        claims=claims_on_parts(data),
        parameters={
            **PARAMETERS,
            "networks": f"{context.repetitions} draws of speeds and rates a topology",
        },
        tables={
            "fig-6": runs.summary(
                data,
                "Fig. 6: completion time and energy",
                "topology",
                ("time", "energy"),
            )
        },
        data={"fig-6-runs": runs.every_run(data, "Fig. 6", "topology")},
        pictures=(
            _bars(data, "fig-6a", "time", "(a) Completion time"),
            _bars(data, "fig-6b", "energy", "(b) Largest energy of any server"),
        ),
        notes=(SCHEMES_NOTE, UNITS_NOTE),
    )


_AXES = {
    "cost": "total cost J",
    "time": "completion time (s)",
    "energy": "energy (J)",
}


def _bars(data: Measurements, name: str, quantity: str, title: str) -> Picture:
    beside = " The dotted line is the proven optimum." if quantity == "cost" else ""
    caption = (
        f"{title}, of six schemes on four topologies: mean of"
        f" {len(data.of(quantity, data.settings[0], 'pmo'))} networks each with its 95 %"
        f" interval.{beside}"
    )
    draw = partial(bars, data, METHODS, quantity, title, _AXES[quantity])
    return Picture(name, caption, draw)
