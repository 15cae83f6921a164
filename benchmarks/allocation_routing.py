"""When choosing the tree gains over the tree of shortest paths, and how much.

    python benchmarks/allocation_routing.py --data FOLDER [--limit 5] [--weights paper]
    python benchmarks/allocation_routing.py --data FOLDER --figure OUT.png --network abilene
    python benchmarks/allocation_routing.py --agreement 150

FOLDER has ``topology_zoo/gml`` and ``sndlib/native``; without it there are only random
networks. One line per network: servers, links of the master, how many link speeds are the
file's, the cost on the sink tree and its gap to the bound for that tree, the cost with a
chosen tree and its gap to the bound over all trees, what it gains, the most that any tree
could gain by that bound, and seconds.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

import optkit
from optkit.allocation.check.brute_force import brute_force_routing, spanning_trees
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.data.importers import sndlib, topology_zoo
from optkit.allocation.data.importers.options import Options
from optkit.allocation.instance import AllocationInstance

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.allocation.hostile_networks import REGIMES, directed

WEIGHTS: dict[str, dict[str, float]] = {
    "paper": {},
    "time only": {"weight_time": 1.0, "weight_energy": 0.0},
    "energy dear": {"weight_energy": 0.5},
}

DRAWN: dict[str, dict[str, float]] = {
    "paper's rates": {},
    "wide rates": {"gbps_low": 0.1, "gbps_high": 100.0},
    "slow rates": {"gbps_low": 0.1, "gbps_high": 1.0},
    "fast rates": {"gbps_low": 1e3, "gbps_high": 1e4},
}


def real(folder: Path, settings: dict[str, float]) -> Iterator[AllocationInstance]:
    """Yield every real network, its speeds from the file where they stand there."""
    options = Options.model_validate(settings)
    for path in sorted(folder.glob("topology_zoo/gml/*.gml")):
        yield AllocationInstance.parse(topology_zoo.read(path, options, 0))
    for path in sorted(folder.glob("sndlib/native/*.txt")):
        yield AllocationInstance.parse(sndlib.read(path, options, 0))


def drawn(
    settings: dict[str, float], sizes: list[int], seeds: int
) -> Iterator[AllocationInstance]:
    """Yield Erdős–Rényi networks over several ranges of link speeds."""
    for label, rates in DRAWN.items():
        for servers in sizes:
            for seed in range(seeds):
                given = {"servers": servers, **rates, **settings}
                document = generate(GeneratorOptions.model_validate(given), seed)
                document["name"] = f"G({servers}, p), {label}, {seed}"
                yield AllocationInstance.parse(document)


def speeds(instance: AllocationInstance) -> str:
    """Return whose the link speeds are."""
    found = re.search(
        r"Speeds taken from the file: (\d+); assumed: (\d+)", instance.provenance
    )
    if found is None:
        return "drawn"
    stated, assumed = map(int, found.groups())
    if not assumed:
        return "real"
    return "drawn" if not stated else f"{stated}/{stated + assumed} real"


def compare(instance: AllocationInstance, limit: float) -> tuple[str, float, float]:
    """Return one line of the table, the gain, and the most that it could be."""
    limits = optkit.Limits(time=limit)
    sink = optkit.solve(instance, "block", limits=limits)
    began = time.perf_counter()
    free = optkit.solve(instance, "routed", limits=limits)
    took = time.perf_counter() - began
    for result in (sink, free):
        assert result.verification is not None
        assert result.verification.feasible
        assert result.objective is not None
        assert result.bound is not None
        assert result.gap is not None
    gain = 1.0 - free.objective / sink.objective
    most = max(0.0, 1.0 - free.bound / sink.objective)
    first = sum(link.source == instance.master for link in instance.links)
    line = (
        f"{instance.name[:31]:31} {len(instance.servers):5} {first:5}"
        f" {speeds(instance):>11} {sink.objective:10.5g} {sink.gap:7.2%}"
        f" {free.objective:10.5g} {free.gap:7.2%} {gain:7.2%} {most:7.2%} {took:6.2f}"
    )
    return line, gain, most


def table(networks: Iterator[AllocationInstance], limit: float) -> None:
    """Print a line for each network, and what they have in common."""
    print(
        f"{'network':31} {'n':>5} {'links':>5} {'speeds':>11} {'sink':>10}"
        f" {'gap':>7} {'routed':>10} {'gap':>7} {'gain':>7} {'most':>7} {'s':>6}"
    )
    gains = []
    for instance in networks:
        line, gain, _ = compare(instance, limit)
        gains.append(gain)
        print(line, flush=True)
    print(
        f"{len(gains)} networks: gain median {np.median(gains):.2%}, mean"
        f" {np.mean(gains):.2%}, largest {np.max(gains):.2%}, above 1 %:"
        f" {sum(gain > 0.01 for gain in gains)}, none: {sum(g < 1e-9 for g in gains)}\n"
    )


def picture(instance: AllocationInstance, path: Path, limit: float) -> None:
    """Draw the sink tree's solution beside the chosen tree's."""
    from matplotlib.figure import Figure

    from optkit.allocation.display.drawing import style
    from optkit.allocation.display.drawing.figure_layout import network_height
    from optkit.allocation.display.drawing.network import draw_network
    from optkit.allocation.display.view import make_view
    from optkit.plotting.output import render

    limits = optkit.Limits(time=limit)
    seen, titles = [], []
    for solver, title in (("block", "Shortest paths"), ("routed", "Chosen tree")):
        result = optkit.solve(instance, solver, limits=limits)
        seen.append(make_view(instance, result.solution, result.verification))
        titles.append(f"{title}: cost {result.objective:.5g}")
    width = 72.0 * style.WIDTH
    height = max(network_height(one, width - 24.0) for one in seen)
    with style.settings():
        figure = Figure(figsize=(2 * style.WIDTH, (height + 44.0) / 72.0))
        for k, (one, title) in enumerate(zip(seen, titles, strict=True)):
            box = (
                (k * width + 12.0) / (2.0 * width),
                12.0 / (height + 44.0),
                (width - 24.0) / (2.0 * width),
                height / (height + 44.0),
            )
            axes = figure.add_axes(box, label=title)
            draw_network(one, ax=axes)
            figure.text(
                box[0],
                1.0 - 20.0 / (height + 44.0),
                f"{instance.name}. {title}",
                **style.text(fontsize=style.TITLE, color=style.INK, fontweight="bold"),
            )
        path.write_bytes(render(figure, "svg"))


def agreement(count: int) -> None:
    """Compare with every tree, order and load on tiny directed networks."""
    seeds = iter(range(10**6))
    print(
        f"{'regime':14} {'tried':>5} {'equal':>5} {'proven':>6} {'sink off':>8}"
        f" {'bound below, mean':>17} {'most':>7}"
    )
    for regime in REGIMES:
        tried = equal = proven = off = 0
        below = []
        while tried < count // len(REGIMES):
            seed = next(seeds)
            instance = directed(seed, 3 + seed % 3, regime)
            trees = sum(1 for _ in islice(spanning_trees(instance), 31))
            if not 2 <= trees <= 30:
                continue
            optimum = brute_force_routing(instance)
            found = optkit.solve(instance, "routed")
            sink = optkit.solve(instance, "block")
            assert found.objective is not None
            assert found.bound is not None
            assert sink.objective is not None
            assert found.objective >= optimum * (1.0 - 1e-9), instance.name
            assert found.bound <= optimum * (1.0 + 1e-9), instance.name
            tried += 1
            equal += found.objective <= optimum * (1.0 + 1e-9)
            proven += found.status is optkit.Status.OPTIMAL
            off += sink.objective > optimum * (1.0 + 1e-9)
            below.append(1.0 - found.bound / optimum)
        print(
            f"{regime:14} {tried:5} {equal:5} {proven:6} {off:8}"
            f" {np.mean(below):17.2%} {np.max(below):7.2%}",
            flush=True,
        )


def main() -> None:
    """Print the tables, or draw one picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--limit", type=float, default=5.0, help="seconds per network")
    parser.add_argument("--weights", choices=WEIGHTS, nargs="+", default=list(WEIGHTS))
    parser.add_argument("--sizes", type=int, nargs="*", default=[20, 50, 200, 1000])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument(
        "--agreement", type=int, help="tiny networks to compare with brute force"
    )
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--network", default="Cernet")
    arguments = parser.parse_args()
    optkit.solve(optkit.generate("allocation", servers=5), "routed")  # compiles
    if arguments.agreement is not None:
        agreement(arguments.agreement)
        return
    if arguments.figure is not None:
        assert arguments.data is not None, "--figure needs --data"
        networks = real(arguments.data, WEIGHTS[arguments.weights[0]])
        chosen = next(one for one in networks if one.name == arguments.network)
        picture(chosen, arguments.figure, arguments.limit)
        return
    for weights in arguments.weights:
        settings = WEIGHTS[weights]
        if arguments.data is not None:
            print(f"Real networks, weights: {weights}")
            table(real(arguments.data, settings), arguments.limit)
        if arguments.sizes:
            print(f"Erdős–Rényi networks, weights: {weights}")
            table(drawn(settings, arguments.sizes, arguments.seeds), arguments.limit)


if __name__ == "__main__":
    main()
