"""Sync instances of given networks."""

from __future__ import annotations

from typing import Any

import pytest

import optkit
from optkit.core.errors import UsageError
from optkit.core.files.left_out import SourceWarning

CHAIN = optkit.Network.from_edges(
    [("a", "b", 0.01, 0.002), ("b", "c", 0.1, 0.003)], name="chain"
)


def made(network: Any = CHAIN, **options: Any) -> Any:
    """Return a short instance of a network."""
    return optkit.generate("sync", network=network, **{"slots": 12, **options})


def test_hops_and_residence_by_hand() -> None:
    """8 kbit over the slowest link, plus latencies, in slots of 10 ms.

    From a to b: 8e3 / 1e7 + 0.002 = 0.0028 s = 0.28 slots. From a to c: 0.0008 + 0.005 =
    0.0058 s = 0.58 slots. From c to b: 8e3 / 1e8 + 0.003 = 0.00308 s = 0.308 slots.
    """
    instance = made(slot_seconds=0.01, payload_kbit=8.0)
    links = {(x.source, x.target): x for x in instance.links}
    assert len(links) == 6
    for pair, hops, residence in (
        (("a", "b"), 1, 0.28), (("a", "c"), 2, 0.58), (("c", "b"), 1, 0.308),
        (("c", "a"), 2, 0.58),
    ):  # fmt: skip
        assert links[pair].hops == hops
        assert links[pair].payload / links[pair].rate == pytest.approx(residence)


def test_mesh_of_neighbours() -> None:
    """Only routers at the ends of a link notify each other."""
    pairs = {(x.source, x.target) for x in made(mesh="neighbours").links}
    assert pairs == {("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")}


def test_devices() -> None:
    """Devices are a number per router, or the nodes with the role on their routers."""
    assert [d.id for d in made(devices_per_router=2).devices][:3] == [
        "a/1",
        "a/2",
        "b/1",
    ]
    network = optkit.Network.from_edges(
        [("a", "b", 1.0, 0.0), ("b", "d", 1.0, 0.0)],
        {"a": {}, "b": {}, "d": {"roles": "device"}},
    )
    instance = made(network)
    assert [(d.id, d.router) for d in instance.devices] == [("d", "b")]
    assert {x.source for x in instance.links} == {"b"}
    alone = optkit.Network.from_edges(
        [("a", "b", 1.0, 0.0)], {"a": {}, "b": {}, "d": {"roles": "device"}}
    )
    with pytest.raises(UsageError, match="joins the device 'd' to a router"):
        made(alone)


def test_gaps_are_filled_and_said_or_refused() -> None:
    """Unknown rates and latencies follow rules, or are refused."""
    network = optkit.Network.from_edges([("a", "b"), ("c", "d")])
    with pytest.warns(SourceWarning) as caught:
        instance = made(network, assume=("gbps=1", "latency_s=0.1"), slot_seconds=1.0)
    said = str(caught[0].message)
    assert "The rate of 2 of 2 links is not known: set to 1 Gbit/s." in said
    assert "pairs of routers without a path (8)" in said
    assert said.partition(": ")[2] in instance.provenance
    with pytest.raises(UsageError, match=r"gbps of 2[\s\S]*latency_s of 2"):
        made(network, strict=True)


def test_it_is_solved() -> None:
    """The instance is like any other: it is solved and checked."""
    assert optkit.solve(made()).verification.feasible


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"routers": 3}, "routers: no effect with network"),
        ({"payload": 0.0}, "takes no time"),
        ({"assume": "ghz=1"}, "needs no ghz"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], said: str) -> None:
    """What a given network has no use for is refused."""
    with pytest.raises(UsageError, match=said):
        made(**options)
    if "payload" not in options:
        with pytest.raises(UsageError, match="mesh: no effect without network"):
            optkit.generate("sync", mesh="full")
