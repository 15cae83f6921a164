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
from optkit.plotting.charts import label_ends, lines, plain_log
from optkit.plotting.style import OPTIMUM, axes
from optkit.reproduction.allocation import runs
from optkit.reproduction.allocation.networks import PARAMETERS, UNITS_NOTE, pairs
from optkit.reproduction.engine import Claim, Context, Findings, Picture, combined
from optkit.reproduction.engine.measurements import Measurements, Setting
from optkit.reproduction.engine.statistics import (
    Share,
    judge_estimates,
    judge_shares,
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
    """Return the five methods; pruning leaves out one server a subtree on average."""
    threshold = runs.pruning_threshold(sink_tree(instance), int(setting))
    return {
        "cmo": ("cmo", {}),
        "pmo": ("pmo", {}),
        "node-pruning": ("node-pruning", {"threshold": threshold}),
        "level-pruning": ("level-pruning", {"levels": 1}),
        "ga": ("ga", runs.evolution(context)),
    }


def claims(data: Measurements) -> tuple[Claim, ...]:
    """Judge what the text says of Fig. 8."""
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
    words = [runs.LOOKS[name].label for name in METHODS]
    return Claim(
        "More subtrees lower the cost, whatever the method.",
        "Fig. 8a: the cost falls as subtrees are added, more servers sharing the work.",
        f"A subtree more lowers the cost in {runs.each(words, shares.values())} steps."
        f" PMO's cost with {data.settings[-1]} subtrees is {ends} of that with one.",
        judge_shares(shares.values()),
        "A new subtree can be left unused, so the optimum cannot rise; node pruning can"
        " lose where its threshold changes the choice of servers.",
    )


def _np_over_lp(data: Measurements) -> Claim:
    ratios = [
        runs.costs_over(data, s, "node-pruning", "level-pruning") for s in data.settings
    ]
    tolerance = 1.0 + OPTIMALITY_GAP
    shares = [
        Share.that(
            data.of("cost", s, "node-pruning")
            <= data.of("cost", s, "level-pruning") * tolerance
        )
        for s in data.settings
    ]
    everywhere = Share(sum(s.count for s in shares), sum(s.of for s in shares))
    return Claim(
        "Node pruning is always better than level pruning, leaving out as many servers.",
        "Fig. 8a: consistently better, both leaving out one server of every subtree.",
        f"Never dearer in {everywhere} networks; cost of NP over that of LP by number of"
        f" subtrees: {runs.each(data.settings, ratios)}.",
        combined([judge_estimates(ratios, "below", 1.0), judge_shares([everywhere])]),
        "It keeps the servers that help most one by one, of whichever subtree; with one"
        " subtree the two mostly leave out the same server.",
    )


def _lp_quicker(data: Measurements) -> Claim:
    ratios = [
        runs.pace(data, s, "level-pruning", "node-pruning") for s in data.settings
    ]
    return Claim(
        "Level pruning is quicker than node pruning.",
        "Fig. 8b: its simplicity makes it more efficient.",
        f"Time of LP over that of NP: {runs.each(data.settings, ratios)}.",
        judge_estimates(ratios, "below", 1.0),
        "Counting levels takes no time; node pruning solves a two-server problem for each"
        " server, and may leave both servers of a subtree, with two orders.",
    )


def growth(data: Measurements, method: str) -> Floats:
    """Return by what factor a method's time grows from the first setting to the last."""
    first, last = data.settings[0], data.settings[-1]
    grown = data.of("seconds", last, method) / data.of("seconds", first, method)
    return np.asarray(grown)


def _cmo_growth(data: Measurements) -> Claim:
    others = [name for name in METHODS if name != "cmo"]
    found = [ratio(growth(data, "cmo"), growth(data, name)) for name in others]
    own = ratio(growth(data, "cmo"), np.ones(len(growth(data, "cmo"))))
    words = [runs.LOOKS[name].label for name in others]
    return Claim(
        "CMO's time grows far faster with the number of subtrees than the others'.",
        "Fig. 8b: a significant increase for CMO, the other four being parallel.",
        f"From {data.settings[0]} to {data.settings[-1]} subtrees CMO's time grows by a"
        f" factor of {own}; over the growth of {runs.each(words, found)}.",
        judge_estimates(found, "above", 1.0),
        "CMO goes through 2 to the power of the number of subtrees, the others through"
        " twice as many orders as there are subtrees; no parallel work is needed for that.",
    )


def _pmo(data: Measurements) -> Claim:
    optimal = Share.that(
        np.concatenate([runs.optimal(data, s, "pmo") for s in data.settings])
    )
    found = {
        (s, other): runs.pace(data, s, "pmo", other)
        for s in data.settings[1:]
        for other in ("cmo", "ga")
    }
    last = data.settings[-1]
    return Claim(
        "PMO is both optimal and quick in small networks.",
        "Fig. 8: good in optimality and in efficiency beside the other methods.",
        f"Proven optimal in {optimal} runs. With {last} subtrees it takes"
        f" {found[last, 'cmo']} of CMO's time and {found[last, 'ga']} of GA's.",
        combined(
            [judge_shares([optimal]), judge_estimates(found.values(), "below", 1.0)]
        ),
        "Two orders a subtree are quickly tried; with few subtrees CMO is as quick, having"
        " few orders of its own.",
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
    figure, panel = axes("(a) Total cost", "number of subtrees", "total cost J")
    shown = {**runs.LOOKS, "pmo": replace(runs.LOOKS["pmo"], label="CMO, PMO")}
    series = {
        name: (shown[name], runs.estimates(data, "cost", name)) for name in METHODS[1:]
    }
    series[runs.OPTIMUM] = (OPTIMUM, runs.estimates(data, "cost", runs.OPTIMUM))
    lines(panel, [float(s) for s in data.settings], series)
    panel.set_ylim(bottom=0.0)
    panel.set_xticks([float(s) for s in data.settings])
    label_ends(panel)
    return figure


def _times(data: Measurements) -> Figure:
    figure, panel = axes("(b) Execution time", "number of subtrees", "time (ms)")
    series = {name: (runs.LOOKS[name], runs.times(data, name)) for name in METHODS}
    lines(panel, [float(s) for s in data.settings], series)
    plain_log(panel)
    panel.set_xticks([float(s) for s in data.settings])
    label_ends(panel)
    return figure
