"""The network file: what may be missing, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.core.errors import InvalidFileError, UsageError

LEAST: dict[str, Any] = {
    "schema": "optkit/network",
    "schema_version": 1,
    "name": "least",
    "nodes": [{"id": "a"}, {"id": "b"}],
    "links": [{"source": "a", "target": "b"}],
}


def changed(**values: Any) -> dict[str, Any]:
    """Return the least network with other values."""
    return {**LEAST, **values}


def issues(document: dict[str, Any]) -> list[str]:
    """Return what is wrong with a document."""
    with pytest.raises(InvalidFileError) as caught:
        optkit.Network.parse(document)
    return [str(issue) for issue in caught.value.issues]


def test_what_is_missing_is_unknown_and_stays_out_of_the_file(tmp_path: Path) -> None:
    """Only ids and ends are needed; nothing else is made up, also when it is written."""
    network = optkit.Network.parse(LEAST)
    node, link = network.nodes[0], network.links[0]
    assert (node.ghz, node.position, node.roles) == (None, None, None)
    assert (link.gbps, link.latency_s, link.directed) == (None, None, False)
    assert node.has_role("server")
    assert not node.has_role("cloud")
    optkit.save_instance(network, tmp_path / "net.json")
    assert optkit.load(tmp_path / "net.json") == network
    assert network.document()["nodes"] == [{"id": "a"}, {"id": "b"}]


def test_numbers_are_ids_as_text() -> None:
    """Ids that are numbers are taken and written as text."""
    nodes = [{"id": 7}, {"id": 8.0}, {"id": 1.5}]
    links = [{"source": 7, "target": "8"}, {"source": 8, "target": 1.5}]
    network = optkit.Network.parse(changed(nodes=nodes, links=links))
    assert [node.id for node in network.nodes] == ["7", "8", "1.5"]
    assert [(x.source, x.target) for x in network.links] == [("7", "8"), ("8", "1.5")]


def test_parallel_links_stay_apart() -> None:
    """Two links between the same nodes are both kept, and counted."""
    links = [
        {"source": "a", "target": "b", "gbps": 1.0},
        {"source": "b", "target": "a", "gbps": 2.0},
    ]
    assert optkit.Network.parse(changed(links=links)).parallel == 1
    one_way = [{**link, "directed": True} for link in links]
    network = optkit.Network.parse(changed(links=one_way))
    assert network.directed
    assert network.parallel == 0


def test_everything_wrong_is_said_at_once() -> None:
    """One error names each fault with its path, whatever its kind."""
    found = issues(
        changed(
            coordinates="geographic",
            nodes=[
                {"id": 1, "ghz": -1.0},
                {"id": "1"},
                {"id": "b", "roles": ["sever"], "position": [8.5, 95.0]},
            ],
            links=[
                {"source": "b", "target": 1, "gbps": 0.0},
                {"source": "b", "target": "c", "directed": True},
                {"source": "b", "target": "b"},
                {"source": "b", "target": 1, "rate": 3.0},
            ],
        )
    )
    for path in (
        "nodes[0].ghz",
        "nodes[1].id",
        "nodes[2].roles[0]",
        "nodes[2].position[1]",
        "links[0].gbps",
        "links[1].target",
        "links[1].directed: 1 of 4 links are directed",
        "links[2]",
        "links[3].rate: unknown key",
    ):
        assert any(line.startswith(path) for line in found), path
    assert len(found) == 9


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"nodes": []}, "nodes"),
        ({"nodes": [{"id": True}, {"id": "b"}]}, "nodes[0].id"),
        ({"nodes": [{"id": "a", "position": [1.0]}, {"id": "b"}]}, "position"),
        ({"nodes": [{"id": "a", "roles": []}, {"id": "b"}]}, "name each role once"),
        ({"links": [{"source": "a", "target": "b", "latency_s": -1.0}]}, "latency_s"),
        ({"links": [{"source": "a"}]}, "links[0].target: missing"),
        ({"coordinates": "polar"}, "coordinates"),
        ({"nodes": 3}, "nodes"),
        ({"links": ["a-b"]}, "links[0]"),
    ],
)
def test_single_faults(values: dict[str, Any], said: str) -> None:
    """Each fault alone is refused, whatever its shape."""
    assert any(said in line for line in issues(changed(**values)))


def test_a_network_is_no_instance() -> None:
    """Whoever solves a network is told that it is none of a family's instances."""
    with pytest.raises(UsageError, match="Network is not an instance"):
        optkit.solve(optkit.Network.parse(LEAST))  # type: ignore[arg-type]
