"""Discovery from the paper's size to sixteen times it: objective, bound, gap, time.

    python benchmarks/discovery_scale.py -o benchmarks/results/discovery-scale.md

Generated networks with a fifth of their nodes as candidates, three resources and twenty
windows, at the defaults of the generator. Each is solved by `auto`, by `stra` and by
`highpoint`. Seconds are those of the processor in this process, check included; the limit
is on the clock, so that a busy machine gives a solver less of the processor. Loops are
compiled beforehand.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

import optkit
from optkit.core.solving import seeds
from optkit.discovery.bounds.facility_location import FacilityLocation, Links, warm_up
from optkit.discovery.instance import DiscoveryInstance

WINDOWS = 20
NODES = (50, 100, 200, 400, 800)
SOLVERS = ("auto", "stra", "highpoint")


def rows(nodes: int, seconds: float, solvers: tuple[str, ...]) -> list[str]:
    """Return the table rows of one size."""
    instance = optkit.generate("discovery", seed=1, nodes=nodes, windows=WINDOWS)
    assert isinstance(instance, DiscoveryInstance)
    lines = []
    for name in solvers:
        started, clock = time.process_time(), time.perf_counter()
        result = optkit.solve(instance, name, limits=optkit.Limits(time=seconds))
        used, passed = time.process_time() - started, time.perf_counter() - clock
        solver = result.solver.name
        shown = name if name == solver else f"{name} ({solver})"

        def number(value: float | None) -> str:
            return "" if value is None else f"{value:.3f}"

        gap = "" if result.gap is None else f"{100 * result.gap:.3f}"
        lines.append(
            f"| {nodes} | {len(instance.candidates)} | {shown} |"
            f" {result.status.value} | {number(result.objective)} |"
            f" {number(result.bound)} | {gap} | {used:.1f} | {passed:.1f} |"
        )
        print(lines[-1], flush=True)
    return lines


def large(seconds: float) -> str:
    """Return the row of one window of 5,000 nodes and 1,000 candidates.

    The generator's files end at 2,000 nodes, so links and times are drawn here by its laws
    and ranges; each of the three groups is solved at its root, then divided for a third of
    ``seconds`` of the processor.
    """
    rng = seeds.generator(1, "benchmark", "discovery-scale")
    nodes, sites, resources = 5_000, 1_000, 3
    places = rng.random((nodes, 2))
    demanded = rng.integers(resources, size=nodes)
    started, clock = time.process_time(), time.perf_counter()
    value = bound = root = 0.0
    for resource in range(resources):
        clients = places[demanded == resource]
        length = np.linalg.norm(clients[:, None] - places[None, :sites], axis=2) / 0.3
        linked = (length <= 1.0) & (rng.random(length.shape) < np.exp(-length))
        linked &= linked.any(axis=1)[:, None]
        client, site = np.nonzero(linked)
        used, client = np.unique(client, return_inverse=True)
        links = Links.of(
            client, site, rng.uniform(0.2, 1.2, len(client)), (len(used), sites)
        )
        first = time.process_time()
        located = FacilityLocation(links, rng.uniform(0.5, 1.5, sites))
        root += time.process_time() - first
        deadline = time.process_time() + seconds / resources
        located.prove(1e-7 * located.value, lambda: time.process_time() >= deadline)  # noqa: B023
        value, bound = value + located.value, bound + located.bound
    used_s, passed = time.process_time() - started, time.perf_counter() - clock
    return (
        f"| 5000, one window | {sites} | facility location ({root:.1f} s at the roots) |"
        f" feasible | {value:.3f} | {bound:.3f} | {100 * (1 - bound / value):.3f} |"
        f" {used_s:.1f} | {passed:.1f} |"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--nodes", type=int, nargs="*", default=NODES)
    parser.add_argument("--solver", nargs="*", default=SOLVERS)
    parser.add_argument("--large", action="store_true", help="5,000 nodes, one window")
    given = parser.parse_args()
    warm_up()
    table = [
        "| nodes | candidates | solver | status | objective | bound | gap, % |"
        " processor s | clock s |",
        "|---:|---:|---|---|---:|---:|---:|---:|---:|",
    ]
    for nodes in given.nodes:
        table += rows(nodes, given.seconds, tuple(given.solver))
    if given.large:
        table.append(large(given.seconds / 2))
        print(table[-1], flush=True)
    if given.output is not None:
        text = (
            "# Discovery by size\n\n"
            f"`python benchmarks/discovery_scale.py`: {WINDOWS} windows, 3 resources,"
            f" seed 1, a limit of {given.seconds:g} s each. The machine was shared, so"
            " only seconds of the processor can be compared.\n\n"
        )
        given.output.write_text(text + "\n".join(table) + "\n")


if __name__ == "__main__":
    main()
