"""Large allocation instances: growth of the closed form, certified gaps, and CMO.

    python benchmarks/allocation_large.py [--largest 1000000] [--quick]

Prints three tables. Times are wall-clock seconds of one run each after a warm-up that
compiles the loops; ratios are taken inside this run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

import optkit
from optkit.allocation.bounds.relaxation import relaxation_bound
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    contiguous_plan,
)
from optkit.allocation.problem.sink_tree import sink_tree

CONSOLE = Console(width=110)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long a call takes in s, and what it returns."""
    began = time.perf_counter()
    result = call()
    return time.perf_counter() - began, result


def instance(servers: int, **options: Any) -> AllocationInstance:
    """Return a random tree with the paper's parameters."""
    settings = {"servers": servers, "shape": "random-tree", **options}
    return AllocationInstance.parse(
        generate(GeneratorOptions.model_validate(settings), seed=1)
    )


def growth(sizes: list[int]) -> None:
    """Show how the closed form grows with the number of servers, time only."""
    table = Table(title="Time only (w2 = 0): proven optimum, seconds")
    for title in ("servers", "tree", "closed form", "per server, µs", "gap"):
        table.add_column(title, justify="right")
    for size in sizes:
        network = instance(size, weight_time=1.0, weight_energy=0.0)
        tree_time, tree = timed(lambda network=network: sink_tree(network))
        solve_time, plan = timed(
            lambda tree=tree: contiguous_plan(tree, contiguous_blocks(tree))
        )
        gap = (plan.cost - relaxation_bound(tree)) / plan.cost
        table.add_row(
            f"{size:,}",
            f"{tree_time:.3f}",
            f"{solve_time:.4f}",
            f"{1e6 * solve_time / size:.3f}",
            f"{gap:.1e}",
        )
    CONSOLE.print(table)


def certified(sizes: list[int]) -> None:
    """Show the certified gap of contiguous orders in the paper's range."""
    table = Table(title="With energy, the paper's range: `block`, through optkit.solve")
    for title in ("shape", "servers", "gap", "build s", "solve s", "check s"):
        table.add_column(title, justify="right")
    for shape, options in (
        ("random tree", {}),
        ("one subtree", {"subtrees": 1}),
        ("chain", {"shape": "chain"}),
    ):
        for size in sizes:
            result = optkit.solve(instance(size, **options), "block")
            assert result.gap is not None
            times = result.timings
            table.add_row(
                shape,
                f"{size:,}",
                f"{result.gap:.3%}",
                *(f"{t:.3f}" for t in (times.build_s, times.solve_s, times.check_s)),
            )
    CONSOLE.print(table)


def against_cmo(seconds: float) -> None:
    """Compare with CMO at the largest chain that it finishes in the time given."""
    table = Table(
        title=f"CMO and the closed form on chains, w2 = 0, CMO ≤ {seconds:.0f} s"
    )
    for title in (
        "servers",
        "orders",
        "cmo s",
        "closed form s",
        "ratio",
        "same optimum",
    ):
        table.add_column(title, justify="right")
    for size in range(7, 14):
        network = instance(size, shape="chain", weight_time=1.0, weight_energy=0.0)
        cmo_time, cmo = timed(
            lambda network=network: optkit.solve(
                network, "cmo", limits=optkit.Limits(time=seconds)
            )
        )
        if cmo.termination.reason is not optkit.Reason.PROVED:
            break
        own_time, own = timed(
            lambda network=network: optkit.solve(network, "closed-form")
        )
        same = abs(cmo.objective - own.objective) <= 1e-9 * cmo.objective
        table.add_row(
            str(size),
            cmo.termination.detail,
            f"{cmo_time:.3f}",
            f"{own_time:.5f}",
            f"{cmo_time / own_time:,.0f}",
            "yes" if same else "NO",
        )
    CONSOLE.print(table)


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="small sizes, 5 s for CMO")
    arguments = parser.parse_args()
    optkit.solve(instance(5000), "block")  # compiles the loops, or loads the cache
    optkit.solve(instance(5000, weight_energy=0.0), "closed-form")
    sizes = [1000, 10_000, 100_000, 1_000_000]
    largest = 10_000 if arguments.quick else arguments.largest
    growth([size for size in sizes if size <= largest])
    certified([50, 200, 1000, 10_000])
    against_cmo(5.0 if arguments.quick else 60.0)


if __name__ == "__main__":
    main()
