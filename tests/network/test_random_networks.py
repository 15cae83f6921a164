"""Random networks, and the instances that families make from them."""

from __future__ import annotations

import warnings
from typing import Any, get_args

import networkx as nx
import pytest

import optkit
from optkit.core.errors import UsageError
from optkit.core.files.left_out import SourceWarning
from optkit.network.random_options import PAPER_TREES, NetworkShape, Shape


@pytest.mark.parametrize("shape", get_args(Shape))
def test_allocation_instances_are_those_of_a_random_network(shape: str) -> None:
    """Both ways give the same servers and links, to the last digit, in the same order."""
    for seed in range(3):
        size = {} if shape in PAPER_TREES else {"nodes": 7 + seed}
        at_once: Any = optkit.generate(
            "allocation",
            seed=seed,
            shape=shape,
            **({"servers": 7 + seed} if size else {}),
        )
        network = optkit.Network.random(seed, shape=shape, directed=True, **size)
        made: Any = optkit.generate(
            "allocation",
            network=network,
            master="0",
            capacitance=0.01,
            tx_watt=1.0,
        )
        assert made.sha256 == at_once.sha256


def test_access_points_of_dispatch_are_a_random_network() -> None:
    """A random dispatch instance reaches what the same network with its servers gives."""
    compared = 0
    for seed in range(6):
        at_once: Any = optkit.generate(
            "dispatch", seed=seed, aps=9, servers=5, types=1, intervals=1, cloud=False
        )
        graph = optkit.Network.random(
            seed, shape="barabasi-albert", nodes=9
        ).to_networkx()
        beside = {int(server.ap[1:]): server.id for server in at_once.servers}
        assert len(beside) == 5
        for node in graph:
            roles = ["access-point", "server", "router"]
            graph.nodes[node]["roles"] = " ".join(
                roles if int(node) in beside else roles[::2]
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SourceWarning)
            made: Any = optkit.generate(
                "dispatch",
                network=optkit.Network.from_networkx(graph),
                types=1,
                intervals=1,
            )
        names = [[beside[int(name)] for name in row] for row in made.candidates]
        if any(len(row) == 1 for row in names):
            continue  # of several nearest, another may come first
        compared += 1
        assert [sorted(row) for row in names] == [
            sorted(row) for row in at_once.candidates
        ]
    assert compared >= 3


@pytest.mark.parametrize("shape", get_args(NetworkShape))
def test_random_networks_are_connected(shape: str) -> None:
    """Undirected, each link once, with a rate and speeds within their ranges."""
    network = optkit.Network.random(2, shape=shape)
    graph = network.to_networkx()
    assert nx.is_connected(graph)
    assert not graph.is_directed()
    assert not graph.is_multigraph()
    assert all(10.0 <= (link.gbps or 0.0) <= 100.0 for link in network.links)
    assert all(1.0 <= (node.ghz or 0.0) <= 10.0 for node in network.nodes)


def test_the_same_seed_gives_the_same_network() -> None:
    """Another seed gives another one."""
    networks = [optkit.Network.random(seed, nodes=12) for seed in (1, 1, 2)]
    assert networks[0].sha256 == networks[1].sha256 != networks[2].sha256


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": "chain", "edge_probability": 0.5}, "no effect on shape 'chain'"),
        ({"attachment": 2}, "take barabasi-albert"),
        ({"shape": "topology-1", "nodes": 3}, "topology-1 has 7 nodes"),
        ({"shape": "random-tree", "subtrees": 10}, "10 nodes make at most 9 subtrees"),
        ({"ghz_low": 5.0, "ghz_high": 1.0}, "ghz_low is above ghz_high"),
        ({"shap": "star"}, "Did you mean 'shape'"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], message: str) -> None:
    """Each is refused with its reason."""
    with pytest.raises(UsageError, match=message):
        optkit.Network.random(**options)


@pytest.mark.parametrize(
    ("shape", "sha256"),
    [("erdos-renyi", "3b1632fd5cb8131e"), ("random-tree", "d5eb659fbb9941e5")],
)
def test_seeds_keep_their_instances(shape: str, sha256: str) -> None:
    """Instances that somebody has generated are generated again by the same command."""
    instance = optkit.generate("allocation", seed=3, shape=shape, servers=12)
    assert instance.sha256.startswith(sha256)
