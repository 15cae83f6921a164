"""What does not change where a network does."""

from __future__ import annotations

import pytest

from optkit.core.errors import UsageError
from optkit.network.assumptions import Need, Rule
from optkit.network.changes import completed, union
from optkit.network.network import Network, Node
from optkit.network.options import ChangingNetwork

NEEDS = (Need("ghz", Rule(1.0, 10.0)), Need("gbps", Rule(10.0, 100.0)))


def _any(node: Node) -> bool:
    return True


def _options(**values: object) -> ChangingNetwork:
    network = Network.from_edges([("a", "b")])
    return ChangingNetwork.model_validate({"network": network, **values})


def test_the_union_knows_what_any_network_knows() -> None:
    """Nodes are the same by id, the n-th links between two nodes by number."""
    first = Network.from_edges([("a", "b", 1.0), ("b", "a"), ("b", "c")])
    second = Network.from_edges(
        [("b", "a"), ("a", "b", 7.0)], {"a": {"ghz": 3.0}, "b": {}}
    )
    whole = union([first, second])
    assert [(node.id, node.ghz) for node in whole.nodes] == [
        ("a", 3.0),
        ("b", None),
        ("c", None),
    ]
    assert [link.gbps for link in whole.links] == [1.0, 7.0, None]


def test_values_are_drawn_once() -> None:
    """What is drawn for a node or a link does not depend on who else is there."""
    first = Network.from_edges([("a", "b"), ("b", "c")])
    second = Network.from_edges([("c", "b"), ("b", "d"), ("x", "a")])
    networks, sentences = completed([first, second], NEEDS, _options(), 1, _any)
    speeds = [{node.id: node.ghz for node in network.nodes} for network in networks]
    assert all(speeds[0][name] == speeds[1][name] for name in "abc")
    assert networks[0].links[1].gbps == networks[1].links[0].gbps
    assert len({link.gbps for network in networks for link in network.links}) == 4
    assert sentences[0].startswith("The computing power of 5 of 5 nodes is not known")


def test_strict_refuses_what_none_knows() -> None:
    """What one network knows need not be known by the other."""
    first = Network.from_edges(
        [("a", "b", 1.0)], {"a": {"ghz": 1.0}, "b": {"ghz": 1.0}}
    )
    second = Network.from_edges([("a", "b")])
    completed([first, second], NEEDS, _options(strict=True), 1, _any)
    third = Network.from_edges([("a", "c")])
    with pytest.raises(
        UsageError, match=r"(?s)ghz of 1 of 3 nodes.*gbps of 1 of 2 links"
    ):
        completed([first, third], NEEDS, _options(strict=True), 1, _any)


def test_directed_and_undirected_networks_do_not_mix() -> None:
    """One way or both ways, but all alike."""
    networks = [Network.from_edges([("a", "b")], directed=way) for way in (True, False)]
    with pytest.raises(UsageError, match="one network has directed links"):
        completed(networks, NEEDS, _options(), 1, _any)
