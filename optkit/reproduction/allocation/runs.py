"""One run of one method, and what every study measures of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.allocation.solution import AllocationSolution
from optkit.allocation.solvers.pruning import NodePruning
from optkit.core.consistency import OPTIMALITY_GAP
from optkit.core.display.tables import Cell, Column, Table
from optkit.core.solving.result import Result, Status
from optkit.plotting.style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    Look,
)
from optkit.reproduction.engine import Context
from optkit.reproduction.engine.measurements import Measurement, Measurements, Setting
from optkit.reproduction.engine.statistics import Estimate, mean, ratio

OPTIMUM = "optimum"
"""The method whose cost is proven least; never one of the paper's."""

LOOKS: dict[str, Look] = {
    "cmo": Look("CMO", BLUE, "o"),
    "pmo": Look("PMO", SKY, "s"),
    "node-pruning": Look("NP", GREEN, "^"),
    "level-pruning": Look("LP", ORANGE, "v"),
    "ga": Look("GA", VERMILION, "D"),
    "local": Look("Local", "#999999", "o"),
    "multi-hop": Look("Multi-hop", PURPLE, "v"),
    "partial": Look("Partial", ORANGE, "^"),
    "master-worker": Look("Master-worker", GREEN, "s"),
}
"""How each method is drawn, in every picture of this paper."""

QUANTITIES = {
    "cost": Column("total cost", align="right"),
    "bound": Column("proven lower bound", align="right"),
    "seconds": Column("execution time", "s", align="right"),
    "time": Column("completion time", "s", align="right"),
    "energy": Column("maximum energy", "J", align="right"),
    "selected": Column("servers that may work", align="right"),
    "workers": Column("servers with load", align="right"),
}
"""What every run is measured by."""

TIMES_NOTE = (
    "Execution times are processor times of this program on one core, without making the"
    " tree and without the check of the answer; methods take turns on each network, and"
    " ratios are taken network by network. Subtrees are solved one after the other here;"
    " what PMO saves is orders, not processors. Programs of many orders are solved at once"
    " as arrays, so the fixed cost of a run weighs more, and one more order less, than in"
    " an implementation that calls a solver for each."
)


def solved(
    context: Context,
    instance: AllocationInstance,
    solver: str,
    options: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Result:
    """Solve with the sink tree made beforehand, so that the first method does not pay."""
    return timed(context, instance, solver, options, seed)[0]


def timed(
    context: Context,
    instance: AllocationInstance,
    solver: str,
    options: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> tuple[Result, float]:
    """Return a result, and the seconds of processor time that building and solving took.

    Processor time does not count what else the machine does. It is known of the whole
    call; the check's part is taken off in the proportion of wall-clock times.
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
    """Return what a run is measured by.

    Parameters
    ----------
    result
        The run.
    bound
        The best bound that is proven for its instance.
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


def optimum(context: Context, instance: AllocationInstance) -> tuple[Result, float]:
    """Return the result with the best bound, and its processor time in seconds.

    A proven optimum wherever one is had: contiguous orders prove theirs in the paper's
    range, elsewhere branch and bound is tried.
    """
    found = timed(context, instance, "auto")
    if found[0].status is Status.OPTIMAL:
        return found
    searched = timed(context, instance, "branch-and-bound")
    return max(searched, found, key=lambda one: one[0].bound or 0.0)


QUICK_GENERATIONS = 10


def evolution(context: Context) -> dict[str, Any]:
    """Return the options of the genetic algorithm on large networks: the defaults.

    They are the paper's, G = 100 and P = 4; a quick run has no time for that many.
    """
    return {"generations": QUICK_GENERATIONS} if context.quick else {}


def evolution_words(context: Context) -> str:
    """Return the genetic algorithm's parameters, for the reader."""
    generations = QUICK_GENERATIONS if context.quick else 100
    return f"P = 4, G = {generations}, α = 0.2, β = 0.05"


Methods = Mapping[str, tuple[str, Mapping[str, Any]]]
"""By name: the solver and its options."""


def measure(
    context: Context,
    settings: list[Setting],
    network: Callable[[Setting, int], AllocationInstance],
    methods: Callable[[Setting, AllocationInstance], Methods],
) -> Measurements:
    """Run every method on every network of every setting, and prove the optimum beside.

    Parameters
    ----------
    context
        Of the study.
    settings
        The settings.
    network
        ``network(setting, repetition)``.
    methods
        ``methods(setting, instance)``.
    """
    runs: list[Measurement] = []
    # Once unrecorded: the first run of a program loads and compiles it.
    warm = network(settings[0], 0)
    for solver, options in methods(settings[0], warm).values():
        solved(context, warm, solver, options)
    optimum(context, warm)
    for repetition in range(context.repetitions):
        for index, setting in enumerate(settings):
            done = repetition + index / len(settings)
            context.progress(
                f"network {repetition + 1} of {context.repetitions}, {setting}",
                done / context.repetitions,
            )
            instance = network(setting, repetition)
            best, seconds = optimum(context, instance)
            bound = best.bound
            assert bound is not None, "every solver of the optimum proves a bound"
            found = values(best, bound, seconds)
            runs.append(Measurement(setting, OPTIMUM, repetition, found))
            for name, (solver, options) in methods(setting, instance).items():
                seed = context.seed("run", str(setting), repetition, name)
                result, seconds = timed(context, instance, solver, options, seed)
                found = values(result, bound, seconds)
                runs.append(Measurement(setting, name, repetition, found))
    return Measurements(runs)


def estimates(
    data: Measurements, quantity: str, method: str
) -> list[tuple[float, float, float]]:
    """Return (mean, low, high) of a quantity in each setting, as charts take them."""
    found = [mean(data.of(quantity, setting, method)) for setting in data.settings]
    return [(one.value, one.low, one.high) for one in found]


def times(data: Measurements, method: str) -> list[tuple[float, float, float]]:
    """Return the geometric mean of execution times in ms with its interval's ends."""
    found = []
    for setting in data.settings:
        seconds = data.of("seconds", setting, method)
        one = ratio(1e3 * seconds, np.ones(len(seconds)))
        found.append((one.value, one.low, one.high))
    return found


def excess(data: Measurements, setting: Setting, method: str) -> Any:
    """Return by how much a method's cost is above the proven bound, relative to that."""
    cost, bound = (data.of(q, setting, method) for q in ("cost", "bound"))
    return cost / bound - 1.0


def optimal(data: Measurements, setting: Setting, method: str) -> Any:
    """Say for each draw whether a method's answer is proven optimal, to 1e-6."""
    return excess(data, setting, method) <= OPTIMALITY_GAP


def pace(data: Measurements, setting: Setting, one: str, other: str) -> Estimate:
    """Return the ratio of two methods' execution times, network by network."""
    return ratio(*(data.of("seconds", setting, name) for name in (one, other)))


def costs_over(data: Measurements, setting: Setting, one: str, other: str) -> Estimate:
    """Return the ratio of two methods' costs, network by network."""
    return ratio(*(data.of("cost", setting, name) for name in (one, other)))


def each(settings: Iterable[Setting], found: Iterable[object]) -> str:
    """Return what was found in each setting, in words."""
    return "; ".join(f"{s}: {one}" for s, one in zip(settings, found, strict=True))


def every_run(data: Measurements, figure: str, setting: str) -> Table:
    """Return the table of every run of a figure.

    Parameters
    ----------
    data
        The runs.
    figure, setting
        What the paper calls it, and the heading of the settings.
    """
    return data.table(f"{figure}, every run", Column(setting), QUANTITIES)


def summary(
    data: Measurements, title: str, heading: str, quantities: tuple[str, ...]
) -> Table:
    """Return means over the draws: a row for each setting and method.

    Parameters
    ----------
    data
        The runs.
    title, heading
        The table's title, and the heading of its settings.
    quantities
        Which of :data:`QUANTITIES`, besides the distance from the proven bound.
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
                found = mean(data.of(quantity, setting, method))
                row += [found.value, interval(found)]
            above = excess(data, setting, method)
            row += [_percent(above.mean()), _percent(above.max())]
            rows.append(tuple(row))
    return Table(title, tuple(columns), rows)


def _percent(share: float) -> float:
    """Return a share in percent; what rounding makes of zero is zero."""
    return 0.0 if abs(share) < 1e-9 else 100.0 * float(share)


def interval(found: Estimate) -> str:
    """Return an interval's ends in words."""
    return f"{found.low:.4g}–{found.high:.4g}"


def pruning_threshold(tree: SinkTree, pruned: int) -> float:
    """Return a threshold θ_p at which node pruning leaves that many servers out.

    The paper sets θ_p by hand to the same end. Where two servers save the same, the
    nearest count from above is taken.

    Parameters
    ----------
    tree
        The sink tree.
    pruned
        How many servers are to be left out.
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
