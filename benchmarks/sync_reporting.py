"""Compare reporting policies on real series, by the error of loads redrawn from reports.

    python benchmarks/sync_reporting.py DATA [--method cubic] [--offline 20]
    python benchmarks/sync_reporting.py DATA --tune [--generations 60]

``DATA`` is a folder with the public traces (alibaba2018, bitbrains_rnd, planetlab, nab).
Every series is cut into windows of 300 slots (PlanetLab: a day of 288). Machines at even
positions in a trace are for training, those at odd positions for the score. A fifth set is
random: plateaus with bursts. Prints a table in Markdown with one row per trace and period:
the reports and the mean squared error of

* ``periodic``: a report at a fixed interval;
* ``gradient``, ``threshold``, ``shared-index``: with the options, out of many, that do best
  on the training windows with on average no more reports than ``periodic`` there; reports
  are in brackets. Unlike the others they may take from one machine what they give to
  another;
* ``budgeted-index``: as shipped;
* the clairvoyant reports of ``reporting-offline``, on the first windows only, as a share of
  ``periodic`` on these.

The last columns compare ``budgeted-index`` with ``periodic``, window by window: the ratio
of the mean errors, the geometric mean of ratios with its 95 % interval (bootstrap over
windows, errors raised by 0.05 so that none is zero), and the share of windows in which it
is better. ``--tune`` improves the weights of ``budgeted-index`` on training windows, by
covariance matrix adaptation starting from the shipped ones, and prints them.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import bootstrap

from optkit.core.arrays import Floats, Ints
from optkit.reproduction.sync.series import bursty, halves
from optkit.reproduction.sync.tuning import Given, outcome, reports, tuned
from optkit.sync.data.importers import alibaba, bitbrains, nab, planetlab
from optkit.sync.data.importers.grid import Series
from optkit.sync.data.importers.options import (
    BitbrainsOptions,
    NabOptions,
    PlanetLabOptions,
)
from optkit.sync.exact.report_selection import best_reports
from optkit.sync.policies.reporting.budgeted_index import TERMS, WEIGHTS, report_slots
from optkit.sync.problem.reconstruction import Method, reconstruction_mse

PERIODS = (3, 4, 6, 8)
LONGEST_GAP = 12
TRAINING_WINDOWS = 30
SCORED_WINDOWS = 400
RAISED = 0.05
"""Added to errors before ratios are taken, percent²."""

Rule = Callable[[Floats], Ints]


@dataclass(frozen=True)
class Trace:
    """Windows of one trace, (T,) each."""

    name: str
    training: list[Floats]
    scored: list[Floats]


def recordings(data: Path) -> Iterator[tuple[str, list[Series], float, int]]:
    """Yield name, series, seconds of a slot, and slots of a window of every trace."""
    usage = data / "alibaba2018/machine_usage_head.csv.gz"
    yield "Alibaba 2018", list(alibaba.recorded(usage).series), 60.0, 300
    table = data / "bitbrains_rnd/cpu_percent_60vms_week1.csv.gz"
    series = bitbrains.recorded(table, BitbrainsOptions()).series
    yield "Bitbrains", list(series), 300.0, 300
    table = data / "planetlab/cpu_percent_20110303_1052vms.csv.gz"
    series = planetlab.recorded(table, PlanetLabOptions()).series
    yield "PlanetLab", list(series), 300.0, 288
    files = sorted((data / "nab").glob("*cpu_utilization*.csv.gz"))
    single = [nab.recorded(path, NabOptions()).series[0] for path in files]
    yield "NAB", single, 300.0, 300


def traces(data: Path) -> list[Trace]:
    """Return the windows of every trace, an even choice where there are many."""
    result = []
    for name, series, step, slots in recordings(data):
        parts = halves(series, step, slots)
        training, scored = (
            [
                part[i]
                for i in np.unique(np.linspace(0, len(part) - 1, most).astype(int))
            ]
            for part, most in zip(
                parts, (TRAINING_WINDOWS, SCORED_WINDOWS), strict=True
            )
        )
        result.append(Trace(name, training, scored))
    rngs = [np.random.default_rng([7, half]) for half in (0, 1)]
    result.append(
        Trace(
            "bursty, drawn",
            bursty(TRAINING_WINDOWS, 300, rngs[0]),
            bursty(SCORED_WINDOWS // 4, 300, rngs[1]),
        )
    )
    return result


def periodic(period: int) -> Rule:
    """Return the rule that reports at a fixed interval."""
    return lambda part: np.arange(0, len(part), period)


def indexed(period: int, weights: Floats = WEIGHTS) -> Rule:
    """Return the budgeted index."""
    return lambda part: report_slots(part, float(period), LONGEST_GAP, weights)


def named(name: str, tuned_options: Given) -> Rule:
    """Return a policy with given options."""
    return lambda part: reports(name, tuned_options, part, LONGEST_GAP)


def offline_share(parts: list[Floats], period: int, method: Method) -> float:
    """Return the clairvoyant mean error as a share of the periodic one."""
    offline = planned = 0.0
    for part in parts:
        plan = periodic(period)(part)
        planned += reconstruction_mse(method, part, plan)
        tail = LONGEST_GAP
        chosen = best_reports(
            part, len(plan) - 1, method, LONGEST_GAP, tail, lambda: False
        )
        offline += chosen.mse if chosen else math.nan
    return offline / planned


def compare(data: Path, method: Method, offline: int) -> None:
    """Print the table."""
    print(
        "| trace | period | windows | reports | of index | periodic | gradient |"
        " threshold | shared-index | budgeted-index | offline | ratio of means |"
        " geometric (95 %) | better in |"
    )
    print("|---|" + "---:|" * 13)
    for trace in traces(data):
        for period in PERIODS:
            print(row(trace, period, method, offline), flush=True)


def row(trace: Trace, period: int, method: Method, offline: int) -> str:
    """Return one row of the table."""
    sent, plain = outcome(trace.scored, periodic(period), method)
    count, ours = outcome(trace.scored, indexed(period), method)
    if (count > sent).any():
        raise SystemExit("budgeted-index passed its budget")
    others = []
    budget = float(np.mean([len(periodic(period)(part)) for part in trace.training]))
    for name in ("gradient", "threshold", "shared-index"):
        tuned_options = tuned(name, trace.training, budget, LONGEST_GAP, method)
        if tuned_options is None:
            others.append("-")
            continue
        spent, errors = outcome(trace.scored, named(name, tuned_options), method)
        others.append(f"{errors.mean():.2f} ({spent.mean():.1f})")
    logs = np.log((ours + RAISED) / (plain + RAISED))
    spread = bootstrap(
        (logs,), np.mean, n_resamples=2000, rng=np.random.default_rng(0)
    ).confidence_interval
    share = (
        f"{offline_share(trace.scored[:offline], period, method):.2f}"
        if offline
        else "-"
    )
    cells = [
        trace.name,
        period,
        len(ours),
        f"{sent.mean():.1f}",
        f"{count.mean():.1f}",
        f"{plain.mean():.2f}",
        *others,
        f"{ours.mean():.2f}",
        share,
        f"{ours.mean() / plain.mean():.2f}",
        f"{math.exp(logs.mean()):.2f} ({math.exp(spread.low):.2f} to"
        f" {math.exp(spread.high):.2f})",
        f"{100 * np.mean(ours < plain):.0f} %",
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def tune(data: Path, generations: int) -> None:
    """Improve the weights on the training windows, and print them."""
    from deap import base, cma, creator, tools

    sets = [
        (trace.training, period, outcome(trace.training, periodic(period), "pchip")[1])
        for trace in traces(data)
        for period in PERIODS
    ]

    def loss(weights: list[float]) -> tuple[float]:
        total = 0.0
        for parts, period, plain in sets:
            _, ours = outcome(parts, indexed(period, np.array(weights)), "pchip")
            ratios = np.log((ours + RAISED) / (plain + RAISED))
            total += 0.5 * math.log(ours.mean() / plain.mean()) + 0.5 * ratios.mean()
        return (total / len(sets) + 1e-4 * float(np.square(weights).sum()),)

    creator.create("Least", base.Fitness, weights=(-1.0,))
    creator.create("Weights", list, fitness=creator.Least)
    np.random.seed(1)  # DEAP draws from the global state.
    strategy = cma.Strategy(centroid=WEIGHTS, sigma=0.1, lambda_=14)
    hall = tools.HallOfFame(1)
    for generation in range(generations):
        population = strategy.generate(creator.Weights)
        for weights in population:
            weights.fitness.values = loss(weights)
        hall.update(population)
        strategy.update(population)
        print(f"{generation:4d} {hall[0].fitness.values[0]:.4f}", flush=True)
    centroid = strategy.centroid
    print(
        f"loss of the mean {loss(centroid)[0]:.4f}, as shipped {loss(WEIGHTS)[0]:.4f}"
    )
    for name, value in zip(TERMS, centroid, strict=True):
        print(f"{name:20s} {value:7.3f}")
    print([round(float(value), 3) for value in centroid])


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder of the public traces")
    parser.add_argument("--method", choices=("pchip", "cubic"), default="pchip")
    parser.add_argument(
        "--offline", type=int, default=20, help="windows of the clairvoyant; 0: none"
    )
    parser.add_argument("--tune", action="store_true", help="improve the weights")
    parser.add_argument("--generations", type=int, default=60)
    arguments = parser.parse_args()
    if arguments.tune:
        tune(arguments.data, arguments.generations)
    else:
        compare(arguments.data, arguments.method, arguments.offline)


if __name__ == "__main__":
    main()
