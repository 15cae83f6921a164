"""How large a subtree is proven optimal, and what evaluating one order costs.

    python benchmarks/allocation_exact.py [--quick] [--peers] [--limit 60]

One line an instance: proven or not, time, nodes, gap. Instances are drawn by
``optkit.generate`` and the same on every machine; times are not, ratios of one run are.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

import optkit
from optkit.allocation.branching.relay_condition import relay_condition
from optkit.allocation.costs import subtree_costs
from optkit.allocation.generate import GeneratorOptions, generate
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.order_lp import solve_orders
from optkit.allocation.order_search import OrderEvaluator
from optkit.allocation.tree import Floats, Subtree, sink_tree
from optkit.core.limits import Limits

REGIMES: dict[str, dict[str, float]] = {
    "paper": {},
    "relaying dear": {"weight_energy": 0.5, "capacitance": 0.001},
}
SHAPES = ("random-tree", "chain", "caterpillar", "binary")


def instance(regime: str, shape: str, count: int, seed: int) -> AllocationInstance:
    """Return ``count`` servers below one child of the master."""
    settings: dict[str, object] = {"shape": shape, **REGIMES[regime]}
    settings["servers"] = count + 1
    if shape == "random-tree":
        settings["subtrees"] = 1
    elif shape != "chain":
        # The master's second child: hung elsewhere (binary), or a leaf (caterpillar).
        settings["servers"] = count + 2
    document = generate(GeneratorOptions.model_validate(settings), seed)
    if shape == "binary":
        _one_subtree(document, count)
    return AllocationInstance.parse(document)


def _one_subtree(document: dict[str, object], count: int) -> None:
    """Hang the master's second child below its first, and the tree stays as bushy."""
    links = document["links"]
    assert isinstance(links, list)
    for link in links:
        if link["source"] == "0" and link["target"] == "2":
            link["source"] = "1"


def proofs(
    sizes: list[int],
    seeds: range,
    limit: float,
    solvers: list[tuple[str, dict[str, str]]],
) -> None:
    """Print one line an instance and solver."""
    print(
        f"{'regime':14} {'shape':12} {'n':>3} {'seed':>4} {'condition':9}"
        f" {'solver':22} {'proven':6} {'time s':>8} {'gap':>9}  detail"
    )
    for regime in REGIMES:
        for count in sizes:
            for shape in SHAPES:
                for seed in seeds:
                    drawn = instance(regime, shape, count, seed)
                    largest = max(sink_tree(drawn).subtrees, key=lambda s: s.size)
                    for name, options in solvers:
                        began = time.perf_counter()
                        result = optkit.solve(
                            drawn, name, options=options, limits=Limits(time=limit)
                        )
                        took = time.perf_counter() - began
                        gap = result.gap
                        print(
                            f"{regime:14} {shape:12} {largest.size:3} {seed:4}"
                            f" {'met' if relay_condition(largest) else 'fails':9}"
                            f" {' '.join([name, *options.values()]):22}"
                            f" {'yes' if result.status == 'optimal' else 'no':6}"
                            f" {took:8.2f} {np.nan if gap is None else gap:9.1e}"
                            f"  {result.termination.detail}",
                            flush=True,
                        )


def evaluation(count: int) -> None:
    """Print what one order costs, three ways, in one run."""
    drawn = instance("relaying dear", "random-tree", count, 0)
    subtree = sink_tree(drawn).subtrees[0]
    draw = np.random.default_rng(0)
    orders = np.array([draw.permutation(subtree.size) for _ in range(200)])
    costs = subtree_costs(subtree)
    evaluator = OrderEvaluator(subtree)
    evaluator(orders[0])
    fast = _seconds(lambda k: evaluator(orders[k])[0], 200)
    one = _seconds(
        lambda k: solve_orders(costs.matrices(orders[[k]]), subtree.workers), 100
    )
    pyomo = _seconds(lambda k: _by_pyomo(costs.matrices(orders[[k]])[0], subtree), 10)
    print(
        f"one order of {count}: {1e6 * fast:.1f} µs; solve_orders {one / fast:.0f} x,"
        f" HiGHS through Pyomo {pyomo / fast:.0f} x as long"
    )


def _seconds(work: Callable[[int], object], times: int) -> float:
    work(0)  # imports and compiles
    began = time.perf_counter()
    for k in range(times):
        work(k)
    return (time.perf_counter() - began) / times


def _by_pyomo(matrix: Floats, subtree: Subtree) -> float:
    import pyomo.environ as pyo

    n = subtree.size
    model = pyo.ConcreteModel()
    model.y = pyo.Var(range(n), within=pyo.NonNegativeReals)
    model.rows = pyo.Constraint(
        range(n),
        rule=lambda m, i: sum(float(matrix[i, j]) * m.y[j] for j in range(n)) <= 1.0,
    )
    model.total = pyo.Objective(expr=sum(model.y.values()), sense=pyo.maximize)
    pyo.SolverFactory("appsi_highs").solve(model)
    return float(pyo.value(model.total))


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="8 and 10 servers, 10 s")
    parser.add_argument(
        "--peers", action="store_true", help="milp on HiGHS and SCIP too"
    )
    parser.add_argument("--limit", type=float, default=60.0, help="seconds an instance")
    parser.add_argument("--sizes", type=int, nargs="+", default=[8, 10, 12, 14, 16, 20])
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    sizes, seeds, limit = asked.sizes, range(asked.seeds), asked.limit
    if asked.quick:
        sizes, seeds, limit = [8, 10], range(1), 10.0
    solvers: list[tuple[str, dict[str, str]]] = [("branch-and-bound", {})]
    if asked.peers:
        solvers += [("milp", {"backend": "highs"}), ("milp", {"backend": "scip"})]
    for count in (14, 50):
        evaluation(count)
    proofs(sizes, seeds, limit, solvers)


if __name__ == "__main__":
    main()
