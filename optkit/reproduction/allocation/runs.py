"""Runs of all methods, what is measured in each run, and tables of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, cast

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.allocation.solution import AllocationSolution
from optkit.allocation.solvers.pruning import NodePruning
from optkit.core.consistency import OPTIMALITY_GAP
from optkit.core.display.tables import Cell, Column, Table
from optkit.core.solving.result import Result, Status
from optkit.plotting.charts import Look
from optkit.plotting.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION
from optkit.reproduction.engine import Context
from optkit.reproduction.engine.measurements import Measurement, Measurements, Setting
from optkit.reproduction.engine.statistics import Estimate, mean, ratio

OPTIMUM = "optimum"
"""Name of the method that proves the least cost; it is not one of the paper's."""

LOOKS: dict[str, Look] = {
    "cmo": Look("CMO", BLUE, "o"),
    "pmo": Look("PMO", SKY, "s"),
    "node-pruning": Look("NP", GREEN, "^"),
    "level-pruning": Look("LP", ORANGE, "v"),
    "ga": Look("GA", VERMILION, "D"),
    "local": Look("Local", GREY, "o"),
    "multi-hop": Look("Multi-hop", PURPLE, "v"),
    "partial": Look("Partial", ORANGE, "^"),
    "master-worker": Look("Master-worker", GREEN, "s"),
}
"""The look of each method in the pictures of this paper."""

QUANTITIES = {
    "cost": Column("total cost", align="right"),
    "bound": Column("proven lower bound", align="right"),
    "seconds": Column("execution time", "s", align="right"),
    "time": Column("completion time", "s", align="right"),
    "energy": Column("maximum energy", "J", align="right"),
    "selected": Column("servers that may work", align="right"),
    "workers": Column("servers with load", align="right"),
}
"""Measurements of every run."""

TIMES_NOTE = (
    "Execution times are processor times of this program on one core, without making"
    " the tree and without checking the answer. Methods take turns on each network,"
    " and ratios are computed network by network. Subtrees are solved one after the"
    " other here, so PMO saves orders, not processors. The programs of many orders"
    " are solved together as arrays; the fixed cost of a run therefore counts for"
    " more, and each further order for less, than in an implementation that calls a"
    " solver for each order."
)


def solved(
    context: Context,
    instance: AllocationInstance,
    solver: str,
    options: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Result:
    """Solve after making the sink tree, so that its time counts for no method."""
    return timed(context, instance, solver, options, seed)[0]


def timed(
    context: Context,
    instance: AllocationInstance,
    solver: str,
    options: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> tuple[Result, float]:
    """Return a result, and the processor time in seconds of building and solving.

    Processor time leaves out whatever else the machine does. It is measured for the whole
    call; the part of the check is subtracted in proportion to the wall-clock times.
    """
    sink_tree(instance)
    began = time.process_time()
    result = context.solve(instance, solver, options=options, seed=seed, problem="sink")
    spent = time.process_time() - began
    build, solve, check = (
        getattr(result.timings, part) for part in ("build_s", "solve_s", "check_s")
    )
    return result, spent * (build + solve) / (build + solve + check)


def values(result: Result, bound: float, seconds: float) -> dict[str, float]:
    """Return the measurements of a run, all but the number of selected servers.

    Parameters
    ----------
    result
        The run.
    bound
        The best proven bound for its instance.
    seconds
        Processor time.
    """
    solution = cast(AllocationSolution, result.solution)
    objective = result.objective
    assert objective is not None, "a verified result has an objective"
    master = cast(AllocationInstance, result.instance).master
    loads = solution.load_gbit
    return {
        "cost": objective,
        "bound": bound,
        "seconds": seconds,
        "time": float(result.metrics["completion_time_s"]),
        "energy": float(result.metrics["max_energy_j"]),
        "workers": float(sum(loads[name] > 0.0 for name in loads if name != master)),
    }


class Optimum(NamedTuple):
    """The run with the best bound, a proven optimum if there is one.

    Parameters
    ----------
    result, seconds
        The run, and its processor time.
    bound
        Its proven bound.
    """

    result: Result
    seconds: float
    bound: float


def optimum(context: Context, instance: AllocationInstance) -> Optimum:
    """Solve to a proven optimum if possible.

    Contiguous orders prove theirs in the paper's range; otherwise branch and bound is
    tried as well.
    """
    result, seconds = timed(context, instance, "auto")
    if result.status is not Status.OPTIMAL:
        searched = timed(context, instance, "branch-and-bound")
        result, seconds = max(
            searched, (result, seconds), key=lambda run: run[0].bound or 0.0
        )
    assert result.bound is not None, "both solvers prove a bound"
    return Optimum(result, seconds, result.bound)


QUICK_GENERATIONS = 10


def evolution(context: Context) -> dict[str, Any]:
    """Return the options of the genetic algorithm on large networks.

    They are the defaults and the paper's, G = 100 and P = 4, with fewer generations in a
    quick run.
    """
    return {"generations": QUICK_GENERATIONS} if context.quick else {}


def evolution_words(context: Context) -> str:
    """Return the genetic algorithm's parameters, for the reader."""
    generations = QUICK_GENERATIONS if context.quick else 100
    return f"P = 4, G = {generations}, α = 0.2, β = 0.05"


Methods = Mapping[str, tuple[str, Mapping[str, Any]]]
"""By method: the solver and its options."""


def measure(
    context: Context,
    settings: list[Setting],
    network: Callable[[Setting, int], AllocationInstance],
    methods: Callable[[Setting, AllocationInstance], Methods],
) -> Measurements:
    """Run every method on every network of every setting, and prove the optimum too.

    Parameters
    ----------
    context
        The context of the study.
    settings
        The settings.
    network
        ``network(setting, repetition)`` draws a network.
    methods
        ``methods(setting, instance)`` returns the methods.
    """
    runs: list[Measurement] = []
    # One run without record: the first run of a program loads and compiles it.
    warm_up = network(settings[0], 0)
    for solver, options in methods(settings[0], warm_up).values():
        solved(context, warm_up, solver, options)
    optimum(context, warm_up)
    for repetition, setting in context.draws_in(settings, "network"):
        instance = network(setting, repetition)
        best = optimum(context, instance)
        measured = values(best.result, best.bound, best.seconds)
        runs.append(Measurement(setting, OPTIMUM, repetition, measured))
        for name, (solver, options) in methods(setting, instance).items():
            seed = context.seed("run", str(setting), repetition, name)
            result, seconds = timed(context, instance, solver, options, seed)
            measured = values(result, best.bound, seconds)
            runs.append(Measurement(setting, name, repetition, measured))
    return Measurements(runs)


def estimates(data: Measurements, quantity: str, method: str) -> list[Estimate]:
    """Return the mean of a quantity in each setting."""
    return [mean(data.of(quantity, setting, method)) for setting in data.settings]


def times(data: Measurements, method: str) -> list[Estimate]:
    """Return the geometric mean of the execution times in each setting, in ms."""
    columns = [data.of("seconds", setting, method) for setting in data.settings]
    return [ratio(1e3 * seconds, np.ones(len(seconds))) for seconds in columns]


def excess(data: Measurements, setting: Setting, method: str) -> Any:
    """Return how far a method's cost is above the proven bound, as a share of the bound."""
    cost, bound = (data.of(q, setting, method) for q in ("cost", "bound"))
    return cost / bound - 1.0


def optimal(data: Measurements, setting: Setting, method: str) -> Any:
    """Return for each draw whether a method's answer is proven optimal, to 1e-6."""
    return excess(data, setting, method) <= OPTIMALITY_GAP


def time_ratio(
    data: Measurements, setting: Setting, method: str, rival: str
) -> Estimate:
    """Return a method's execution time over its rival's, network by network."""
    return ratio(*(data.of("seconds", setting, name) for name in (method, rival)))


def cost_ratio(
    data: Measurements, setting: Setting, method: str, rival: str
) -> Estimate:
    """Return a method's cost over its rival's, network by network."""
    return ratio(*(data.of("cost", setting, name) for name in (method, rival)))


def time_ratios(data: Measurements, method: str, rival: str) -> list[Estimate]:
    """Return the ratio of execution times in each setting."""
    return [time_ratio(data, setting, method, rival) for setting in data.settings]


def cost_ratios(data: Measurements, method: str, rival: str) -> list[Estimate]:
    """Return the ratio of costs in each setting."""
    return [cost_ratio(data, setting, method, rival) for setting in data.settings]


def labels(methods: Iterable[str]) -> list[str]:
    """Return what the reader calls the methods."""
    return [LOOKS[name].label for name in methods]


def every_run(data: Measurements, figure: str, setting: str) -> Table:
    """Return the table of every run of a figure.

    Parameters
    ----------
    data
        The runs.
    figure, setting
        The paper's name of the figure, and the heading of the settings.
    """
    return data.table(f"{figure}, every run", Column(setting), QUANTITIES)


def summary(
    data: Measurements, title: str, heading: str, quantities: tuple[str, ...]
) -> Table:
    """Return means over the draws, one row per setting and method.

    Parameters
    ----------
    data
        The runs.
    title, heading
        The table's title, and the heading of its settings.
    quantities
        Some of :data:`QUANTITIES`; the distance from the proven bound is always shown.
    """
    columns = [Column(heading), Column("method")]
    for quantity in quantities:
        columns += [QUANTITIES[quantity], Column("95 % interval", align="right")]
    columns += [
        Column("above the proven bound, mean", "%", align="right"),
        Column("most", "%", align="right"),
    ]
    rows: list[tuple[Cell, ...]] = []
    for setting in data.settings:
        for method in data.methods:
            row: list[Cell] = [
                setting,
                LOOKS[method].label if method in LOOKS else "proven optimum",
            ]
            for quantity in quantities:
                estimate = mean(data.of(quantity, setting, method))
                row += [estimate.value, interval(estimate)]
            above = excess(data, setting, method)
            row += [_percent(above.mean()), _percent(above.max())]
            rows.append(tuple(row))
    return Table(title, tuple(columns), rows)


def _percent(share: float) -> float:
    """Return a share in percent, with rounding errors around zero removed."""
    return 0.0 if abs(share) < 1e-9 else 100.0 * float(share)


def interval(estimate: Estimate) -> str:
    """Return the ends of an estimate's interval as text."""
    return f"{estimate.low:.4g}–{estimate.high:.4g}"


def pruning_threshold(tree: SinkTree, pruned: int) -> float:
    """Return a threshold θ_p at which node pruning leaves out that many servers.

    The paper sets θ_p by hand to the same end. If ties make the exact number impossible,
    the next larger one is taken.

    Parameters
    ----------
    tree
        The sink tree.
    pruned
        Number of servers to leave out.
    """
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        if left_out(tree, middle) < pruned:
            low = middle
        else:
            high = middle
    return high


def left_out(tree: SinkTree, threshold: float) -> int:
    """Return how many servers node pruning leaves out at a threshold."""
    works = NodePruning({"threshold": threshold}).select(tree)
    return int(np.count_nonzero(~works[1:]))
