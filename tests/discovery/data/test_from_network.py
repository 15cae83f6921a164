"""Discovery instances of given networks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.errors import UsageError
from optkit.core.files.left_out import SourceWarning
from optkit.discovery.data.from_network import _connecting, _moving, _staying

STAR = optkit.Network.from_edges(
    [("hub", "a", 1.0), ("hub", "b"), ("hub", "c")],
    {
        "a": {"longitude": 0.0, "latitude": 0.0},
        "hub": {"longitude": 1.0, "latitude": 0.0},
        "b": {"longitude": 1.0, "latitude": 2.0},
        "c": {"longitude": 2.0, "latitude": 0.0},
    },
    name="star",
)
PLAIN = optkit.Network.from_edges([("a", "b"), ("b", "c")])


def made(network: Any = STAR, **options: Any) -> Any:
    """Return a short instance of a network."""
    return optkit.generate("discovery", network=network, **{"windows": 2, **options})


def test_coverage_connects_by_default() -> None:
    """The longest of the needed edges is two degrees of latitude, 222.39 km."""
    with pytest.warns(SourceWarning, match=r"set to 222\.39 km, the least at which"):
        instance = made()
    assert instance.physics["coverage_km"] == pytest.approx(222.39, abs=0.01)
    assert instance.candidates == ("hub",)
    assert instance.nodes == ("a", "hub", "b", "c")
    assert instance.name == "star"


def test_distances_in_units_of_the_coverage() -> None:
    """One degree at the equator is 111.195 km: half of a coverage of 222.39 km."""
    places = np.array([[0.0, 0.0], [1.0, 0.0]])
    rng = np.random.default_rng(0)
    still = list(_moving(places, True, 222.39, 0.0, 2, rng))
    assert still[0].distance[0, 1] == pytest.approx(0.5, abs=1e-4)
    assert (still[1].distance == still[0].distance).all()
    first, second = _moving(places, True, 222.39, 10.0, 2, rng)
    assert first.distance[0, 1] != second.distance[0, 1]
    assert _connecting(np.zeros((1, 1))) > 0.0


def test_links_are_within_reach_without_positions() -> None:
    """Where positions are not known, links say who is within reach."""
    (snapshot,) = _staying(PLAIN, 1)
    assert snapshot.distance[0, 1] == snapshot.distance[2, 1] == 1.0
    assert np.isinf(snapshot.distance[0, 2])
    with pytest.warns(SourceWarning, match="The position of 3 of 3 nodes is not known"):
        assert made(PLAIN).physics["reach"] == "links"
    assert made(PLAIN, reach="links", strict=True).candidates == ("b",)


def test_strict_refuses_defaults() -> None:
    """Reach, coverage and what positions are can be given, or are refused."""
    with pytest.raises(UsageError, match="The position of 3 of 3 nodes"):
        made(PLAIN, strict=True)
    with pytest.raises(UsageError, match="The coverage is not given"):
        made(strict=True)
    assert made(strict=True, coverage_km=300.0).physics["coverage_km"] == 300.0


def test_positions_of_unknown_kind() -> None:
    """They are taken as degrees if they can be, and said; otherwise links count."""
    nodes = {"a": {"x": 0.0, "y": 0.0}, "b": {"x": 3.0, "y": 4.0}}
    near = optkit.Network.from_edges([("a", "b")], nodes)
    with pytest.warns(SourceWarning, match="taken as longitude and latitude"):
        made(near)
    plane = made(near, positions="plane")
    assert plane.physics["coverage_km"] == pytest.approx(5.0)
    far = optkit.Network.from_edges([("a", "b")], {**nodes, "b": {"x": 300, "y": 400}})
    with pytest.warns(SourceWarning, match="Positions are no degrees"):
        assert made(far).physics["reach"] == "links"
    with pytest.raises(UsageError, match="--positions plane"):
        made(far, reach="positions")


def test_it_is_solved() -> None:
    """The instance is like any other: it is solved and checked."""
    assert optkit.solve(made()).verification.feasible


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"nodes": 5}, "nodes: no effect with network"),
        ({"assume": "ghz=1"}, "assume has no effect"),
        ({"reach": "links", "coverage_km": 5.0}, "coverage_km: no effect with reach"),
        ({"candidates": 9}, "candidates: 9 of 4 nodes"),
        ({"network": PLAIN, "reach": "positions"}, "3 nodes have no position"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], said: str) -> None:
    """What has no effect or cannot be is refused."""
    with pytest.raises(UsageError, match=said):
        made(**options)
    with pytest.raises(UsageError, match="step_km: no effect without network"):
        optkit.generate("discovery", step_km=1.0)


def test_nodes_come_and_go_with_the_network() -> None:
    """Each window has the nodes of its network; candidates are those that never leave."""
    before = optkit.Network.from_edges([("a", "b"), ("b", "c"), ("b", "d")])
    after = optkit.Network.from_edges([("a", "b"), ("a", "e"), ("a", "c")])
    with pytest.warns(SourceWarning):
        instance = made(before, then=after, at=2, windows=3, candidates=3)
    assert instance.nodes == ("a", "b", "c", "d", "e")
    assert instance.candidates == ("a", "b", "c")
    assert instance.present == (
        *[(True, True, True, True, False)] * 2,
        (True, True, True, False, True),
    )
    usable = [
        {
            (node, candidate)
            for node, row in zip(instance.nodes, window, strict=True)
            for candidate, seconds in zip(instance.candidates, row, strict=True)
            if seconds is not None
        }
        for window in instance.connect_time
    ]
    assert usable[0] <= {*zip("abc", "abc", strict=True)} | {
        (x, y) for x, y in ("ab", "ba", "bc", "cb", "db")
    }
    assert usable[2] <= {*zip("abc", "abc", strict=True)} | {
        (x, y) for x, y in ("ab", "ba", "ac", "ca", "ea")
    }
    assert optkit.solve(instance).verification.feasible


def test_positions_of_later_networks() -> None:
    """In a plane, b moves 3 km away and is out of reach."""
    networks = [
        optkit.Network.from_edges([], {"a": {"x": 0, "y": 0}, "b": {"x": x, "y": 0}})
        for x in (1, 4)
    ]
    instance = made(
        networks[0],
        then=networks[1],
        at=1,
        coverage_km=2.0,
        positions="plane",
        candidates=1,
        link_decay=0.0,
    )
    assert instance.connect_time == (((0.2,), (0.7,)), ((0.2,), (None,)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"at": 2}, "2 is past the last of 2 windows"),
        ({"at": 1, "candidates": 2}, "2 of 1 nodes that never leave"),
        (
            {"at": 1, "then": optkit.Network.from_edges([("x", "y")])},
            "no node is in all networks",
        ),
    ],
)
def test_changes_that_do_not_do_are_refused(
    options: dict[str, Any], message: str
) -> None:
    """Too late, or nobody left who could be an agent."""
    then = optkit.Network.from_edges([("hub", "x"), ("hub", "y")])
    with pytest.raises(UsageError, match=message):
        made(PLAIN if "then" in options else STAR, **{"then": then, **options})


def test_wide_networks_have_an_answer() -> None:
    """Along 60 nodes information is old: the requirement is lowered, and it is said."""
    chain = optkit.Network.from_edges([(k, k + 1) for k in range(60)])
    with pytest.warns(SourceWarning, match=r"lowered to it from 0\.1"):
        instance = made(chain)
    means = [float(np.mean(row)) for row in instance.accuracy_self]
    assert instance.required_accuracy.self_ == pytest.approx(min(means), abs=1e-6)
    assert optkit.solve(instance).verification.feasible
    with pytest.raises(UsageError, match="give --required-self"):
        made(chain, reach="links", strict=True)
    kept = made(chain, reach="links", required_self=0.1)
    assert kept.required_accuracy.self_ == 0.1
