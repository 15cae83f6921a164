"""Maps as people have them, with all that may be wrong, through all four families.

Every run ends with a checked answer, or with one clear error.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import optkit
from optkit.core.errors import OptkitError
from optkit.core.files.left_out import SourceWarning
from optkit.network.display.drawing import draw
from optkit.network.display.tables import tables

FAMILIES: dict[str, tuple[dict[str, Any], str]] = {
    "allocation": ({}, "block"),
    "discovery": ({"windows": 1}, "auto"),
    "dispatch": ({"intervals": 2, "types": 1}, "selfish"),
    "sync": ({"slots": 10}, "periodic"),
}

Mutation = Callable[[Any], Any]


def _plain(graph: Any) -> Any:
    return graph


def _without_positions(graph: Any) -> Any:
    for _, known in graph.nodes(data=True):
        del known["longitude"], known["latitude"]
    return graph


def _some_latitudes_missing(graph: Any) -> Any:
    for node in list(graph)[::3]:
        del graph.nodes[node]["latitude"]
    return graph


def _all_at_one_place(graph: Any) -> Any:
    for _, known in graph.nodes(data=True):
        known |= {"longitude": 8.5, "latitude": 47.4}
    return graph


def _in_pixels(graph: Any) -> Any:
    for number, (_, known) in enumerate(graph.nodes(data=True)):
        known.clear()
        known |= {"x": 100.0 * number, "y": 400.0}
    return graph


def _without_speeds(graph: Any) -> Any:
    for *_, known in graph.edges(data=True):
        known.clear()
    for _, known in graph.nodes(data=True):
        known.pop("ghz")
    return graph


def _in_two_parts(graph: Any) -> Any:
    other = nx.relabel_nodes(graph, {node: f"other {node}" for node in graph})
    return nx.union(graph, other)


def _with_a_lonely_node(graph: Any) -> Any:
    graph.add_node("lonely")
    return graph


def _one_node(graph: Any) -> Any:
    return graph.subgraph(["0"]).copy()


def _without_links(graph: Any) -> Any:
    return nx.create_empty_copy(graph)


def _with_loops(graph: Any) -> Any:
    graph.add_edge("0", "0", gbps=5.0)
    return graph


def _with_parallel_links(graph: Any) -> Any:
    many = nx.MultiGraph(graph)
    many.add_edges_from(list(graph.edges)[:3], gbps=2.5)
    return many


def _one_way(graph: Any) -> Any:
    return nx.DiGraph([(a, b, graph.edges[a, b]) for a, b in graph.edges])


def _labels_repeated(graph: Any) -> Any:
    for node in graph:
        graph.nodes[node]["label"] = "?"
    return graph


def _names_of_the_world(graph: Any) -> Any:
    names = (
        "Zürich",
        "東京",
        "Санкт-Петербург",
        "القاهرة",
        "☃",
        "São <b>Paulo</b> & Co",
        "$x$",
    )
    return nx.relabel_nodes(graph, dict(zip(graph, names, strict=False)))


def _hyperedges(graph: Any) -> Any:
    graph.add_node("hyper", hyperedge=1)
    graph.add_edges_from([("hyper", node) for node in list(graph)[:3]])
    return graph


def _rates_far_apart(graph: Any) -> Any:
    for number, (*_, known) in enumerate(graph.edges(data=True)):
        known["gbps"] = 1e-14 if number % 2 else 1e14
    return graph


MUTATIONS: dict[Mutation, dict[str, str]] = {
    _plain: {},
    _without_positions: {},
    _some_latitudes_missing: {},
    _all_at_one_place: {},
    _in_pixels: {},
    _without_speeds: {},
    _in_two_parts: {},
    _with_a_lonely_node: {},
    _one_node: {},
    _without_links: {"allocation": "no link leads from '0' to another server"},
    _with_loops: {},
    _with_parallel_links: {},
    _one_way: {},
    _labels_repeated: {},
    _names_of_the_world: {},
    _hyperedges: {},
    _rates_far_apart: {"dispatch": r"\d+ uploads take more than 10000 slots"},
}
"""What is done to the map, and the errors of families that cannot use it."""


def _map() -> Any:
    graph = optkit.Network.random(4, nodes=7).to_networkx()
    for number, (_, known) in enumerate(graph.nodes(data=True)):
        known |= {"longitude": 8.0 + number, "latitude": 47.0 + 0.3 * (number % 3)}
    return graph


@pytest.mark.parametrize("form", ["networkx", "graphml", "gml"])
@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda m: m.__name__)
def test_every_run_ends_right_or_in_one_error(
    mutate: Mutation, form: str, tmp_path: Path
) -> None:
    """From a graph and from files: drawn, generated, solved and checked."""
    graph = mutate(_map())
    file = tmp_path / f"map.{form}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SourceWarning)
        if form == "networkx":
            network = optkit.Network.from_networkx(graph, name="map")
        else:
            (nx.write_graphml if form == "graphml" else nx.write_gml)(graph, file)
            network = optkit.import_file(form, file)
        assert len(network.nodes) == len(graph)
        if form == "networkx":  # the same whatever it was read from
            draw(network)
            tables(network)
        for family, (options, solver) in FAMILIES.items():
            refusal = MUTATIONS[mutate].get(family)
            if refusal is not None:
                with pytest.raises(OptkitError, match=refusal):
                    optkit.generate(family, network=network, **options)
                continue
            instance = optkit.generate(family, network=network, **options)
            if form != "networkx":
                continue
            result = optkit.solve(instance, solver, limits=optkit.Limits(time=20.0))
            assert result.verification is not None
            assert result.verification.feasible
