"""Three computations of the sink tree agree: the checker's, the solvers', and one here."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from optkit.allocation.check.sink import sink_parents
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import sink_tree


def network(
    count: int, rates: dict[tuple[int, int], float], master: int = 0
) -> AllocationInstance:
    """Return an instance with servers 0, 1, … and links of these rates."""
    return AllocationInstance.parse(
        {
            "schema": "optkit/allocation",
            "schema_version": 1,
            "name": "graph",
            "task": {"size_gbit": 1.0, "gcycles_per_gbit": 1.0},
            "weights": {"time": 1.0, "energy": 1.0},
            "master": f"s{master}",
            "servers": [
                {"id": f"s{k}", "ghz": 1.0, "capacitance": 1.0, "tx_watt": 1.0}
                for k in range(count)
            ],
            "links": [
                {"source": f"s{one}", "target": f"s{other}", "gbps": rate}
                for (one, other), rate in rates.items()
            ],
        }
    )


def bellman_ford(instance: AllocationInstance) -> dict[str, str]:
    """Return each server's predecessor, by rounds over (sum of 1/R, hops) until still."""
    links = [(e.source, e.target, 1.0 / e.gbps) for e in instance.links]
    label: dict[str, tuple[float, int]] = {instance.master: (0.0, 0)}
    changed = True
    while changed:
        changed = False
        for source, target, weight in links:
            if source not in label:
                continue
            distance, hops = label[source]
            candidate = (distance + weight, hops + 1)
            if target not in label or candidate < label[target]:
                label[target] = candidate
                changed = True
    place = {server.id: k for k, server in enumerate(instance.servers)}
    parents: dict[str, str] = {}
    for source, target, weight in links:
        if source not in label or target == instance.master:
            continue
        distance, hops = label[source]
        if (distance + weight, hops + 1) != label[target]:
            continue
        if target not in parents or place[source] < place[parents[target]]:
            parents[target] = source
    return parents


def solvers_parents(instance: AllocationInstance) -> dict[str, str]:
    """Return the predecessors in the tree that the solvers work on."""
    tree = sink_tree(instance)
    assert tree.ids[0] == instance.master
    assert all(tree.parent[k] < k for k in range(1, tree.count))
    return {tree.ids[k]: tree.ids[tree.parent[k]] for k in range(1, tree.count)}


def assert_agreement(instance: AllocationInstance) -> dict[str, str]:
    """Compare the three, and return the tree."""
    expected = bellman_ford(instance)
    assert sink_parents(instance) == expected
    assert solvers_parents(instance) == expected
    return expected


RATES: dict[str, Sequence[float]] = {
    "ties": (1.0, 2.0, 4.0),
    "one rate": (8.0,),
    "ties that binary rounds": (10.0, 5.0, 2.5, 20.0 / 3.0),
    "lost in rounding": (1e15, 1e-3),
    "over all decades": (1e15, 1e9, 1.0, 1e-3, 1e-15),
    "almost ties": (10.0, 10.0 + 2e-15, 5.0, 5.0 - 1e-15),
}


@pytest.mark.parametrize("kind", RATES)
def test_random_graphs_agree(kind: str) -> None:
    """Three computations break ties alike: equal sums, then hops, then the file."""
    rng = random.Random(kind)
    reached = set()
    for _ in range(120):
        count = rng.randint(2, 14)
        density = rng.choice([0.1, 0.25, 0.6, 1.0])
        pairs = [
            (one, other)
            for one in range(count)
            for other in range(count)
            if one != other and rng.random() < density
        ]
        rng.shuffle(pairs)
        rates = {pair: rng.choice(RATES[kind]) for pair in pairs}
        tree = assert_agreement(network(count, rates, rng.randrange(count)))
        reached.add(len(tree) == count - 1)
    assert reached == {True, False}  # with and without servers out of reach


def test_fewer_hops_win_a_tie() -> None:
    """Fewer hops win: 1/2 + 1/2 over two hops loses to 1 over one."""
    instance = network(3, {(0, 1): 2.0, (1, 2): 2.0, (0, 2): 1.0})
    assert assert_agreement(instance) == {"s1": "s0", "s2": "s0"}


@pytest.mark.parametrize("turned", [False, True])
def test_first_in_the_file_wins_what_is_left(turned: bool) -> None:
    """The place in ``servers`` breaks the last tie, not the place of the link."""
    pairs = [(0, 1), (0, 2), (1, 3), (2, 3)]
    rates = dict.fromkeys(reversed(pairs) if turned else pairs, 2.0)
    assert assert_agreement(network(4, rates))["s3"] == "s1"


def test_hops_count_where_a_link_vanishes_in_the_sum() -> None:
    """Links so fast that their weight is lost in rounding make no cycle."""
    rates = {(0, 1): 1e-3}
    rates |= {
        (one, other): 1e15
        for one in range(1, 6)
        for other in range(1, 6)
        if one != other
    }
    tree = assert_agreement(network(6, rates))
    assert tree == {"s1": "s0"} | {f"s{k}": "s1" for k in range(2, 6)}


def test_links_into_the_master_lead_nowhere() -> None:
    """The master has no parent, wherever it is in the file."""
    instance = network(
        3, {(0, 2): 1.0, (2, 1): 1.0, (1, 2): 1.0, (2, 0): 1.0}, master=2
    )
    assert assert_agreement(instance) == {"s0": "s2", "s1": "s2"}


def test_out_of_reach() -> None:
    """Servers that only send are not in the tree."""
    assert assert_agreement(network(3, {(1, 0): 1.0, (2, 1): 1.0})) == {}
    assert assert_agreement(network(1, {})) == {}
