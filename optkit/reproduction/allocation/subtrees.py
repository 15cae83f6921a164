"""Figure 8: networks that grow by subtrees, each a chain of two servers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.core.arrays import Floats
from optkit.core.consistency import OPTIMALITY_GAP
from optkit.plotting.charts import label_ends
from optkit.reproduction.allocation import runs
from optkit.reproduction.allocation.networks import PARAMETERS, UNITS_NOTE, pairs
from optkit.reproduction.allocation.pictures import cost_curves, time_curves
from optkit.reproduction.engine import Claim, Context, Findings, Picture, combined
from optkit.reproduction.engine.measurements import Measurements, Setting
from optkit.reproduction.engine.statistics import (
    Share,
    judge_estimates,
    judge_shares,
    listing,
    ratio,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

METHODS = ("cmo", "pmo", "node-pruning", "level-pruning", "ga")

MOST, QUICK_MOST = 10, 3
"""Subtrees of the largest network."""


def methods(
    context: Context, setting: Setting, instance: AllocationInstance
) -> runs.Methods:
    """Return the five methods; pruning leaves out one server per subtree on average."""
    threshold = runs.pruning_threshold(sink_tree(instance), int(setting))
    return {
        "cmo": ("cmo", {}),
        "pmo": ("pmo", {}),
        "node-pruning": ("node-pruning", {"threshold": threshold}),
        "level-pruning": ("level-pruning", {"levels": 1}),
        "ga": ("ga", runs.evolution(context)),
    }


def claims(data: Measurements) -> tuple[Claim, ...]:
    """Judge what the text says about Fig. 8."""
    return (
        _falling(data),
        _np_over_lp(data),
        _lp_quicker(data),
        _cmo_growth(data),
        _pmo(data),
    )


def _falling(data: Measurements) -> Claim:
    shares = {}
    for method in METHODS:
        costs = np.array([data.of("cost", s, method) for s in data.settings])
        shares[method] = Share.that(np.diff(costs, axis=0) < 0.0)
    ends = ratio(
        data.of("cost", data.settings[-1], "pmo"),
        data.of("cost", data.settings[0], "pmo"),
    )
    return Claim(
        "More subtrees lower the cost, whatever the method.",
        "Fig. 8a: the cost falls as subtrees are added, more servers sharing the work.",
        "Another subtree lowers the cost in"
        f" {listing(runs.labels(METHODS), shares.values())} steps."
        f" PMO's cost with {data.settings[-1]} subtrees is {ends} of that with one.",
        judge_shares(shares.values()),
        "A new subtree can be left unused, so the optimum cannot rise; node pruning"
        " can get worse if its threshold changes the choice of servers.",
    )


def _np_over_lp(data: Measurements) -> Claim:
    ratios = runs.cost_ratios(data, "node-pruning", "level-pruning")
    tolerance = 1.0 + OPTIMALITY_GAP
    shares = [
        Share.that(
            data.of("cost", s, "node-pruning")
            <= data.of("cost", s, "level-pruning") * tolerance
        )
        for s in data.settings
    ]
    everywhere = Share.pooled(shares)
    return Claim(
        "Node pruning is always better than level pruning, leaving out as many servers.",
        "Fig. 8a: consistently better, both leaving out one server of every subtree.",
        f"Never dearer in {everywhere} networks; cost of NP over that of LP by number of"
        f" subtrees: {listing(data.settings, ratios)}.",
        combined([judge_estimates(ratios, "below", 1.0), judge_shares([everywhere])]),
        "It keeps the servers that help most, in any subtree; with one subtree the two"
        " mostly leave out the same server.",
    )


def _lp_quicker(data: Measurements) -> Claim:
    ratios = runs.time_ratios(data, "level-pruning", "node-pruning")
    return Claim(
        "Level pruning is quicker than node pruning.",
        "Fig. 8b: its simplicity makes it more efficient.",
        f"Time of LP over that of NP: {listing(data.settings, ratios)}.",
        judge_estimates(ratios, "below", 1.0),
        "Counting levels takes no time; node pruning solves a problem of two servers"
        " for each server, and may keep both servers of a subtree, which have two"
        " orders.",
    )


def growth(data: Measurements, method: str) -> Floats:
    """Return the factor by which a method's time grows over the settings, (K,)."""
    first, last = data.settings[0], data.settings[-1]
    return data.of("seconds", last, method) / data.of("seconds", first, method)


def _cmo_growth(data: Measurements) -> Claim:
    others = [name for name in METHODS if name != "cmo"]
    cmo = growth(data, "cmo")
    ratios = [ratio(cmo, growth(data, name)) for name in others]
    return Claim(
        "CMO's time grows far faster with the number of subtrees than the others'.",
        "Fig. 8b: a significant increase for CMO, the other four being parallel.",
        f"From {data.settings[0]} to {data.settings[-1]} subtrees CMO's time grows by a"
        f" factor of {ratio(cmo, np.ones(len(cmo)))}; over the growth of"
        f" {listing(runs.labels(others), ratios)}.",
        judge_estimates(ratios, "above", 1.0),
        "CMO tries 2 to the power of the number of subtrees, and the others twice the"
        " number of subtrees; no parallel work is needed for that.",
    )


def _pmo(data: Measurements) -> Claim:
    optimal = Share.that(
        np.concatenate([runs.optimal(data, s, "pmo") for s in data.settings])
    )
    ratios = {
        (s, rival): runs.time_ratio(data, s, "pmo", rival)
        for s in data.settings[1:]
        for rival in ("cmo", "ga")
    }
    last = data.settings[-1]
    return Claim(
        "PMO is both optimal and quick in small networks.",
        "Fig. 8: good in optimality and in efficiency beside the other methods.",
        f"Proven optimal in {optimal} runs. With {last} subtrees it takes"
        f" {ratios[last, 'cmo']} of CMO's time and {ratios[last, 'ga']} of GA's.",
        combined(
            [judge_shares([optimal]), judge_estimates(ratios.values(), "below", 1.0)]
        ),
        "Two orders per subtree are quickly tried; with few subtrees CMO is as quick,"
        " since it has few orders as well.",
    )


def run(context: Context) -> Findings:
    """Reproduce Fig. 8."""
    most = QUICK_MOST if context.quick else MOST
    networks = cache(partial(pairs, context, most))
    data = runs.measure(
        context,
        list(range(1, most + 1)),
        lambda setting, repetition: networks(repetition)[int(setting) - 1],
        partial(methods, context),
    )
    count = context.repetitions
    return Findings(
        claims=claims(data),
        parameters={
            **PARAMETERS,
            "networks": f"1 to {most} subtrees, each a chain of two servers; {count} draws,"
            " each network part of the next",
            "NP": "θ_p set for each network so that as many servers are left out as there"
            " are subtrees, then PMO",
            "LP": "ξ = 1, then PMO",
            "GA": runs.evolution_words(context),
        },
        tables={
            "fig-8": runs.summary(
                data, "Fig. 8: cost and execution time", "subtrees", ("cost", "seconds")
            )
        },
        data={"fig-8-runs": runs.every_run(data, "Fig. 8", "subtrees")},
        pictures=(
            Picture(
                "fig-8a",
                "(a) Total cost as subtrees of two servers are added: means of"
                f" {count} networks with 95 % intervals; CMO, PMO and GA lie on the proven"
                " optimum.",
                partial(_costs, data),
            ),
            Picture(
                "fig-8b",
                "(b) Execution time of the same runs: geometric means with 95 % intervals,"
                " logarithmic axis.",
                partial(_times, data),
            ),
        ),
        notes=(runs.TIMES_NOTE, UNITS_NOTE),
    )


def _costs(data: Measurements) -> Figure:
    looks = {**runs.LOOKS, "pmo": replace(runs.LOOKS["pmo"], label="CMO, PMO")}
    figure, panel = cost_curves(data, METHODS[1:], "number of subtrees", looks)
    label_ends(panel)
    return figure


def _times(data: Measurements) -> Figure:
    figure, panel = time_curves(data, METHODS, "number of subtrees")
    label_ends(panel)
    return figure
