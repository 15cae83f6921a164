"""Dispatch instances on networks that change."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import optkit
from optkit.core.errors import UsageError
from optkit.core.files.left_out import SourceWarning


def _generate(*networks: optkit.Network, **options: Any) -> Any:
    settings: dict[str, Any] = {
        "at": range(4, 4 * len(networks), 4),
        "intervals": 12,
        "slots": 10,
        "types": 1,
        "arrival": 0.1,
        "assume": ("gbps=10", "ghz=5", "latency_s=0.005"),
        "job_spread": 0.0,
        **options,
    }
    settings["at"] = tuple(settings["at"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SourceWarning)
        return optkit.generate(
            "dispatch", network=networks[0], then=networks[1:], **settings
        )


ABC = optkit.Network.from_edges([("a", "b"), ("b", "c")], name="abc")
ABD = optkit.Network.from_edges([("a", "b"), ("b", "d")], name="abd")


def test_nodes_and_links_come_and_go() -> None:
    """From interval 4 on c is gone and d is there, and in interval 8 c is back."""
    made = _generate(ABC, ABD, ABC)
    assert made.aps == ("a", "b", "c", "d")
    assert [server.id for server in made.servers] == ["a", "b", "c", "d"]
    first, second = made.changes
    assert (first.interval, second.interval) == (4, 8)
    assert made.candidates == (("a", "b"), ("a", "b", "c"), ("b", "c"), ("b", "d"))
    assert first.candidates == (("a", "b"), ("a", "b", "d"), ("b", "c"), ("b", "d"))
    assert second.candidates == made.candidates
    assert made.arrival_probability == ((0.1,), (0.1,), (0.1,), (0.0,))
    assert first.arrival_probability == ((0.1,), (0.1,), (0.0,), (0.1,))
    spans = {"c": set(), "d": set()}
    for slot, ap in zip(made.jobs.slot, made.jobs.ap, strict=True):
        spans.get(made.aps[ap], set()).add(slot // 40)
    assert spans == {"c": {0, 2}, "d": {1}}


def test_unknown_values_stay_while_others_come_and_go() -> None:
    """A server's speed is drawn once, whoever else is there."""
    made = _generate(ABC, ABD, assume=("ghz=uniform:1:10", "gbps=10"))
    (change,) = made.changes
    assert change.mean_service_slots == made.mean_service_slots
    assert len(set(made.mean_service_slots)) == 4


def test_a_path_that_gets_longer_takes_longer() -> None:
    """8 Mbit take 0.8 ms at 10 Gbit/s; with 5 ms per link, a detour takes 5 ms more."""
    ring = optkit.Network.from_edges([("a", "b"), ("b", "c"), ("c", "a")])
    cut = optkit.Network.from_edges([("a", "b"), ("b", "c")])
    made = _generate(ring, cut, slot_seconds=0.001, jitter=0.0, reach_hops=2)
    (change,) = made.changes
    assert len(made.upload_pmf[0][2][0]) - 1 == 6  # 5.8 ms
    assert len(change.upload_pmf[0][2][0]) - 1 == 11  # 10.8 ms


def test_a_cloud_is_no_slower_because_a_server_has_left() -> None:
    """Its speed is a multiple of the mean over all servers that there ever are."""
    fast = optkit.Network.from_edges(
        [("a", "b"), ("b", "c")],
        {"a": {"ghz": 2.0}, "b": {"ghz": 2.0}, "c": {"ghz": 8.0}},
    )
    rest = optkit.Network.from_edges(
        [("a", "b")], {"a": {"ghz": 2.0}, "b": {"ghz": 2.0}}
    )
    made = _generate(fast, rest, cloud=True, cloud_speed=2.0, assume=("gbps=10",))
    (change,) = made.changes
    assert change.mean_service_slots[-1] == pytest.approx(made.mean_service_slots[-1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"at": (12,)}, "12 is past the last of 12 intervals"),
        ({"at": ()}, "then is given 1 times and at 0 times"),
        ({"then": (ABD, ABC), "at": (3, 3)}, "do not increase"),
        ({"network": None}, "no effect without network"),
    ],
)
def test_wrong_times_are_refused(options: dict[str, Any], message: str) -> None:
    """Each is named."""
    given = {"network": ABC, "then": ABD, "at": 4, "intervals": 12, **options}
    with pytest.raises(UsageError, match=message):
        optkit.generate("dispatch", **given)


def test_every_network_that_does_not_do_is_named() -> None:
    """All at once."""
    users = optkit.Network.from_edges(
        [("a", "b")],
        {"a": {"roles": "access-point"}, "b": {"roles": "router"}},
        name="u",
    )
    sites = optkit.Network.from_edges(
        [("a", "b")], {"a": {"roles": "server"}, "b": {"roles": "router"}}, name="s"
    )
    with pytest.raises(UsageError, match=r"(?s)u: no node has.*server.*s: no node has"):
        _generate(users, sites)


def test_without_a_change_nothing_is_different() -> None:
    """A network that is replaced by itself gives the same jobs as one that stays."""
    alone = _generate(ABC, at=())
    twice = _generate(ABC, ABC)
    assert twice.jobs == alone.jobs
    assert twice.upload_pmf == twice.changes[0].upload_pmf == alone.upload_pmf
    for solver in ("selfish", "queue-aware"):
        targets = [optkit.solve(x, solver).solution.target for x in (alone, twice)]
        assert targets[0] == targets[1]
