"""How much an old answer loses, carried over instead of solving anew, as a network changes.

    python benchmarks/allocation_changes.py --data FOLDER [--seeds 10] [--figure OUT.png]

FOLDER has ``topology_zoo/gml``, ``sndlib/native`` and ``mobility``. Three experiments:

* *drift*: on real maps, the logarithm of every rate and of every computing speed walks at
  random, with a standard deviation of σ per step, between half the least and twice the
  largest that there was.
* *outages*: a link that is there is lost with probability p per step, and one that is
  lost comes back with probability 0.3.
* *walkers*: students on a campus carry the servers (GPS tracks, one position per 30 s); two
  within 400 m of each other have a link.

An answer is found at step 0 and carried over to the network of a later step
(``optkit.allocation.carry_over``). Its cost is compared with that of solving anew on the
tree of shortest paths of that step's network (``block``): *scaled* keeps tree, order and
proportions of the loads, *loads* has the best loads for its tree and order. Each line has
the mean loss with its 95 % interval, the median, and the share of the servers of the old
tree that are still in it.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import optkit
from optkit.allocation import AllocationInstance, AllocationSolution, carry_over
from optkit.allocation.heuristics.routing.trees import plan_of_solution
from optkit.core.arrays import Floats
from optkit.core.files.left_out import SourceWarning

MAPS = (
    ("topology-zoo", "topology_zoo/gml/Abilene.gml"),
    ("topology-zoo", "topology_zoo/gml/Geant2009.gml"),
    ("topology-zoo", "topology_zoo/gml/Cernet.gml"),
    ("topology-zoo", "topology_zoo/gml/Renater2010.gml"),
    ("topology-zoo", "topology_zoo/gml/Garr201201.gml"),
    ("topology-zoo", "topology_zoo/gml/Uninett2011.gml"),
    ("sndlib", "sndlib/native/germany50.txt"),
    ("sndlib", "sndlib/native/cost266.txt"),
)

AGES = (1, 2, 5, 10, 20, 50)
"""Steps since the answer was found."""

DRIFTS = (0.02, 0.05, 0.1, 0.2)
"""Standard deviations σ of the change of a logarithm per step."""

OUTAGES = (0.001, 0.003, 0.01, 0.03)
"""Probabilities p that a link is lost in a step."""

COMES_BACK = 0.3

WALKERS, RANGE_M, STEP_S = 60, 400.0, 30.0

FASTEST_GBPS = 10.0


@dataclass(frozen=True)
class Loss:
    """What an old answer loses on one network.

    Parameters
    ----------
    scaled, loads
        As shares of the cost of the new optimum.
    kept
        Share of the servers of its tree that are still in it.
    carrying, loading, solving
        Processor time to carry it over, to find the best loads for it, and to solve anew
        with its check, s.
    """

    scaled: float
    loads: float
    kept: float
    carrying: float
    loading: float
    solving: float


def loss(old: AllocationSolution, instance: AllocationInstance) -> Loss:
    """Return what an old answer loses on an instance."""
    began = time.process_time()
    carried = carry_over(old, instance)
    carrying = time.process_time() - began
    began = time.process_time()
    anew = optkit.solve(instance, "block")
    solving = time.process_time() - began
    verification = optkit.check(instance, carried)
    assert verification.feasible, verification.violations
    assert verification.objective is not None
    assert anew.objective is not None
    began = time.process_time()
    best_loads = plan_of_solution(instance, carried)[1].cost
    loading = time.process_time() - began
    return Loss(
        verification.objective / anew.objective - 1.0,
        best_loads / anew.objective - 1.0,
        len(carried.parent) / max(1, len(old.parent)),
        carrying,
        loading,
        solving,
    )


def solved(instance: AllocationInstance) -> AllocationSolution:
    """Return the optimum on the tree of shortest paths."""
    solution = optkit.solve(instance, "block").solution
    assert isinstance(solution, AllocationSolution)
    return solution


def real_maps(folder: Path, seed: int) -> Iterator[dict[str, Any]]:
    """Yield instances on real maps as documents; what is not known is drawn."""
    for form, path in MAPS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SourceWarning)
            network = optkit.import_file(form, folder / path, family="network")
            made = optkit.generate("allocation", network=network, seed=seed)
        yield made.document()


def reflected(values: Floats, low: float, high: float) -> Floats:
    """Return values folded back into a range at its ends."""
    width = high - low
    return np.asarray(low + np.abs((values - low + width) % (2.0 * width) - width))


def drifting(
    document: dict[str, Any], sigma: float, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Yield the instance at every step from 0 on, with other rates and speeds."""
    # Both directions of a link drift alike.
    pairs = sorted(
        {frozenset((x["source"], x["target"])) for x in document["links"]}, key=sorted
    )
    place = {pair: k for k, pair in enumerate(pairs)}
    of_link = [place[frozenset((x["source"], x["target"]))] for x in document["links"]]
    rates = np.zeros(len(pairs))
    rates[of_link] = np.log([link["gbps"] for link in document["links"]])
    speeds = np.log([server["ghz"] for server in document["servers"]])
    ranges = [
        (float(x.min()) - np.log(2.0), float(x.max()) + np.log(2.0))
        for x in (rates, speeds)
    ]
    while True:
        yield document | {
            "links": [
                link | {"gbps": float(np.exp(rates[k]))}
                for link, k in zip(document["links"], of_link, strict=True)
            ],
            "servers": [
                server | {"ghz": float(np.exp(speed))}
                for server, speed in zip(document["servers"], speeds, strict=True)
            ],
        }
        rates = reflected(rates + rng.normal(0.0, sigma, len(rates)), *ranges[0])
        speeds = reflected(speeds + rng.normal(0.0, sigma, len(speeds)), *ranges[1])


def failing(
    document: dict[str, Any], lost: float, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Yield the instance at every step from 0 on, without the links that are down."""
    pairs = sorted(
        {tuple(sorted((x["source"], x["target"]))) for x in document["links"]}
    )
    up = np.ones(len(pairs), dtype=bool)
    while True:
        there = {pair for pair, is_up in zip(pairs, up, strict=True) if is_up}
        yield document | {
            "links": [
                link
                for link in document["links"]
                if tuple(sorted((link["source"], link["target"]))) in there
            ]
        }
        draws = rng.random(len(pairs))
        up = np.where(up, draws >= lost, draws < COMES_BACK)


def walking(folder: Path, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield the instance of some walkers at every step of 30 s from a random time on."""
    tracks: dict[str, list[tuple[float, float]]] = {}
    with gzip.open(folder / "mobility/ncsu_kaist_30s_92walks.csv.gz", "rt") as text:
        for row in csv.DictReader(text):
            place = (float(row["x_m"]), float(row["y_m"]))
            tracks.setdefault(row["node"], []).append(place)
    most = int(4 * 3600 / STEP_S)
    near = {
        name: np.array(track[:most])
        for name, track in tracks.items()
        if len(track) >= most and np.abs(track[:most]).max() < 2000.0
    }
    names = sorted(rng.choice(sorted(near), WALKERS, replace=False).tolist())
    speeds = rng.uniform(1.0, 10.0, WALKERS)
    start = int(rng.integers(most - max(AGES) - 1))
    master = None
    for step in range(start, most):
        places = np.array([near[name][step] for name in names])
        between = np.hypot(*(places[:, None] - places[None, :]).transpose(2, 0, 1))
        linked = (between <= RANGE_M) & ~np.eye(WALKERS, dtype=bool)
        # Shannon's law with a path loss of the third power, 1 Gbit/s at the limit.
        rate = np.log2(1.0 + (RANGE_M / np.maximum(between, 1.0)) ** 3)
        rate = np.minimum(rate, FASTEST_GBPS)
        if master is None:
            master = names[int(linked.sum(axis=1).argmax())]
        network = optkit.Network.from_edges(
            [
                (names[i], names[k], float(rate[i, k]))
                for i, k in np.argwhere(np.triu(linked)).tolist()
            ],
            {name: {"ghz": float(f)} for name, f in zip(names, speeds, strict=True)},
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SourceWarning)
            yield optkit.generate(
                "allocation",
                network=network,
                master=master,
                capacitance=0.01,
                tx_watt=1.0,
            ).document()


def over_time(course: Iterator[dict[str, Any]]) -> dict[int, Loss]:
    """Return what the answer of step 0 loses at each age."""
    losses: dict[int, Loss] = {}
    old: AllocationSolution | None = None
    for step, document in enumerate(course):
        if old is None:
            old = solved(AllocationInstance.parse(document))
        elif step in AGES:
            losses[step] = loss(old, AllocationInstance.parse(document))
        if step == max(AGES):
            break
    return losses


def line(label: str, losses: Sequence[Loss]) -> str:
    """Return a row of the tables."""
    cells = []
    for values in ([x.scaled for x in losses], [x.loads for x in losses]):
        half = 1.96 * np.std(values, ddof=1) / np.sqrt(len(values))
        cells.append(f"{np.mean(values):7.1%} ± {half:5.1%} {np.median(values):7.1%}")
    kept = float(np.mean([x.kept for x in losses]))
    return f"{label:>24} {cells[0]}   {cells[1]}   {kept:5.0%} {len(losses):5}"


HEADER = (
    f"{'':>24} {'scaled':>15} {'median':>7}   {'loads':>15} {'median':>7}   kept  runs"
)


def experiments(
    folder: Path, seeds: int
) -> dict[str, dict[tuple[float, int], list[Loss]]]:
    """Run the three experiments; losses by rate of change and age."""
    found: dict[str, dict[tuple[float, int], list[Loss]]] = {
        "drift": {},
        "outages": {},
        "walkers": {},
    }

    def keep(kind: str, rate: float, losses: dict[int, Loss]) -> None:
        for age, value in losses.items():
            found[kind].setdefault((rate, age), []).append(value)

    for seed in range(seeds):
        for number, document in enumerate(real_maps(folder, seed)):
            for sigma in DRIFTS:
                rng = np.random.default_rng((seed, number, 1))
                keep("drift", sigma, over_time(drifting(document, sigma, rng)))
            for lost in OUTAGES:
                rng = np.random.default_rng((seed, number, 2))
                keep("outages", lost, over_time(failing(document, lost, rng)))
        for draw in range(len(MAPS)):
            rng = np.random.default_rng((seed, draw, 3))
            keep("walkers", 0.0, over_time(walking(folder, rng)))
    return found


def report(found: dict[str, dict[tuple[float, int], list[Loss]]]) -> None:
    """Print the tables."""
    words = {
        "drift": lambda rate, age: f"σ {rate:g}, {age} steps",
        "outages": lambda rate, age: f"p {rate:g}, {age} steps",
        "walkers": lambda rate, age: f"{age * STEP_S / 60.0:g} min",
    }
    for kind, losses in found.items():
        print(f"\n{kind}\n{HEADER}")
        for (rate, age), values in sorted(losses.items()):
            print(line(words[kind](rate, age), values))
    every = [
        x for losses in found.values() for values in losses.values() for x in values
    ]
    carrying = sum(x.carrying for x in every)
    ratios = [
        sum(getattr(x, what) for x in every) / carrying
        for what in ("loading", "solving")
    ]
    print(
        f"\n{len(every)} comparisons; the old answer was better in"
        f" {sum(x.scaled < -1e-9 for x in every)} (scaled) and"
        f" {sum(x.loads < -1e-9 for x in every)} (loads) of them. The best loads take"
        f" {ratios[0]:.0f} times as long as carrying over, and solving anew with its check"
        f" {ratios[1]:.0f} times (processor time)."
    )


def picture(found: dict[str, dict[tuple[float, int], list[Loss]]], path: Path) -> None:
    """Draw the mean losses against the time since the answer was found."""
    from matplotlib.figure import Figure

    from optkit.plotting import palette
    from optkit.plotting.output import render

    figure = Figure(figsize=(9.0, 3.4), layout="constrained", facecolor="white")
    panels = figure.subplots(1, 3, sharey=True)
    colours = (palette.SKY, palette.BLUE, palette.ORANGE, palette.VERMILION)
    for axes, kind, rates, title, label in (
        (panels[0], "drift", DRIFTS, "Rates and speeds drift", "σ = {:g}"),
        (panels[1], "outages", OUTAGES, "Links fail and come back", "p = {:g}"),
        (panels[2], "walkers", (0.0,), "Servers are carried about", ""),
    ):
        scale = STEP_S / 60.0 if kind == "walkers" else 1.0
        times = [scale * age for age in AGES]
        for rate, colour in zip(rates, colours, strict=False):
            for what, style in (("scaled", "-"), ("loads", ":")):
                named = kind != "walkers" and style == "-"
                axes.plot(
                    times,
                    [
                        100.0
                        * np.mean([getattr(x, what) for x in found[kind][rate, age]])
                        for age in AGES
                    ],
                    style,
                    marker="o",
                    markersize=2.5,
                    linewidth=1.2,
                    color=palette.INK if kind == "walkers" else colour,
                    label=label.format(rate) if named else None,
                )
        axes.set_xscale("log")
        axes.set_xticks(times, [f"{time:g}" for time in times])
        axes.set_xticks([], minor=True)
        axes.set_yscale("symlog", linthresh=1.0)
        axes.set_yticks([0, 1, 10, 100], ["0", "1", "10", "100"])
        axes.set_ylim(-1.0, 900.0)
        unit = "minutes" if kind == "walkers" else "steps"
        axes.set_xlabel(f"{unit} since the answer was found")
        axes.set_title(title, fontsize=9)
        axes.grid(color=palette.FAINT, linewidth=0.4)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in panels[:2]:
        axes.legend(fontsize=7, frameon=False, ncols=2, loc="upper left")
    for text, style in (("scaled", "-"), ("best loads, same tree and order", ":")):
        panels[2].plot([], [], style, color=palette.INK, linewidth=1.2, label=text)
    panels[2].legend(fontsize=7, frameon=False, loc="lower right")
    panels[0].set_ylabel("mean loss, % of the cost of solving anew")
    path.write_bytes(render(figure, "png"))


def main() -> None:
    """Run the experiments, print the tables and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--figure", type=Path)
    arguments = parser.parse_args()
    found = experiments(arguments.data, arguments.seeds)
    report(found)
    if arguments.figure is not None:
        picture(found, arguments.figure)


if __name__ == "__main__":
    main()
