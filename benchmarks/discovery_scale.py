"""Discovery from the paper's size to a hundred times it: objective, bound, gap, time.

    python benchmarks/discovery_scale.py --part sizes
    python benchmarks/discovery_scale.py --part growth
    python benchmarks/discovery_scale.py --part forms [--connection optional --form sum]
    python benchmarks/discovery_scale.py --part large --seconds 600

Networks from the generator, three resources, seed 1. ``sizes`` has a fifth of the nodes as
candidates and twenty windows, and compares solvers. ``growth`` changes the nodes, the
candidates or the windows, and keeps the rest. ``forms`` has accuracy rows that bind, means
at 200 nodes and sums at any size, over windows and over the horizon. ``large`` is 5,000
nodes with 1,000 candidates over twenty windows, or as many as ``--windows`` says.

Seconds are those of the processor in this process, check included; the limit is on the
clock, so that a busy machine gives a solver less of the processor. Loops are compiled
beforehand.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optkit
from optkit.discovery.bounds.facility_location import warm_up
from optkit.discovery.instance import DiscoveryInstance

WINDOWS = 20
NODES = (50, 100, 200, 400, 800)
SOLVERS = ("auto", "stra", "highpoint")

BASE = {"nodes": 400, "candidates": 80, "windows": 10}
"""What ``growth`` keeps."""

GROWTH = {
    "nodes": (100, 200, 400, 800),
    "candidates": (20, 40, 80, 160),
    "windows": (5, 10, 20, 40),
}
"""What it changes, one at a time."""

FORMS = (200, 800)
"""Nodes of ``forms``."""

BINDING = {"required_agent": 0.62, "required_self": 0.43}
"""Means that bind at 200 nodes."""

SUMS = {"required_agent": 0.25, "required_self": 0.2}
"""Sums for each node and window: a request has a mean accuracy of 0.6 in agent mode, of 0.4
in self-directed mode, and the modes of least energy give 0.2 and 0.3."""

HEAD = (
    "| instance | solver | status | objective | bound | gap, % | processor s | clock s |",
    "|---|---|---|---:|---:|---:|---:|---:|",
)


def row(label: str, options: dict[str, Any], solver: str, seconds: float) -> str:
    """Return the table row of one run."""
    instance = optkit.generate("discovery", seed=1, **options)
    assert isinstance(instance, DiscoveryInstance)
    started, clock = time.process_time(), time.perf_counter()
    result = optkit.solve(instance, solver, limits=optkit.Limits(time=seconds))
    used, passed = time.process_time() - started, time.perf_counter() - clock
    name = result.solver.name

    def number(value: float | None) -> str:
        return "" if value is None else f"{value:.3f}"

    gap = "" if result.gap is None else f"{100 * result.gap:.3f}"
    line = (
        f"| {label} | {solver if solver == name else f'{solver} ({name})'} |"
        f" {result.status.value} | {number(result.objective)} |"
        f" {number(result.bound)} | {gap} | {used:.1f} | {passed:.1f} |"
    )
    print(line, flush=True)
    return line


def cases(given: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a label and the generator's options for every row of a part."""
    windows = given.windows or WINDOWS
    if given.part == "sizes":
        for nodes in given.nodes or NODES:
            yield f"{nodes} nodes", {"nodes": nodes, "windows": windows}
    elif given.part == "growth":
        for what, values in GROWTH.items():
            for value in values:
                options = {**BASE, what: value}
                yield ", ".join(f"{v} {k}" for k, v in options.items()), options
    elif given.part == "forms":
        yield from forms(given, windows)
    else:
        label = f"5000 nodes, {windows} windows"
        yield label, {"nodes": 5_000, "windows": windows}


def forms(
    given: argparse.Namespace, windows: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a label and the generator's options for every row of ``forms``."""
    for nodes, form, scope, connection, cost in itertools.product(
        given.nodes or FORMS,
        given.form,
        ("window", "horizon"),
        given.connection,
        ("connected", "agent-mode"),
    ):
        requests = nodes * (windows if scope == "horizon" else 1)
        required = (
            BINDING
            if form == "mean"
            else {mode: value * requests for mode, value in SUMS.items()}
        )
        reading = {
            "accuracy_form": form,
            "accuracy_scope": scope,
            "connection": connection,
            "connection_cost": cost,
        }
        label = ", ".join((f"{nodes} nodes", *reading.values()))
        yield label, {"nodes": nodes, "windows": windows, **reading, **required}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--part", choices=("sizes", "growth", "forms", "large"), default="sizes"
    )
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--nodes", type=int, nargs="*")
    parser.add_argument("--windows", type=int)
    parser.add_argument("--solver", nargs="*")
    parser.add_argument("--form", nargs="*", default=("mean", "sum"))
    parser.add_argument(
        "--connection", nargs="*", default=("forced", "optional"), help="of forms"
    )
    given = parser.parse_args()
    warm_up()
    solvers = given.solver or (SOLVERS if given.part == "sizes" else ("auto",))
    table = list(HEAD)
    for label, options in cases(given):
        for solver in solvers:
            table.append(row(label, options, solver, given.seconds))
    if given.output is not None:
        text = (
            f"# Discovery by size: {given.part}\n\n"
            f"`python benchmarks/discovery_scale.py --part {given.part}`: 3 resources,"
            f" seed 1, a limit of {given.seconds:g} s each. The machine was shared, so"
            " only seconds of the processor can be compared.\n\n"
        )
        given.output.write_text(text + "\n".join(table) + "\n")


if __name__ == "__main__":
    main()
