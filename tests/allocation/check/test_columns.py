"""By columns, the checker says what it says server by server."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from optkit.allocation.check import checker, store_and_forward
from optkit.allocation.check.tree_arrays import sound_tree
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.solving.result import Verification
from tests.allocation.check.definition import shuffled
from tests.allocation.check.hand_cases import network
from tests.allocation.check.planted import PLANTED, solved, spoilt
from tests.allocation.hostile_networks import REGIMES, directed

SHAPES = (
    "random-tree",
    "chain",
    "caterpillar",
    "binary",
    "star",
    "pairs",
    "erdos-renyi",
)
EXACT = ("store_and_forward_makespan_s", "store_and_forward_time_s")
"""Figures in which the two ways agree to the last bit."""


@pytest.fixture
def small_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the ways for long and short queues meet in trees of some servers."""
    monkeypatch.setattr(store_and_forward, "FEWEST_PARTS", 4)
    monkeypatch.setattr(store_and_forward, "LONGEST_LIST", 3)


def both_ways(
    monkeypatch: pytest.MonkeyPatch, *case: Any
) -> tuple[Verification, Verification]:
    """Return the verdict by columns and the one server by server."""
    monkeypatch.setattr(checker, "FEWEST_SERVERS", 0)
    by_columns = checker.check(*case)
    monkeypatch.setattr(checker, "FEWEST_SERVERS", 10**9)
    return by_columns, checker.check(*case)


def agree(found: Any, expected: Any, key: str = "") -> bool:
    """Say whether two metrics agree: texts and null exactly, numbers to rounding."""
    if isinstance(expected, dict):
        return list(found) == list(expected) and all(
            agree(found[name], expected[name], name) for name in expected
        )
    if not isinstance(expected, float) or key in EXACT:
        return bool(found == expected)
    return found == pytest.approx(expected, rel=1e-12, abs=1e-300)


def same_verdict(found: Verification, expected: Verification) -> bool:
    """Say whether two verdicts agree."""
    assert (found.feasible, found.violations) == (
        expected.feasible,
        expected.violations,
    )
    return agree(found.objective, expected.objective) and agree(
        dict(found.metrics), dict(expected.metrics)
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_trees_in_any_order(
    shape: str, monkeypatch: pytest.MonkeyPatch, small_counts: None
) -> None:
    """Both ways give one verdict on trees whose servers are sent in random order."""
    for servers in (2, 3, 4, 6, 9, 14, 22, 35, 60, 90):
        instance, solution = shuffled(shape, servers, servers)
        assert sound_tree(instance, solution) is not None
        assert same_verdict(*both_ways(monkeypatch, instance, solution)), servers


def test_queues_of_every_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees that are sent by levels, long and short queues, have the exact times, too."""
    for shape in ("random-tree", "star", "binary"):
        case = shuffled(shape, 1500, 1)
        assert same_verdict(*both_ways(monkeypatch, *case)), shape


@pytest.mark.parametrize("regime", REGIMES)
def test_networks_with_a_choice_of_paths(
    regime: str, monkeypatch: pytest.MonkeyPatch, small_counts: None
) -> None:
    """Both ways agree on networks with cycles, partly out of reach, servers left out."""
    rng = random.Random(regime)
    for seed in range(30):
        instance = directed(
            seed, rng.randint(2, 9), regime, rng.choice([0.2, 0.4, 0.7])
        )
        for routing in ("sink", "free"):
            solution = some_tree(instance, rng, routing)
            assert same_verdict(*both_ways(monkeypatch, instance, solution)), seed


def some_tree(
    instance: AllocationInstance, rng: random.Random, routing: str
) -> AllocationSolution:
    """Return a tree of random links that leaves some servers out, with random loads."""
    links = [(link.source, link.target) for link in instance.links]
    if routing == "sink":
        links = [(p, c) for c, p in checker.sink_parents(instance).items()]
    parent: dict[str, str] = {}
    for _ in range(rng.randint(0, len(instance.servers))):
        usable = [
            (source, target)
            for source, target in links
            if (source == instance.master or source in parent)
            and target not in parent
            and target != instance.master
        ]
        if usable:
            source, target = rng.choice(usable)
            parent[target] = source
    order: dict[str, list[str]] = {}
    for server in rng.sample(sorted(parent), len(parent)):
        root = server
        while parent[root] != instance.master:
            root = parent[root]
        order.setdefault(root, []).append(server)
    shares = {name: rng.choice([0.0, rng.random()]) for name in parent}
    total = 0.5 + sum(shares.values())
    size = instance.task.size_gbit
    loads = {name: size * share / total for name, share in shares.items()}
    loads[instance.master] = size - sum(loads.values())
    return AllocationSolution(
        routing=routing,  # type: ignore[arg-type]
        parent=parent,
        load_gbit=loads,
        order={root: tuple(listed) for root, listed in order.items()},
    )


@pytest.mark.parametrize("name", PLANTED)
def test_broken_solutions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No planted violation is taken for sound, and all are reported alike."""
    for _, instance, plain in solved():
        try:
            solution = spoilt(instance, plain, name)
        except pytest.skip.Exception:
            continue
        assert sound_tree(instance, solution) is None
        found, expected = both_ways(monkeypatch, instance, solution)
        assert found == expected


def test_altered_solutions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sound by columns is what has no violations, whatever is altered."""
    rng = random.Random(1)
    sound = 0
    for number in range(400):
        _, instance, plain = rng.choice(solved())
        altered = alter(AllocationSolution(**plain), instance, rng)
        found, expected = both_ways(monkeypatch, instance, altered)
        assert (sound_tree(instance, altered) is not None) == expected.feasible, number
        assert same_verdict(found, expected), number
        sound += expected.feasible
    assert 20 < sound < 380


def alter(
    solution: AllocationSolution, instance: AllocationInstance, rng: random.Random
) -> AllocationSolution:
    """Return a solution with something exchanged, dropped, repeated or renamed."""
    names = [*(server.id for server in instance.servers), "nobody"]
    parent = dict(solution.parent)
    loads = dict(solution.load_gbit)
    order = {root: list(listed) for root, listed in solution.order.items()}
    some = rng.choice(names)
    other = rng.choice(names)
    root = rng.choice([*order, some])
    match rng.randrange(8):
        case 0:
            parent[some] = other
        case 1:
            parent.pop(some, None)
        case 2:
            loads[some] = rng.choice([0.0, -0.0, 1e-9, -1e-9, 3.0, -3.0])
        case 3:
            loads.pop(some, None)
        case 4:
            order[root] = rng.sample(order.get(root, []), len(order.get(root, [])))
        case 5:
            order[root] = [*order.get(root, []), some]
        case 6:
            order.pop(root, None)
        case 7:
            order = {key: order[key] for key in rng.sample(sorted(order), len(order))}
    return solution.model_copy(
        update={
            "parent": parent,
            "load_gbit": loads,
            "order": {key: tuple(listed) for key, listed in order.items()},
        }
    )


def test_small_waits_beside_large_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait for a tiny load is exact, however large the loads elsewhere are."""
    loads = [1e9, 1e-7, 3e-7, 1e-7]
    names = ["a", "b", "c", "d"]
    instance = network(
        sum(loads),
        1.0,
        (1.0, 0.0),
        dict.fromkeys(["m", "x", *names], (1, 1, 1)),
        {("m", "x"): 1, **{("x", name): 3 for name in names}},
    )
    solution = AllocationSolution(
        parent={"x": "m", **dict.fromkeys(names, "x")},
        load_gbit=dict(zip(names, loads, strict=True)),
        order={"x": ("a", "b", "x", "c", "d")},
    )
    monkeypatch.setattr(checker, "FEWEST_SERVERS", 0)
    metrics = checker.check(instance, solution).metrics["servers"]
    assert metrics["b"]["waiting_s"] == pytest.approx(1e9, rel=1e-15)
    chain = {("m", "x"): 1, ("x", "a"): 3, ("a", "b"): 3, ("b", "c"): 3, ("m", "d"): 1}
    two = network(
        sum(loads),
        1.0,
        (1.0, 0.0),
        dict.fromkeys(["m", "x", *names], (1, 1, 1)),
        chain,
    )
    split = AllocationSolution(
        parent={target: source for source, target in chain},
        load_gbit={"d": 1e9, "c": 1e-7, "b": 3e-7, "a": 1e-7},
        order={"d": ("d",), "x": ("c", "b", "a", "x")},
    )
    waits = checker.check(two, split).metrics["servers"]
    away = Fraction(1) + Fraction(1, 3)
    exact = Fraction(1e-7) * away + Fraction(3e-7) * away
    assert waits["a"]["waiting_s"] == pytest.approx(float(exact), rel=1e-14)
