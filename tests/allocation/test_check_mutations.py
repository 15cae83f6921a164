"""The checker is checked: every planted violation is caught, every altered formula too."""

from __future__ import annotations

import ast
import copy
import inspect
import itertools
import random
import sys
import types
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

import optkit
from optkit.allocation import check as checker
from optkit.allocation.generate import GeneratorOptions, generate
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.files.solution import SolutionDocument, solution_document
from optkit.core.result import Verification

Plain = dict[str, Any]
"""A solution as plain data, to be spoilt."""

Figures = dict[str, tuple[float, float, float]]
"""Time, energy and cost of each server."""


def network(
    size: float,
    work: float,
    weights: tuple[float, float],
    servers: dict[str, tuple[float, float, float]],
    links: dict[tuple[str, str], float],
) -> AllocationInstance:
    """Return an instance from (GHz, capacitance, W) of servers and Gbit/s of links."""
    return AllocationInstance.parse(
        {
            "schema": "optkit/allocation",
            "schema_version": 1,
            "name": "by hand",
            "task": {"size_gbit": size, "gcycles_per_gbit": work},
            "weights": {"time": weights[0], "energy": weights[1]},
            "master": next(iter(servers)),
            "servers": [
                {"id": name, "ghz": ghz, "capacitance": gamma, "tx_watt": watt}
                for name, (ghz, gamma, watt) in servers.items()
            ],
            "links": [
                {"source": source, "target": target, "gbps": rate}
                for (source, target), rate in links.items()
            ],
        }
    )


# -- worked out by hand ------------------------------------------------------------

CHAIN = network(
    6.0,
    2.0,
    (0.5, 0.25),
    {"m": (2, 0.5, 4), "a": (4, 0.25, 2), "b": (1, 1, 8)},
    {("m", "a"): 2, ("a", "b"): 4},
)
CHAIN_PARENT = {"a": "m", "b": "a"}
CHAIN_LOADS = {"m": 1.0, "a": 3.0, "b": 2.0}

# d_a = 1/2, d_b = 1/2 + 1/4 = 3/4; what enters the subtree is 5, what goes on to b is 2.
# m: T = 1·2/2 = 1; E = 0.5·1·2·2² + 4·5/2 = 4 + 10 = 14; J = 0.5·1 + 0.25·14 = 4.
# a first: T = 3/2 + 3·2/4 = 3; E = 0.25·3·2·4² + 2·2/4 = 24 + 1 = 25; J = 1.5 + 6.25.
# b after a: T = 3·1/2 (waits) + 2·3/4 + 2·2/1 = 1.5 + 1.5 + 4 = 7; E = 1·2·2·1 = 4;
#   J = 3.5 + 1 = 4.5.
CHAIN_A_FIRST: Figures = {"m": (1, 14, 4), "a": (3, 25, 7.75), "b": (7, 4, 4.5)}

# b first: T_b = 1.5 + 4 = 5.5, J_b = 2.75 + 1 = 3.75; a waits 2·1/2 = 1: T_a = 4,
#   J_a = 2 + 6.25 = 8.25. The shared way ends at a, which relays: it counts whole.
CHAIN_B_FIRST: Figures = {"m": (1, 14, 4), "a": (4, 25, 8.25), "b": (5.5, 4, 3.75)}

BUSH = network(
    12.0,
    3.0,
    (1.0, 0.5),
    {
        "M": (3, 0.1, 2),
        "A": (1, 0.2, 3),
        "B": (2, 0.5, 1),
        "C": (6, 0.01, 5),
        "D": (1.5, 0.4, 7),
    },
    {("M", "A"): 4, ("A", "C"): 2, ("A", "D"): 1, ("M", "B"): 8},
)
# d_A = 1/4, d_B = 1/8, d_C = 3/4, d_D = 5/4; 5 goes into A's subtree, 4 into B's.
# M: T = 3·3/3 = 3; E = 0.1·3·3·9 + 2·5/4 + 2·4/8 = 8.1 + 2.5 + 1 = 11.6; J = 3 + 5.8.
# D, sent first: T = 2·5/4 + 2·3/1.5 = 2.5 + 4 = 6.5; E = 0.4·2·3·2.25 = 5.4; J = 9.2.
# A, second: T = 2·1/4 + 1/4 + 3 = 3.75; E = 0.2·3 + 3·2/2 + 3·2/1 = 9.6; J = 8.55.
# C, third: T = (2 + 1)·1/4 + 2·3/4 + 2·3/6 = 0.75 + 1.5 + 1 = 3.25;
#   E = 0.01·2·3·36 = 2.16; J = 3.25 + 1.08 = 4.33.
# B, alone in its subtree: T = 4/8 + 4·3/2 = 6.5; E = 0.5·4·3·4 = 24; J = 18.5.
BUSH_FIGURES: Figures = {
    "M": (3, 11.6, 8.8),
    "A": (3.75, 9.6, 8.55),
    "B": (6.5, 24, 18.5),
    "C": (3.25, 2.16, 4.33),
    "D": (6.5, 5.4, 9.2),
}

FORK = network(
    5.0,
    1.0,
    (2.0, 0.0),
    {"M": (1, 1, 1), "A": (1, 1, 1), "B": (2, 1, 1), "C": (2, 1, 1), "D": (4, 1, 1)},
    {("M", "A"): 2, ("A", "B"): 1, ("B", "C"): 4, ("B", "D"): 0.5},
)
# d_A = 0.5, d_B = 1.5, d_C = 1.75, d_D = 3.5; C and D part at B. Order C, B, D, A.
# M: T = 1; E = 1 + 4/2 = 3.                         C: T = 2·1.75 + 1 = 4.5; E = 2·4 = 8.
# B: T = 2·1.5 + 1.5 + 0.5 = 5; E = 4 + 2/4 + 1/0.5 = 6.5.
# D: T = (2 + 1)·1.5 + 3.5 + 0.25 = 8.25; E = 16.
# A has no load and still waits: T = (2 + 1 + 1)·0.5 = 2; E = 4/1 = 4.  J = 2 T.
FORK_FIGURES: Figures = {
    "M": (1, 3, 2),
    "A": (2, 4, 4),
    "B": (5, 6.5, 10),
    "C": (4.5, 8, 9),
    "D": (8.25, 16, 16.5),
}

# Nothing waits and no energy counts: T = y for each. Binding is whoever is within 1e-6.
NEAR_TIE = network(
    3.0 - 1e-8 - 1e-4,
    1.0,
    (1.0, 0.0),
    {"m": (1, 0, 0), "a": (2, 0, 0), "b": (2, 0, 0)},
    {("m", "a"): 2, ("m", "b"): 2},
)
NEAR_TIE_FIGURES: Figures = {
    "m": (1, 0, 1),
    "a": (1 - 1e-8, 0, 1 - 1e-8),
    "b": (1 - 1e-4, 0, 1 - 1e-4),
}

HAND: dict[str, tuple[AllocationInstance, Plain, Figures]] = {
    "chain, a first": (
        CHAIN,
        {"parent": CHAIN_PARENT, "load_gbit": CHAIN_LOADS, "order": {"a": ["a", "b"]}},
        CHAIN_A_FIRST,
    ),
    "chain, b first": (
        CHAIN,
        {"parent": CHAIN_PARENT, "load_gbit": CHAIN_LOADS, "order": {"a": ["b", "a"]}},
        CHAIN_B_FIRST,
    ),
    "bush": (
        BUSH,
        {
            "parent": {"A": "M", "C": "A", "D": "A", "B": "M"},
            "load_gbit": {"M": 3, "A": 1, "B": 4, "C": 2, "D": 2},
            "order": {"A": ["D", "A", "C"], "B": ["B"]},
        },
        BUSH_FIGURES,
    ),
    "fork": (
        FORK,
        {
            "parent": {"A": "M", "B": "A", "C": "B", "D": "B"},
            "load_gbit": {"M": 1, "B": 1, "C": 2, "D": 1},
            "order": {"A": ["C", "B", "D", "A"]},
        },
        FORK_FIGURES,
    ),
    "nearly a tie": (
        NEAR_TIE,
        {
            "parent": {"a": "m", "b": "m"},
            "load_gbit": {"m": 1.0, "a": 1 - 1e-8, "b": 1 - 1e-4},
            "order": {"a": ["a"], "b": ["b"]},
        },
        NEAR_TIE_FIGURES,
    ),
}


def agrees(verification: Verification, figures: Figures) -> bool:
    """Say whether a verification has the figures that were worked out by hand."""

    def same(found: Any, right: float) -> bool:
        return bool(found == pytest.approx(right, rel=1e-12, abs=1e-12))

    times, energies, costs = zip(*figures.values(), strict=True)
    metrics = verification.metrics
    return (
        verification.feasible
        and verification.objective is not None
        and same(verification.objective, max(costs))
        and same(metrics["completion_time_s"], max(times))
        and same(metrics["max_energy_j"], max(energies))
        and same(metrics["total_energy_j"], sum(energies))
        and metrics["servers"].keys() == figures.keys()
        and all(
            same(metrics["servers"][name]["time_s"], time)
            and same(metrics["servers"][name]["energy_j"], energy)
            and same(metrics["servers"][name]["cost"], cost)
            for name, (time, energy, cost) in figures.items()
        )
        and metrics["binding_servers"]
        == [name for name in figures if figures[name][2] >= (1 - 1e-6) * max(costs)]
    )


@pytest.mark.parametrize("name", HAND)
def test_figures_are_those_worked_out_by_hand(name: str) -> None:
    """Protects the model itself: eqs 1 to 8 as they give the numbers on paper."""
    instance, plain, figures = HAND[name]
    verification = checker.check(instance, AllocationSolution(**plain))
    assert agrees(verification, figures), verification


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
    draw = random.Random(f"{shape} {servers} {seed}")
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
        draw.shuffle(listed)
    names = [instance.master, *parent]
    shares = [0.1, *(draw.choice([0.0, draw.random()]) for _ in parent)]
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
    found = module.recompute(*case)
    expected = by_pairs(*case)
    return found.keys() == expected.keys() and all(
        (found[name].time, found[name].energy, found[name].cost)
        == pytest.approx(figures, rel=1e-12, abs=1e-14)
        for name, figures in expected.items()
    )


@pytest.mark.parametrize("shape", ["random-tree", "chain", "caterpillar", "binary"])
def test_figures_are_those_of_the_definition(shape: str) -> None:
    """Protects the checker's short cuts: whole trees, any order, against plain sums."""
    for servers in (2, 3, 4, 5, 7, 9, 12, 16, 20, 25, 30):
        case = shuffled(shape, servers, servers)
        assert is_the_definition(checker, case), servers


def test_servers_without_a_part_are_reported() -> None:
    """Protects the reader: left out and unreachable are told apart."""
    instance = network(
        1.0,
        1.0,
        (1.0, 1.0),
        {"m": (1, 1, 1), "a": (1, 1, 1), "b": (1, 1, 1)},
        {("m", "a"): 1, ("b", "a"): 1},
    )
    solution = AllocationSolution(parent={}, load_gbit={"m": 1.0}, order={})
    metrics = checker.check(instance, solution).metrics
    assert metrics["left_out_servers"] == ["a"]
    assert metrics["unreachable_servers"] == ["b"]


# -- planted violations ------------------------------------------------------------


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


def test_the_solutions_pass_before_they_are_spoilt() -> None:
    """Protects the other tests here: what is caught is what was planted."""
    for label, instance, plain in solved():
        verification = checker.check(instance, AllocationSolution(**plain))
        assert verification.feasible, (label, verification.violations)


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("number", range(16))
def test_planted_violation_is_caught(name: str, number: int) -> None:
    """Protects verdicts: each kind of violation is found, by its own name."""
    label, instance, plain = solved()[number]
    verification = checker.check(instance, spoilt(instance, plain, name))
    assert not verification.feasible, label
    kinds = [violation.kind for violation in verification.violations]
    assert PLANTED[name][1] in kinds, (label, kinds)
    assert all(v.path and v.message for v in verification.violations)


DETOUR = network(
    2.0,
    1.0,
    (1.0, 0.0),
    {"m": (1, 0, 0), "a": (1, 0, 0), "b": (1, 0, 0)},
    {("m", "a"): 1, ("m", "b"): 10, ("b", "a"): 10},
)


def test_other_trees_are_legal_only_where_routing_is_free() -> None:
    """Protects comparisons: bounds and best-known values are per routing."""
    plain: Plain = {
        "parent": {"a": "m", "b": "m"},
        "load_gbit": {"m": 2.0},
        "order": {"a": ["a"], "b": ["b"]},
    }
    sink = checker.check(DETOUR, AllocationSolution(**plain, routing="sink"))
    assert [v.kind for v in sink.violations] == ["routing"]
    assert sink.violations[0].path == "parent.a"
    free = checker.check(DETOUR, AllocationSolution(**plain, routing="free"))
    assert free.feasible
    plain.update(parent={"a": "b", "b": "m"}, order={"b": ["b", "a"]})
    assert checker.check(DETOUR, AllocationSolution(**plain, routing="sink")).feasible


@pytest.mark.parametrize(
    ("off", "feasible"),
    [(9e-8, True), (-9e-8, True), (1.1e-7, False), (-1.1e-7, False)],
)
def test_tolerance_of_the_sum(off: float, feasible: bool) -> None:
    """Protects the documented tolerance: Σ y = Y to 1e-7 of Y, no more, no less."""
    instance, plain, _ = HAND["bush"]
    changed = copy.deepcopy(plain)
    changed["load_gbit"]["B"] += off * 12.0
    verification = checker.check(instance, AllocationSolution(**changed))
    assert verification.feasible is feasible


@pytest.mark.parametrize(("load", "feasible"), [(-0.9e-7, True), (-1.1e-7, False)])
def test_tolerance_of_the_sign(load: float, feasible: bool) -> None:
    """Protects the documented tolerance: y at least -1e-7 of Y, no more, no less."""
    instance, plain, _ = HAND["fork"]
    changed = copy.deepcopy(plain)
    changed["load_gbit"].update({"A": load * 5.0, "M": 1.0 - load * 5.0})
    verification = checker.check(instance, AllocationSolution(**changed))
    assert verification.feasible is feasible


def test_an_empty_task_has_no_tolerance() -> None:
    """Protects the edge: of nothing, nothing is left over."""
    instance = network(0.0, 1.0, (1, 1), {"m": (1, 1, 1)}, {})
    for load, feasible in ((0.0, True), (1e-30, False)):
        solution = AllocationSolution(parent={}, load_gbit={"m": load}, order={})
        assert checker.check(instance, solution).feasible is feasible


# -- claims in a solution file -----------------------------------------------------


@cache
def _document() -> Plain:
    result = optkit.solve(CHAIN, "pmo", limits=optkit.Limits(time=60.0))
    return solution_document(result).document()


def _verdict(**changes: Any) -> Verification:
    document = {**copy.deepcopy(_document()), **changes}
    return optkit.check_document(CHAIN, SolutionDocument.parse(document))


def test_honest_document_passes() -> None:
    """Protects the plain case: what was written passes when read."""
    assert _verdict().feasible


def _claims() -> Iterator[tuple[str, Plain, str | None]]:
    z = _document()["objective"]
    yield "objective too high", {"objective": z * (1 + 2e-6)}, "objective"
    yield "objective too low", {"objective": z * (1 - 2e-6)}, "objective"
    yield "objective missing", {"objective": None}, "objective"
    yield "bound past the objective", {"bound": z * (1 + 2e-6)}, "bound"
    yield "bound far past the objective", {"bound": 10 * z, "gap": 9.0}, "bound"
    yield "gap too small", {"bound": 0.5 * z, "gap": 0.0}, "gap"
    yield "gap too large", {"gap": 0.5}, "gap"
    yield "gap missing", {"gap": None}, "gap"
    yield "gap without a bound", {"bound": None, "status": "feasible"}, "gap"
    yield (
        "optimal with a gap",
        {"bound": z * (1 - 2e-6), "gap": 2e-6, "status": "optimal"},
        "status",
    )
    yield "optimal without a bound", {"bound": None, "gap": None}, "status"
    yield "infeasible beside a solution", {"status": "infeasible"}, "status"
    yield "no solution beside a solution", {"status": "no-solution"}, "status"
    yield (
        "objective within its tolerance",
        {"objective": z * (1 + 5e-7), "gap": 5e-7},
        None,
    )
    yield "bound within its tolerance", {"bound": z * (1 + 5e-7), "gap": 5e-7}, None
    yield (
        "optimal within its tolerance",
        {"bound": z * (1 - 9e-7), "gap": 9e-7},
        None,
    )


@pytest.mark.parametrize("name", [name for name, _, _ in _claims()])
def test_claims_in_a_file_are_checked(name: str) -> None:
    """Protects readers of files: no figure beside a good solution is taken on trust."""
    changes, kind = next((c, k) for n, c, k in _claims() if n == name)
    verification = _verdict(**changes)
    kinds = [violation.kind for violation in verification.violations]
    assert verification.feasible is (kind is None), kinds
    if kind is not None:
        assert kind in kinds


def test_solution_of_another_instance_is_an_invalid_file() -> None:
    """Protects against a right answer to another question."""
    with pytest.raises(optkit.InvalidFileError, match=r"instance\.sha256"):
        optkit.check_document(BUSH, SolutionDocument.parse(_document()))
    with pytest.raises(optkit.InvalidFileError, match="solution: null"):
        _verdict(solution=None)


# -- the checker altered -----------------------------------------------------------

FORMULAS = ("recompute", "time", "_metrics", "__init__", "held_up", "send")
"""Functions that compute; every operator in them matters."""

HARMLESS = ("below[",)
"""What begins so only decides how quickly the figures are found."""

RULES = ("_check_tree", "_check_loads", "_check_order")
"""Functions that judge; every condition that leads to a violation matters."""

SOURCE = inspect.getsource(checker)


def _functions(tree: ast.AST, names: tuple[str, ...]) -> list[ast.FunctionDef]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in names
    ]


OTHER_OPERATOR: dict[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.Div(),
    ast.Div: ast.Mult(),
    ast.Pow: ast.Mult(),
}


class _Alter(ast.NodeTransformer):
    """Alters one place, the ``wanted``-th; notes what it was."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.seen = 0
        self.what: str | None = None

    def _alternatives(self, node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
        if isinstance(node, ast.stmt) and ast.unparse(node).startswith(HARMLESS):
            return
        if isinstance(node, ast.BinOp) and type(node.op) in OTHER_OPERATOR:
            yield "left side only", node.left
            yield "right side only", node.right
            swapped = copy.deepcopy(node)
            swapped.op = OTHER_OPERATOR[type(node.op)]
            yield "other operator", swapped
        if isinstance(node, ast.AugAssign) and not isinstance(node.value, ast.Call):
            yield "dropped", ast.Pass()
            yield "overwritten", ast.Assign([copy.deepcopy(node.target)], node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for other in {"max": ("min", "sum"), "sum": ("max",)}.get(node.func.id, ()):
                called = copy.deepcopy(node)
                called.func = ast.Name(other, ast.Load())
                yield other, called

    def visit(self, node: ast.AST) -> Any:
        """Alter this node if its turn has come, else look below."""
        for name, other in self._alternatives(node):
            self.seen += 1
            if self.seen == self.wanted:
                self.what = f"line {getattr(node, 'lineno', 0)}: {name}"
                return ast.copy_location(other, node)
        return self.generic_visit(node)


def _module(tree: ast.Module, name: str) -> types.ModuleType:
    module = types.ModuleType(name)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        exec(compile(ast.fix_missing_locations(tree), name, "exec"), module.__dict__)
    finally:
        del sys.modules[name]
    return module


def _altered_formulas() -> Iterator[tuple[str, types.ModuleType]]:
    for wanted in itertools.count(1):
        tree = ast.parse(SOURCE)
        alter = _Alter(wanted)
        for function in [*_functions(tree, FORMULAS), *_functions(tree, ("check",))]:
            alter.generic_visit(function)
        if alter.what is None:
            return
        yield alter.what, _module(tree, f"altered_{wanted}")


def _noticed(module: types.ModuleType) -> bool:
    for instance, plain, figures in HAND.values():
        try:
            if not agrees(module.check(instance, AllocationSolution(**plain)), figures):
                return True
        except Exception:
            return True
    return not is_the_definition(module, shuffled("binary", 30, 1))


def test_every_altered_formula_is_noticed() -> None:
    """Protects the checker from itself: no term of eqs 1 to 8 can go wrong unseen."""
    assert not _noticed(_module(ast.parse(SOURCE), "unaltered"))
    altered = list(_altered_formulas())
    assert len(altered) >= 40
    assert [what for what, module in altered if not _noticed(module)] == []


def _altered_rules() -> Iterator[tuple[str, types.ModuleType]]:
    """Yield the checker with each condition that leads to a violation never true."""
    total = sum(
        isinstance(node, ast.If)
        for function in _functions(ast.parse(SOURCE), RULES)
        for node in ast.walk(function)
    )
    for wanted in range(total):
        tree = ast.parse(SOURCE)
        conditions = [
            node
            for function in _functions(tree, RULES)
            for node in ast.walk(function)
            if isinstance(node, ast.If)
        ]
        node = conditions[wanted]
        if "Violation" not in "".join(map(ast.dump, node.body)):
            continue
        what = f"line {node.lineno}: {ast.unparse(node.test)}"
        node.test = ast.Constant(False)
        yield what, _module(tree, f"lenient_{wanted}")


def _lenient(module: types.ModuleType) -> bool:
    """Say whether a planted violation is no longer found under its name."""
    for name, (_, kind) in PLANTED.items():
        for _, instance, plain in solved()[:2] + solved()[8:10]:
            try:
                solution = spoilt(instance, plain, name)
            except pytest.skip.Exception:
                continue
            try:
                found = module.check(instance, solution).violations
            except Exception:
                return True
            expected = checker.check(instance, solution).violations
            if kind not in {v.kind for v in found} or found != expected:
                return True
    plain = {"parent": {"a": "m"}, "load_gbit": {"m": 2.0}, "order": {"a": ["a"]}}
    return bool(module.check(DETOUR, AllocationSolution(**plain)).feasible)


def test_every_dropped_rule_is_noticed() -> None:
    """Protects the checker from itself: no rule can be lost unseen."""
    altered = list(_altered_rules())
    assert len(altered) >= 8
    assert [what for what, module in altered if not _lenient(module)] == []
