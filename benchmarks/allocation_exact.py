"""How large a subtree is proven optimal, and what evaluating one order costs.

    python benchmarks/allocation_exact.py [--quick] [--limit 60]
    python benchmarks/allocation_exact.py --peers [--limit 30] [--output table.md]

Without ``--peers`` one line per instance: proven or not, time, nodes, gap. With it, tables
in Markdown: HiGHS, SCIP and CP-SAT on the declarative model as it stands, without anything
that optkit knows, beside optkit's solvers; and the linear relaxation with and without
cuts. Instances are drawn by ``optkit.generate`` and the same on every machine; times are
not, ratios of one run are.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import os
import platform
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import optkit
from optkit.allocation.bounds.relay_condition import relay_condition_holds
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.heuristics.local_search.order_search import OrderEvaluator
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.sink_tree import Subtree, sink_tree
from optkit.allocation.problem.subtree_costs import subtree_costs
from optkit.core.arrays import Floats
from optkit.core.errors import UnavailableError
from optkit.core.solving.limits import Limits

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
    """Print one line per instance and solver."""
    print(
        f"{'regime':14} {'shape':12} {'n':>3} {'seed':>4} {'condition':9}"
        f" {'solver':22} {'proven':6} {'time s':>8} {'gap':>9}  detail"
    )
    for regime in REGIMES:
        for count in sizes:
            for shape in SHAPES:
                for seed in seeds:
                    network = instance(regime, shape, count, seed)
                    condition = relay_condition_holds(sink_tree(network))
                    largest = max(sink_tree(network).subtrees, key=lambda s: s.size)
                    for name, options in solvers:
                        began = time.perf_counter()
                        result = optkit.solve(
                            network, name, options=options, limits=Limits(time=limit)
                        )
                        took = time.perf_counter() - began
                        gap = result.gap
                        print(
                            f"{regime:14} {shape:12} {largest.size:3} {seed:4}"
                            f" {'met' if condition else 'fails':9}"
                            f" {' '.join([name, *options.values()]):22}"
                            f" {'yes' if result.status == 'optimal' else 'no':6}"
                            f" {took:8.2f} {np.nan if gap is None else gap:9.1e}"
                            f"  {result.termination.detail}",
                            flush=True,
                        )


def evaluation(count: int) -> None:
    """Print what one order costs, three ways, in one run."""
    network = instance("relaying dear", "random-tree", count, 0)
    subtree = sink_tree(network).subtrees[0]
    rng = np.random.default_rng(0)
    orders = np.array([rng.permutation(subtree.size) for _ in range(200)])
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


@dataclass(frozen=True)
class Answer:
    """The answer of one solver for one instance.

    Parameters
    ----------
    objective
        Of its best solution; None if it has none.
    bound
        What it proves; None if nothing.
    seconds
        Wall-clock time.
    nodes
        Of its search; None where there is none.
    refused
        Why it does not take the instance; empty if it does.
    """

    objective: float | None
    bound: float | None
    seconds: float
    nodes: int | None = None
    refused: str = ""

    @property
    def gap(self) -> float:
        """(objective − bound) / objective, infinite if one is unknown."""
        if self.objective is None or self.bound is None:
            return np.inf
        return max(0.0, 1.0 - self.bound / self.objective)


PROVEN = 1e-6
"""Gap up to which an answer counts as proven, as in a result's status."""

PEERS = ("highs", "scip", "cp-sat")
OURS: dict[str, tuple[str, dict[str, str]]] = {
    "milp (HiGHS, cuts, start)": ("milp", {}),
    "branch-and-bound": ("branch-and-bound", {}),
    "block": ("block", {}),
    "block-ls": ("block-ls", {}),
}
LARGEST_PEER = 14
"""Most servers at which the peers, which prove nothing there, are still run."""


def by_peer(network: AllocationInstance, backend: str, limit: float) -> Answer:
    """Solve the declarative model as it stands; its own solution and bound count."""
    from optkit.models.allocation import allocation_model

    from optkit.allocation.problem.pyomo_adapter import model_data
    from optkit.backends import solve_model

    tree = sink_tree(network)
    # In units of what the master costs alone, for 1 Gbit: a favour to tolerances.
    model = allocation_model(model_data(tree, 1.0, float(tree.own[0])))
    scale = tree.size * float(tree.own[0])
    began = time.perf_counter()
    try:
        found = solve_model(model, backend, time_limit=limit, load=False)
    except UnavailableError as error:
        return Answer(None, None, 0.0, refused=str(error))
    return Answer(
        None if found.objective is None else found.objective * scale,
        None if found.bound is None else found.bound * scale,
        time.perf_counter() - began,
        found.nodes,
    )


def by_optkit(
    network: AllocationInstance, name: str, options: dict[str, str], limit: float
) -> Answer:
    """Solve by one of optkit's solvers."""
    began = time.perf_counter()
    result = optkit.solve(network, name, options=options, limits=Limits(time=limit))
    took = time.perf_counter() - began
    nodes = re.search(r"(\d+) nodes", result.termination.detail)
    return Answer(
        result.objective,
        result.bound,
        took,
        None if nodes is None else int(nodes.group(1)),
    )


def relaxations(network: AllocationInstance) -> tuple[float, float]:
    """Return the linear relaxation without and with cuts, over block-ls' objective."""
    from optkit.models.allocation import allocation_model, strengthen

    from optkit.allocation.exact.milp_cuts.cuts import allocation_cuts
    from optkit.allocation.heuristics.initial_plans import (
        improve_by_search,
    )
    from optkit.allocation.problem.contiguous_orders import (
        contiguous_blocks,
        contiguous_subtree_plans,
    )
    from optkit.allocation.problem.plan import compose
    from optkit.allocation.problem.pyomo_adapter import model_data, scaled_tree
    from optkit.backends import compile_model, solve_model

    tree = sink_tree(network)
    plans = [
        improve_by_search(subtree, plan, lambda: False)
        for subtree, plan in zip(
            tree.subtrees,
            contiguous_subtree_plans(tree, contiguous_blocks(tree)),
            strict=True,
        )
    ]
    unit = compose(tree, plans).cost / tree.size
    data = model_data(tree, 1.0, unit)
    model = allocation_model(data)
    found = []
    for strong in (False, True):
        if strong:
            cuts = allocation_cuts(scaled_tree(tree, unit), 0.0, 1.0, [], lambda: None)
            strengthen(model, data, cuts)
        compiled = compile_model(model)
        relaxed = replace(compiled, integer=np.zeros(compiled.columns, dtype=bool))
        value = solve_model(relaxed, "highs", load=False).objective
        found.append(np.nan if value is None else value)
    return found[0], found[1]


def peers_page(
    sizes: list[int], seeds: range, limit: float, shapes: list[str]
) -> Iterator[str]:
    """Yield the whole page after every size, so that what is measured is never lost."""
    head = [
        "# Exact solvers of allocation, and their peers",
        "",
        f"`{_command()}`",
        "",
        _machine(),
        "",
        f"Time limit {limit:g} s per instance and solver, model building not counted for"
        f" the peers. Instances: one subtree, {' and '.join(shapes)}, {len(seeds)} seed(s)"
        " of each; *paper* is the paper's range, in *relaying dear* the relay condition"
        " fails. The peers get the declarative model as it stands, and only what they find"
        " and prove themselves counts; *milp* builds no model where its start reaches the"
        " bound of *block*. *Above the best*: objective over the best one that"
        " any solver found, less 1. Worst of the instances, except for the time, which is"
        " the median.",
        "",
        "| regime | servers | solver | proven | time s | nodes | gap | above the best |",
        "|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    for name, options in OURS.values():  # loads and compiles what is needed later
        by_optkit(instance("relaying dear", "chain", 6, 0), name, options, limit)
    rows: list[str] = []
    roots: list[str] = []
    refusals: dict[str, str] = {}
    for count in sizes:
        for regime in REGIMES:
            answers: dict[str, list[Answer]] = defaultdict(list)
            best: list[float] = []
            relaxed: list[tuple[float, float]] = []
            for shape in shapes:
                for seed in seeds:
                    network = instance(regime, shape, count, seed)
                    for backend in PEERS if count <= LARGEST_PEER else ():
                        answer = by_peer(network, backend, limit)
                        answers[f"{backend}, plain model"].append(answer)
                        if answer.refused:
                            refusals[backend] = answer.refused
                    for label, (name, options) in OURS.items():
                        answers[label].append(by_optkit(network, name, options, limit))
                    relaxed.append(relaxations(network))
                    best.append(
                        min(
                            found[-1].objective
                            for found in answers.values()
                            if found[-1].objective is not None
                        )
                    )
                    print(f"{regime} {count} {shape} {seed}", file=sys.stderr)
            rows += [
                f"| {regime} | {count} | {label} | {_cells(found, best)} |"
                for label, found in answers.items()
            ]
            low, high = np.mean(np.array(relaxed), axis=0)
            roots.append(
                f"| {regime} | {count} | {100 * (1 - low):.2f} |"
                f" {100 * (1 - high):.2f} |"
            )
        yield "\n".join(
            [
                *head,
                *rows,
                "",
                *(f"*{name}*: {words}" for name, words in refusals.items()),
                "",
                "## The linear relaxation at the root",
                "",
                "Gap of the model's linear relaxation to the objective of block-ls, %,"
                " mean of the same instances.",
                "",
                "| regime | servers | plain | with cuts |",
                "|---|---:|---:|---:|",
                *roots,
                "",
            ]
        )


def _cells(found: list[Answer], best: list[float]) -> str:
    if any(answer.refused for answer in found):
        return "refused | – | – | – | –"
    proven = sum(answer.gap <= PROVEN for answer in found)
    above = max(
        np.inf if answer.objective is None else answer.objective / known - 1.0
        for answer, known in zip(found, best, strict=True)
    )
    nodes = [answer.nodes for answer in found if answer.nodes is not None]
    worst = max(answer.gap for answer in found)
    return (
        f"{proven}/{len(found)} | {np.median([a.seconds for a in found]):.2f} |"
        f" {max(nodes) if nodes else '–'} | {_percent(worst)} | {_percent(above)}"
    )


def _percent(value: float) -> str:
    if not np.isfinite(value):
        return "none"
    return "0" if value <= PROVEN else f"{100 * value:.2g} %"


def _command() -> str:
    return " ".join(["python", "benchmarks/allocation_exact.py", *sys.argv[1:]])


def _machine() -> str:
    packages = ("highspy", "ortools", "numba", "numpy", "pyomo")
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in packages
    )
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python"
        f" {platform.python_version()}, {versions}; {datetime.date.today().isoformat()}."
        " Timings on a shared two-core machine; ratios within one run."
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="8 and 10 servers, 10 s")
    parser.add_argument(
        "--peers", action="store_true", help="HiGHS, SCIP and CP-SAT too, as a page"
    )
    parser.add_argument("--limit", type=float, help="seconds per instance and solver")
    parser.add_argument("--sizes", type=int, nargs="+")
    parser.add_argument("--seeds", type=int)
    parser.add_argument(
        "--shapes", nargs="+", choices=SHAPES, default=["random-tree", "binary"]
    )
    parser.add_argument("--output", type=Path, help="where to write the peers' page")
    arguments = parser.parse_args()
    if arguments.peers:
        page = ""
        for page in peers_page(
            arguments.sizes or [8, 10, 14, 20],
            range(arguments.seeds or 1),
            arguments.limit or 30.0,
            arguments.shapes,
        ):
            if arguments.output is not None:
                arguments.output.write_text(page, encoding="utf-8")
        print(page)
        return
    sizes = arguments.sizes or [8, 10, 12, 14, 16, 20]
    seeds, limit = range(arguments.seeds or 5), arguments.limit or 60.0
    if arguments.quick:
        sizes, seeds, limit = [8, 10], range(1), 10.0
    for count in (14, 50):
        evaluation(count)
    proofs(sizes, seeds, limit, [("branch-and-bound", {})])


if __name__ == "__main__":
    main()
