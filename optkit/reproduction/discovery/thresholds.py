"""The sensitivity of energy to the required accuracies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from optkit.core.display.tables import Column
from optkit.discovery.instance import DiscoveryInstance, RequiredAccuracy
from optkit.plotting.charts import Look, axes, legend_above, lines
from optkit.plotting.palette import BLUE, VERMILION
from optkit.reproduction.discovery import cycles
from optkit.reproduction.discovery.networks import PARAMETERS, UNIT_NOTE, network
from optkit.reproduction.engine import Claim, Context, Findings, Picture, Verdict
from optkit.reproduction.engine.measurements import Measurement, Measurements
from optkit.reproduction.engine.statistics import Share, judge_shares, mean, ratio

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TABLE_2 = 0.1
"""Both thresholds in Table 2."""

THRESHOLDS: dict[str, tuple[float, ...]] = {
    "agent": (0.0, TABLE_2, 0.3, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8),
    "self": (0.0, TABLE_2, 0.2, 0.3, 0.34, 0.36, 0.38, 0.4),
}
"""Thresholds of each mode; that of the other mode is Table 2's. The threshold of
self-directed mode is never above the mean accuracy of all nodes in it, so that there is
always a solution."""

LOOKS = {
    "agent": Look("required of agent mode", VERMILION, "o"),
    "self": Look("required of self-directed mode", BLUE, "s"),
}

WINDOWS, QUICK_WINDOWS = 6, 2

RATE = cycles.RATES[-1]

SAME = 2e-6
"""Largest relative difference of two energies due to the follower's tolerance."""

QUANTITIES = {
    "energy": Column("TEC", "J", "right"),
    "time": Column("TTC", "s", "right"),
    "share": Column("share of nodes in agent mode", align="right"),
}


def study(context: Context) -> Measurements:
    """Solve each network at each threshold."""
    measurements = []
    for repetition in context.draws("network"):
        network_of_draw = network(
            context,
            "thresholds",
            repetition,
            windows=QUICK_WINDOWS if context.quick else WINDOWS,
            request_rate=RATE,
            accuracy_scope="horizon",
        )
        for mode, thresholds in THRESHOLDS.items():
            chosen = (*thresholds[:2], thresholds[-1]) if context.quick else thresholds
            for threshold in chosen:
                instance = required(network_of_draw, mode, threshold)
                metrics = context.solve(instance, "bilevel-exact").metrics
                values = {
                    "energy": float(metrics["energy_j"]),
                    "time": float(metrics["time_s"]),
                    "share": metrics["agents"] / metrics["nodes"],
                }
                measurements.append(Measurement(threshold, mode, repetition, values))
    return Measurements(measurements)


def required(
    instance: DiscoveryInstance, mode: str, accuracy: float
) -> DiscoveryInstance:
    """Return the instance with another threshold of one mode, the other at Table 2's."""
    thresholds = {"agent": TABLE_2, "self": TABLE_2, mode: accuracy}
    thresholds["self"] = min(thresholds["self"], reached(instance) * (1.0 - 1e-9))
    return instance.model_copy(
        update={"required_accuracy": RequiredAccuracy.model_validate(thresholds)}
    )


def reached(instance: DiscoveryInstance) -> float:
    """Return the mean accuracy with every request in self-directed mode."""
    return float(
        np.mean(
            [
                accuracy
                for row, present, demand in zip(
                    instance.accuracy_self,
                    instance.present,
                    instance.demand,
                    strict=True,
                )
                for accuracy, is_present, resource in zip(
                    row, present, demand, strict=True
                )
                if is_present and resource is not None
            ]
        )
    )


def thresholds_of(data: Measurements, mode: str) -> list[float]:
    """Return the thresholds that were tried for a mode, least first."""
    return sorted({float(run.setting) for run in data if run.method == mode})


def claims(data: Measurements) -> tuple[Claim, ...]:
    """Judge what is left of the sensitivity analysis, and the thresholds of Table 2.

    Parameters
    ----------
    data
        The runs.
    """
    return (_binding(data), _rising(data), _published())


def _binding(data: Measurements) -> Claim:
    flags = []
    for mode in LOOKS:
        without, table_2 = (data.of("energy", p, mode) for p in (0.0, TABLE_2))
        flags.append(table_2 > without * (1.0 + SAME))
    share = Share.that(np.concatenate(flags))
    return Claim(
        "The thresholds of Table 2 constrain the choice of modes.",
        "Table 2: 0.1 for both modes; the lower level minimises energy under them.",
        f"Energy is above that without a threshold in {share} cases.",
        judge_shares([share]),
        "The mean accuracies of the nodes in both modes are several times 0.1 for"
        " every choice, so the constraints on accuracy have no effect.",
    )


def _rising(data: Measurements) -> Claim:
    shares, words = [], []
    for mode, look in LOOKS.items():
        thresholds = thresholds_of(data, mode)
        energies = np.array(
            [data.of("energy", threshold, mode) for threshold in thresholds]
        )
        monotone = np.all(np.diff(energies, axis=0) >= -SAME * energies[:-1], axis=0)
        higher = energies[-1] > energies[0] * (1.0 + SAME)
        shares.append(Share.that(monotone & higher))
        rise = ratio(energies[-1], energies[0])
        words.append(
            f"{look.label} up to {thresholds[-1]:g}: {shares[-1].count} of {shares[-1].of}"
            f" networks, to {rise} of the energy"
        )
    return Claim(
        "Higher lower bounds on accuracy cost energy.",
        "Sec. V ends with a sensitivity analysis of these bounds.",
        f"Never less energy, and more in the end: {'; '.join(words)}.",
        judge_shares(shares),
        "Fewer choices of modes remain, so the least energy cannot fall; it rises from"
        " the mean accuracy of the cheapest modes on.",
    )


def _published() -> Claim:
    return Claim(
        "The sensitivity analysis confirms that model and parameters are reasonable.",
        "Sec. V, last paragraph: announced, its text and figures are lost.",
        "Nothing to compare with.",
        Verdict.UNTESTED,
        "What was varied, and what was seen, is not in the source at hand.",
    )


def run(context: Context) -> Findings:
    """Reproduce the sensitivity to the required accuracies."""
    data = study(context)
    windows = QUICK_WINDOWS if context.quick else WINDOWS
    return Findings(
        claims=claims(data),
        parameters={
            **PARAMETERS,
            "networks": f"{context.repetitions} of {windows} cycles, {RATE:g} requests/s,"
            " accuracies over the horizon",
            "solver": "bilevel-exact",
        },
        tables={
            "thresholds": data.table(
                "Energy by threshold, every network",
                Column("required accuracy", align="right"),
                QUANTITIES,
            )
        },
        pictures=(
            Picture(
                "thresholds",
                "Energy relative to that without thresholds, as one mode's least mean"
                " accuracy rises and the other's stays at 0.1: mean of the networks with"
                " its 95 % interval.",
                partial(_draw, data),
            ),
        ),
        notes=(UNIT_NOTE,),
    )


def _draw(data: Measurements) -> Figure:
    figure, panel = axes(
        "What required accuracies cost", "least mean accuracy", "relative energy"
    )
    for mode, look in LOOKS.items():
        thresholds = thresholds_of(data, mode)
        base = data.of("energy", thresholds[0], mode)
        means = [
            mean(data.of("energy", threshold, mode) / base) for threshold in thresholds
        ]
        lines(panel, thresholds, {mode: (look, means)})
    legend_above(panel, 1)
    return figure
