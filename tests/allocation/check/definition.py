"""The figures of the allocation model, written out as its text defines them."""

from __future__ import annotations

import random
from typing import Any

import pytest

from optkit.allocation.check import checker
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from tests.allocation.check.hand_cases import Figures


def by_pairs(instance: AllocationInstance, solution: AllocationSolution) -> Figures:
    """Return the figures from the model's text: sums over pairs of servers, eqs 1 to 8."""
    servers = {server.id: server for server in instance.servers}
    rates = {(link.source, link.target): link.gbps for link in instance.links}
    master, parent, loads = instance.master, solution.parent, solution.load_gbit
    work, weights = instance.task.gcycles_per_gbit, instance.weights

    def way(server: str) -> list[str]:
        above = [] if server == master else way(parent[server])
        return [*above, server]

    def distance(servers_on_way: list[str]) -> float:
        return sum(1.0 / rates[parent[s], s] for s in servers_on_way if s != master)

    figures = {}
    for name in (master, *parent):
        load = loads.get(name, 0.0)
        time = load * distance(way(name)) + load * work / servers[name].ghz
        for order in solution.order.values():
            if name in order:
                for earlier in order[: order.index(name)]:
                    shared = [s for s in way(name) if s in way(earlier)]
                    time += loads.get(earlier, 0.0) * distance(shared)
        energy = servers[name].capacitance * load * work * servers[name].ghz ** 2
        for child in (c for c, sender in parent.items() if sender == name):
            flow = sum(loads.get(s, 0.0) for s in parent if child in way(s))
            energy += servers[name].tx_watt * flow / rates[name, child]
        figures[name] = (time, energy, weights.time * time + weights.energy * energy)
    return figures


def shuffled(
    shape: str, servers: int, seed: int
) -> tuple[AllocationInstance, AllocationSolution]:
    """Return an instance and a solution with random loads, sent in random order."""
    rng = random.Random(f"{shape} {servers} {seed}")
    options = GeneratorOptions.model_validate({"servers": servers, "shape": shape})
    instance = AllocationInstance.parse(generate(options, seed))
    parent = checker.sink_parents(instance)
    order: dict[str, list[str]] = {}
    for server in parent:
        root = server
        while parent[root] != instance.master:
            root = parent[root]
        order.setdefault(root, []).append(server)
    for listed in order.values():
        rng.shuffle(listed)
    names = [instance.master, *parent]
    shares = [0.1, *(rng.choice([0.0, rng.random()]) for _ in parent)]
    solution = AllocationSolution(
        parent=parent,
        load_gbit={
            name: 10.0 * share / sum(shares)
            for name, share in zip(names, shares, strict=True)
        },
        order={root: tuple(listed) for root, listed in order.items()},
    )
    return instance, solution


def is_the_definition(module: Any, case: tuple[Any, AllocationSolution]) -> bool:
    """Say whether a checker's figures are those of :func:`by_pairs`."""
    found = module.check(*case).metrics["servers"]
    expected = by_pairs(*case)
    return found.keys() == expected.keys() and all(
        tuple(found[name][key] for key in ("time_s", "energy_j", "cost"))
        == pytest.approx(figures, rel=1e-12, abs=1e-14)
        for name, figures in expected.items()
    )
