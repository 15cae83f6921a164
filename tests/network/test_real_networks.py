"""Real networks go through all families of networks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.core.tools.generate import families_of_networks

SMALL: dict[str, dict[str, Any]] = {
    "allocation": {},
    "discovery": {"windows": 1},
    "dispatch": {"intervals": 3, "types": 2},
    "sync": {"slots": 20, "mesh": "neighbours"},
}
"""Options that keep instances small."""

SOLVERS = {
    "allocation": "block",
    "discovery": "price",
    "dispatch": "selfish",
    "sync": "auto",
}


def test_four_families_make_instances_from_networks() -> None:
    """Each of them is tested here."""
    assert sorted(families_of_networks()) == sorted(SMALL)


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(SMALL))
@pytest.mark.parametrize(
    ("form", "file"),
    [
        ("topology-zoo", "topology_zoo/gml/Geant2012.gml"),
        ("topology-zoo", "topology_zoo/gml/Abilene.gml"),
        ("sndlib", "sndlib/native/germany50.txt"),
    ],
)
def test_one_network_every_question(
    form: str, file: str, family: str, public_data: Callable[..., Path]
) -> None:
    """GÉANT, Abilene and Germany50 become instances that are solved and checked."""
    folder = public_data("topology_zoo", "sndlib")
    network = optkit.import_file(form, folder / file, family="network")
    instance = optkit.generate(family, network=network, seed=1, **SMALL[family])
    limits = optkit.Limits(time=5.0)
    result = optkit.solve(instance, SOLVERS[family], limits=limits)
    assert result.verification.feasible


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(SMALL))
def test_edge_sites_and_users(family: str, public_data: Callable[..., Path]) -> None:
    """Melbourne's sites, linked by distance, with users at the nearest ones."""
    folder = public_data("eua") / "eua"
    network = optkit.import_file(
        "csv",
        nodes=folder / "site-optus-melbCBD.csv",
        id_column="SITE_ID",
        connect_km=0.4,
        devices=folder / "users-melbcbd-generated.csv",
    )
    assert len(network.nodes) == 125 + 816
    options = SMALL[family]
    if family == "discovery":  # every pair of nodes counts: only the sites
        sites = [node.id for node in network.nodes if not node.roles]
        graph = network.to_networkx().subgraph(sites)
        network = optkit.Network.from_networkx(graph)
        options = {**options, "candidates": 8}
    instance = optkit.generate(family, network=network, seed=1, **options)
    limits = optkit.Limits(time=5.0)
    result = optkit.solve(instance, SOLVERS[family], limits=limits)
    assert result.verification.feasible


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(set(SMALL) - {"allocation"}))
def test_every_map_of_the_zoo(family: str, public_data: Callable[..., Path]) -> None:
    """Each map becomes an instance of each family, with nothing added to it."""
    folder = public_data("topology_zoo") / "topology_zoo" / "gml"
    for path in sorted(folder.glob("*.gml")):
        network = optkit.import_file("topology-zoo", path, family="network")
        instance = optkit.generate(family, network=network, **SMALL[family])
        assert instance.name == network.name
