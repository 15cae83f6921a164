"""Good solutions of random networks, and the violations that are planted in them."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from functools import cache

import pytest

import optkit
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from tests.allocation.check.hand_cases import Plain


@cache
def solved() -> tuple[tuple[str, AllocationInstance, Plain], ...]:
    """Return random instances of all kinds, with a solution of each."""
    found = []
    kinds = itertools.product(
        (("random-tree", {"subtrees": 2}), ("erdos-renyi", {"edge_probability": 0.5})),
        (0.0, 0.3),
        ("sink", "free"),
        range(2),
    )
    for (shape, more), energy, routing, seed in kinds:
        options = GeneratorOptions.model_validate(
            {"servers": 7, "shape": shape, "weight_energy": energy, **more}
        )
        instance = AllocationInstance.parse(generate(options, seed))
        solution = optkit.solve(
            instance, "ga", options={"generations": 2}, seed=seed
        ).solution
        assert isinstance(solution, AllocationSolution)
        plain = {**solution.model_dump(mode="json"), "routing": routing}
        found.append((f"{shape}, w2 = {energy}, {routing}, {seed}", instance, plain))
    return tuple(found)


def leaf(plain: Plain) -> str:
    """Return a server that has nobody below it."""
    return str(next(s for s in plain["parent"] if s not in plain["parent"].values()))


def inner(plain: Plain) -> str:
    """Return a server that has somebody below it, and is not the master."""
    return str(next(s for s in plain["parent"].values() if s in plain["parent"]))


def largest(plain: Plain) -> str:
    """Return the root of the subtree with most servers."""
    return str(max(plain["order"], key=lambda root: len(plain["order"][root])))


def shift(plain: Plain, server: str, load: float) -> None:
    """Give ``server`` this load, and the master what that leaves."""
    loads = plain["load_gbit"]
    loads["0"] = loads.get("0", 0.0) + loads.get(server, 0.0) - load
    loads[server] = load


def _unlinked(instance: AllocationInstance, plain: Plain) -> None:
    links = {(link.source, link.target) for link in instance.links}
    child = leaf(plain)
    plain["parent"][child] = next(
        s.id for s in instance.servers if s.id != child and (s.id, child) not in links
    )


def _cycle(instance: AllocationInstance, plain: Plain) -> None:
    links = {(link.source, link.target) for link in instance.links}
    for one, other in links:
        if (other, one) in links and instance.master not in (one, other):
            plain["parent"].update({one: other, other: one})
            return
    pytest.skip("no two servers are linked both ways")


def _detached(instance: AllocationInstance, plain: Plain) -> None:
    del plain["parent"][inner(plain)]


def _unrouted(instance: AllocationInstance, plain: Plain) -> None:
    server = leaf(plain)
    shift(plain, server, 0.5)
    del plain["parent"][server]
    for order in plain["order"].values():
        if server in order:
            order.remove(server)
    plain["order"] = {root: order for root, order in plain["order"].items() if order}


def _twice(instance: AllocationInstance, plain: Plain) -> None:
    order = plain["order"][largest(plain)]
    order.append(order[0])


def _foreign(instance: AllocationInstance, plain: Plain) -> None:
    roots = list(plain["order"])
    if len(roots) == 1:
        plain["order"][roots[0]].append(instance.master)
    else:
        plain["order"][roots[0]].append(plain["order"][roots[1]][0])


Spoil = Callable[[AllocationInstance, Plain], object]

PLANTED: dict[str, tuple[Spoil, str]] = {
    "too much": (
        lambda i, p: p["load_gbit"].update({"0": p["load_gbit"]["0"] + 2e-6}),
        "task-size",
    ),
    "too little": (
        lambda i, p: p["load_gbit"].update({"0": p["load_gbit"]["0"] - 2e-6}),
        "task-size",
    ),
    "nothing": (lambda i, p: p["load_gbit"].clear(), "task-size"),
    "negative load": (lambda i, p: shift(p, leaf(p), -2e-6), "negative-load"),
    "very negative load": (lambda i, p: shift(p, leaf(p), -5.0), "negative-load"),
    "unrouted load": (_unrouted, "unrouted-load"),
    "load of nobody": (
        lambda i, p: p["load_gbit"].update({"nobody": 0.0}),
        "unknown-server",
    ),
    "parent of nobody": (
        lambda i, p: p["parent"].update({"nobody": "0"}),
        "unknown-server",
    ),
    "parent is nobody": (
        lambda i, p: p["parent"].update({leaf(p): "nobody"}),
        "unknown-server",
    ),
    "parent without a link": (_unlinked, "parent"),
    "master with a parent": (lambda i, p: p["parent"].update({"0": leaf(p)}), "parent"),
    "own parent": (lambda i, p: p["parent"].update({leaf(p): leaf(p)}), "parent"),
    "cycle": (_cycle, "parent"),
    "detached": (_detached, "parent"),
    "order of a subtree missing": (lambda i, p: p["order"].pop(largest(p)), "order"),
    "no orders": (lambda i, p: p["order"].clear(), "order"),
    "order of the master": (lambda i, p: p["order"].update({"0": ["0"]}), "order"),
    "order of nobody": (lambda i, p: p["order"].update({"nobody": []}), "order"),
    "server missing in an order": (lambda i, p: p["order"][largest(p)].pop(), "order"),
    "server twice in an order": (_twice, "order"),
    "server of another subtree": (_foreign, "order"),
    "nobody in an order": (
        lambda i, p: p["order"][largest(p)].append("nobody"),
        "order",
    ),
}


def spoilt(instance: AllocationInstance, plain: Plain, name: str) -> AllocationSolution:
    """Return the solution with one violation planted."""
    changed = copy.deepcopy(plain)
    PLANTED[name][0](instance, changed)
    return AllocationSolution(**changed)
