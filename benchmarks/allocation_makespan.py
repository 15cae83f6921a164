"""Exact store and forward beside eq (6): how much eq (6) over-estimates, what to gain.

    python benchmarks/allocation_makespan.py [--draws 100] [--trees 8] [--seconds 4]

Prints three tables: the ratio of eqs (5) and (6) to true arrivals for random loads on
trees of the paper's range; what optimising for true times gains over optimising for
eq (6), on the instances of the repository and on random trees; and how often the local
search finds the true optimum that enumeration of all orders finds.
"""

from __future__ import annotations

import argparse
import itertools
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import optkit
from optkit.allocation import store_and_forward
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.heuristics.flowshop.evaluation import FlowShopEvaluator
from optkit.allocation.heuristics.flowshop.order_lp import best_loads
from optkit.allocation.heuristics.flowshop.subtree import flow_shops
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.plan import composed_bound
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.allocation.solution import AllocationSolution

CONSOLE = Console(width=130)
INSTANCES = Path(__file__).resolve().parent.parent / "instances" / "allocation"
TRUE = {"timing": "store-and-forward"}

KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("chain, 7", {"servers": 7, "shape": "chain"}),
    ("chain, 20", {"servers": 20, "shape": "chain"}),
    ("binary, 7", {"servers": 7, "shape": "binary"}),
    ("binary, 31", {"servers": 31, "shape": "binary"}),
    ("caterpillar, 16", {"servers": 16, "shape": "caterpillar"}),
    ("one subtree, 8", {"servers": 8, "shape": "random-tree", "subtrees": 1}),
    ("one subtree, 30", {"servers": 30, "shape": "random-tree", "subtrees": 1}),
    ("Erdős–Rényi, 30", {"servers": 30, "shape": "erdos-renyi"}),
)
"""Trees of the paper's range, by name."""

TINY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("paper's range", {}),
    ("time only", {"weight_time": 1.0, "weight_energy": 0.0}),
    ("rates over decades", {"gbps_low": 0.05, "gbps_high": 500.0, "tx_watt": 3.0}),
    ("relaying dear", {"weight_energy": 5.0, "capacitance": 0.001, "tx_watt": 10.0}),
)
"""Cost regimes in which every order is tried."""


def made(seed: int, **options: Any) -> AllocationInstance:
    """Return a generated instance."""
    return AllocationInstance.parse(
        generate(GeneratorOptions.model_validate(options), seed)
    )


def spread(values: Iterable[float]) -> tuple[str, str, str]:
    """Return least, mean and largest in words."""
    listed = list(values)
    return f"{min(listed):.3f}", f"{np.mean(listed):.3f}", f"{max(listed):.3f}"


def random_case(instance: AllocationInstance, seed: int) -> AllocationSolution:
    """Return random loads, all positive, sent in a random order."""
    rng = random.Random(seed)
    tree = sink_tree(instance)
    order = {}
    for subtree in tree.subtrees:
        listed = [tree.ids[k] for k in subtree.members]
        root = listed[0]
        rng.shuffle(listed)
        order[root] = tuple(listed)
    loads = np.array([rng.random() for _ in tree.ids])
    loads *= tree.size / loads.sum()
    return AllocationSolution(
        parent={tree.ids[k]: tree.ids[tree.parent[k]] for k in range(1, tree.count)},
        load_gbit=dict(zip(tree.ids, loads.tolist(), strict=True)),
        order=order,
    )


def estimates(draws: int) -> None:
    """Show eqs (5) and (6) over true arrivals, for each server of random solutions."""
    table = Table(
        title=f"(5) + (6) over the true arrival, {draws} random solutions each"
    )
    for title in ("tree", "parts", "min", "mean", "max", "completion time, mean"):
        table.add_column(title, justify="left" if title == "tree" else "right")
    for name, options in KINDS:
        ratios, whole = [], []
        for seed in range(draws):
            instance = made(seed, **options)
            exact = store_and_forward(instance, random_case(instance, seed))
            ratios += [
                exact.estimated_arrival[server] / arrival
                for server, arrival in exact.arrival.items()
                if arrival > 0.0
            ]
            estimated = max(
                exact.finish[s] - exact.arrival[s] + exact.estimated_arrival[s]
                for s in exact.finish
            )
            whole.append(estimated / exact.makespan)
        table.add_row(name, f"{len(ratios):,}", *spread(ratios), spread(whole)[1])
    CONSOLE.print(table)


def true_cost(result: optkit.Result) -> float:
    """Return the largest cost with true times, as checked."""
    assert result.verification is not None
    assert result.verification.feasible
    return float(result.metrics["store_and_forward_cost"])


def both(instance: AllocationInstance, seconds: float) -> tuple[Any, ...]:
    """Return what optimising for eq (6) and for true times lead to, in numbers."""
    limits = optkit.Limits(time=seconds)
    estimated = optkit.solve(instance, "block-ls", limits=limits)
    exact = optkit.solve(instance, "block-ls", limits=limits, options=TRUE)
    detail = exact.termination.detail
    bound = (
        float(detail.split("at least ")[1].split(";")[0])
        if "at least" in detail
        else true_cost(exact)
    )
    return estimated, exact, bound


def gains(trees: int, seconds: float) -> None:
    """Show what optimising for true times gains, in true cost and true makespan."""
    table = Table(title="Optimised for eq (6) and for true times, checked figures")
    for title in (
        "instance",
        "eq (6) over-estimates time",
        "true cost, eq (6)'s best",
        "true cost, optimised",
        "gain",
        "makespan gain",
        "gap to bound",
    ):
        table.add_column(title, justify="left" if title == "instance" else "right")
    for path in sorted(INSTANCES.glob("*.json")):
        if path.name.endswith(".sol.json"):
            continue
        instance = optkit.load(path)
        assert isinstance(instance, AllocationInstance)
        table.add_row(path.stem, *_gain_cells([both(instance, seconds)]))
    table.add_section()
    for name, options in KINDS:
        runs = [both(made(seed, **options), seconds) for seed in range(trees)]
        table.add_row(f"{trees} × {name}", *_gain_cells(runs))
    CONSOLE.print(table)


def _gain_cells(runs: list[tuple[Any, ...]]) -> list[str]:
    """Return the cells of one row: means over the runs."""
    over, before, after, gain, makespan, gap = np.mean(
        [
            (
                estimated.metrics["completion_time_s"]
                / estimated.metrics["store_and_forward_makespan_s"],
                true_cost(estimated),
                true_cost(exact),
                1.0 - true_cost(exact) / true_cost(estimated),
                1.0
                - exact.metrics["store_and_forward_makespan_s"]
                / estimated.metrics["store_and_forward_makespan_s"],
                1.0 - bound / true_cost(exact),
            )
            for estimated, exact, bound in runs
        ],
        axis=0,
    )
    return [
        f"{over:.4f}",
        f"{before:.5f}",
        f"{after:.5f}",
        f"{gain:.2%}",
        f"{makespan:.2%}",
        f"{gap:.2%}",
    ]


def optima(trees: int) -> None:
    """Show how often the local search finds the best of all orders."""
    table = Table(title=f"Against every order, {trees} trees of 6 servers each regime")
    for title in (
        "regime",
        "found",
        "worst excess",
        "bound, mean gap",
        "equalising best",
    ):
        table.add_column(title, justify="left" if title == "regime" else "right")
    for name, settings in TINY:
        found, worst, gaps, equal, orders = 0, 0.0, [], 0, 0
        for seed in range(trees):
            shape = ("random-tree", "chain", "caterpillar")[seed % 3]
            one = {"subtrees": 1} if shape == "random-tree" else {}
            instance = made(seed, servers=6, shape=shape, **one, **settings)
            tree = sink_tree(instance)
            best_units = []
            for shop in flow_shops(instance, tree):
                evaluator = FlowShopEvaluator(shop)
                values = []
                for order in map(np.array, itertools.permutations(range(shop.size))):
                    loads = best_loads(shop, order)
                    assert loads is not None
                    exact = loads.sum() / evaluator.costs(order, loads)[0]
                    equal += evaluator.value(order) >= exact * (1.0 - 1e-9)
                    orders += 1
                    values.append(max(exact, evaluator.value(order)))
                best_units.append(1.0 / max(values))
            optimum = composed_bound(tree, best_units)
            _, result, bound = both(instance, 10.0)
            excess = true_cost(result) / optimum - 1.0
            assert excess > -1e-8, "better than every order"
            found += excess <= 1e-7
            worst = max(worst, excess)
            gaps.append(1.0 - bound / optimum)
        table.add_row(
            name,
            f"{found} of {trees}",
            f"{max(worst, 0.0):.1e}",
            f"{np.mean(gaps):.2%}",
            f"{equal / orders:.1%} of orders",
        )
    CONSOLE.print(table)


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--draws", type=int, default=100, help="random solutions per tree"
    )
    parser.add_argument("--trees", type=int, default=8, help="random trees per row")
    parser.add_argument("--seconds", type=float, default=4.0, help="time limit per run")
    parser.add_argument("--tiny", type=int, default=50, help="trees enumerated per row")
    arguments = parser.parse_args()
    estimates(arguments.draws)
    gains(arguments.trees, arguments.seconds)
    optima(arguments.tiny)


if __name__ == "__main__":
    main()
