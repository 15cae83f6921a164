"""Sync instances on networks that change."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import optkit
from optkit.core.errors import UsageError
from optkit.core.files.left_out import SourceWarning


def _generate(*networks: optkit.Network, **options: Any) -> Any:
    settings: dict[str, Any] = {
        "at": range(10, 10 * len(networks), 10),
        "slots": 40,
        "slot_seconds": 0.01,
        "assume": ("gbps=0.01", "latency_s=0.002"),
        **options,
    }
    settings["at"] = tuple(settings["at"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SourceWarning)
        return optkit.generate(
            "sync", network=networks[0], then=networks[1:], **settings
        )


def _links(links: Any) -> dict[str, int]:
    return {f"{link.source}{link.target}": link.hops for link in links}


RING = optkit.Network.from_edges([("a", "b"), ("b", "c"), ("c", "a")], name="ring")
CUT = optkit.Network.from_edges([("a", "b"), ("b", "c")], name="cut")
OTHER = optkit.Network.from_edges([("a", "b"), ("b", "d")], name="other")


def test_links_get_longer_and_routers_come_and_go() -> None:
    """Without the link from c to a, its way is 2 hops; then d is there and c is not."""
    made = _generate(RING, CUT, OTHER)
    assert made.routers == ("a", "b", "c", "d")
    assert [device.router for device in made.devices] == ["a", "b", "c", "d"]
    first, second = made.changes
    assert (first.slot, second.slot) == (10, 20)
    assert _links(made.links) == dict.fromkeys(("ab", "ac", "ba", "bc", "ca", "cb"), 1)
    assert _links(first.links) == _links(made.links) | {"ac": 2, "ca": 2}
    assert _links(second.links) == {
        "ab": 1,
        "ad": 2,
        "ba": 1,
        "bd": 1,
        "da": 2,
        "db": 1,
    }
    # 8 kbit at 10 Mbit/s take 0.8 ms, and each link 2 ms: 0.28 and 0.48 slots of 10 ms.
    times = {f"{x.source}{x.target}": x.payload / x.rate for x in first.links}
    assert times["ab"] == pytest.approx(0.28)
    assert times["ac"] == pytest.approx(0.48)
    result = optkit.solve(made, "periodic+rent-or-buy")
    assert result.verification.feasible
    assert result.bound <= result.objective


def test_without_a_change_nothing_is_different() -> None:
    """A network that is replaced by itself gives the same decisions as one that stays."""
    alone, twice = _generate(RING, at=()), _generate(RING, RING)
    assert twice.devices == alone.devices
    assert twice.changes[0].links == alone.links
    for solver in (
        "periodic",
        "threshold",
        "gradient+rent-or-buy",
        "periodic+exact-offline",
    ):
        results = [optkit.solve(instance, solver) for instance in (alone, twice)]
        assert results[0].solution == results[1].solution
        assert results[0].objective == pytest.approx(results[1].objective, rel=1e-12)


def test_a_device_stays_on_its_router() -> None:
    """One that hangs on another router later is refused by name."""
    devices = {"a": {}, "b": {}, "x": {"roles": "device"}}
    here = optkit.Network.from_edges([("a", "b"), ("a", "x")], devices)
    there = optkit.Network.from_edges([("a", "b"), ("b", "x")], devices)
    with pytest.raises(
        UsageError, match="device 'x' is on the router 'a' and later on 'b'"
    ):
        _generate(here, there)


def test_too_late_a_change_is_refused() -> None:
    """Slots are counted from 0."""
    with pytest.raises(UsageError, match="40 is past the last of 40 slots"):
        _generate(RING, CUT, at=(40,))
