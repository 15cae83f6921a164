"""Dispatch instances of given networks."""

from __future__ import annotations

from typing import Any

import pytest

import optkit
from optkit.core.errors import UsageError
from optkit.core.files.left_out import SourceWarning
from optkit.dispatch.data.from_network import upload_law

CHAIN = optkit.Network.from_edges(
    [("a", "b", 0.1, 0.02), ("b", "c", 0.05, 0.03)],
    {"a": {"ghz": 3.0}, "b": {"ghz": 1.5}, "c": {"ghz": 6.0}},
    name="chain",
)
FIXED = {"job_spread": 0.0, "types": 1, "job_gcycles": 1.5, "job_kbit": 2000.0}


def made(network: Any = CHAIN, **options: Any) -> Any:
    """Return a short instance of a network."""
    return optkit.generate(
        "dispatch", network=network, **{"intervals": 4, **FIXED, **options}
    )


@pytest.mark.parametrize(
    ("mean", "jitter", "law"),
    [
        (2.0, 0.25, [0.0, 0.0, 0.5, 0.5]),
        (2.0, 0.0, [0.0, 0.0, 1.0]),
        (0.3, 0.25, [0.0, 1.0]),
        (1.0, 1.0, [0.0, 0.5, 0.5]),
        (2.5, 0.2, [0.0, 0.0, 0.0, 1.0]),
    ],
)
def test_laws_by_hand(mean: float, jitter: float, law: list[float]) -> None:
    """An upload is uniform around its mean and ends with its slot."""
    assert upload_law(mean, jitter) == pytest.approx(law)


def test_services_and_uploads_by_hand() -> None:
    """1.5 Gcycles at 3, 1.5 and 6 GHz: 0.5, 1 and 0.25 s; 25, 50 and 12.5 slots of 20 ms.

    2000 kbit from a to b: 2e6 / 1e8 + 0.02 = 0.04 s, 2 slots. From a to c: 2e6 / 5e7 + 0.05
    = 0.09 s, 4.5 slots. The own server is one slot away.
    """
    instance = made(reach_hops=2, jitter=0.0)
    assert instance.mean_service_slots == ((25.0,), (50.0,), (12.5,))
    a = instance.upload_pmf[0]
    assert a[0] == ((0.0, 1.0),)
    assert a[1] == ((0.0, 0.0, 1.0),)
    assert a[2] == ((0.0, 0.0, 0.0, 0.0, 0.0, 1.0),)
    assert [server.ap for server in instance.servers] == ["a", "b", "c"]


def test_candidates() -> None:
    """Servers within hops or latency; whoever reaches none takes the nearest."""
    assert made().candidates == (("a", "b"), ("a", "b", "c"), ("b", "c"))
    assert made(reach_ms=25.0).candidates == (("a", "b"), ("a", "b"), ("c",))
    network = optkit.Network.from_edges(
        [("p", "q", 1.0, 0.01), ("q", "s", 1.0, 0.01)],
        {
            "p": {"roles": "access-point"},
            "q": {"roles": "router"},
            "s": {"roles": "server"},
        },
    )
    with pytest.warns(SourceWarning) as caught:
        instance = made(network)
    assert instance.candidates == (("s",),)
    assert instance.servers[0].ap == "p"
    said = str(caught[0].message)
    assert "set to 5 GHz" in said
    assert said.partition(": ")[2] in instance.provenance


def test_clouds() -> None:
    """A cloud is a node with the role, reached by all with a path, or an option."""
    network = optkit.Network.from_edges(
        [("a", "b", 1.0, 0.01), ("b", "c", 1.0, 0.01)],
        {"a": {"ghz": 2.0}, "b": {"ghz": 4.0}, "c": {"roles": "cloud"}},
    )
    with pytest.warns(SourceWarning, match="speed of the cloud is set to 18 GHz"):
        instance = made(network)
    assert instance.candidates == (("a", "b", "c"), ("a", "b", "c"))
    assert (instance.servers[2].kind, instance.servers[2].ap) == ("cloud", None)
    with pytest.raises(UsageError, match="ghz of the clouds c is not known"):
        made(network, strict=True)
    assert len(made().servers) == 3
    assert made(cloud=True).servers[3].id == "cloud"


def test_only_routers_pass_jobs_on() -> None:
    """A path does not lead through a node that is no router."""
    network = optkit.Network.from_edges(
        [("a", "b", 1.0, 0.0), ("b", "c", 1.0, 0.0)],
        {"a": {"ghz": 1}, "b": {"roles": "server", "ghz": 1}, "c": {"ghz": 1}},
    )
    assert made(network, reach_hops=5).candidates == (("a", "b"), ("b", "c"))


def test_hops_of_messages_by_hand() -> None:
    """Along a chain they are 1 and 2; a cloud that is no node is one hop from all."""
    assert made(cloud=True).message_hops == (
        (None, 1, 2),
        (1, None, 1),
        (2, 1, None),
        (1, 1, 1),
    )
    one_way = optkit.Network.parse(
        {
            "schema": "optkit/network",
            "schema_version": 1,
            "name": "one way",
            "nodes": [{"id": "a", "ghz": 1.0}, {"id": "b", "ghz": 1.0}],
            "links": [
                {
                    "source": "a",
                    "target": "b",
                    "gbps": 1.0,
                    "latency_s": 0.0,
                    "directed": True,
                }
            ],
        }
    )
    assert made(one_way).message_hops == ((None, 1), (None, None))


def test_it_is_solved() -> None:
    """The instance is like any other: it is solved and checked."""
    assert optkit.solve(made(), "selfish").verification.feasible


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"aps": 3}, "aps: no effect with network"),
        ({"reach_hops": 2, "reach_ms": 5.0}, "both given"),
        ({"slot_seconds": 1e-9}, "take more than 10000 slots"),
        ({"assume": "tx_watt=1"}, "needs no tx_watt"),
        (
            {"network": optkit.Network.from_edges([("a", "b")]), "strict": True},
            "ghz of 2",
        ),
        (
            {"network": optkit.Network.from_edges([], {"a": {"roles": "router"}})},
            r"access-point; give one[\s\S]*role server",
        ),
        (
            {
                "network": optkit.Network.from_edges(
                    [], {"a": {"roles": "access-point"}, "b": {"roles": "server"}}
                )
            },
            "no path leads from an access point to the server 'b'",
        ),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], said: str) -> None:
    """What has no effect or cannot be is refused."""
    with pytest.raises(UsageError, match=said):
        made(**options)
    with pytest.raises(UsageError, match="jitter: no effect without network"):
        optkit.generate("dispatch", jitter=0.1)


def test_slow_networks_say_which_slots_do() -> None:
    """All uploads that take too long in one error, and what it advises helps."""
    slow = optkit.Network.from_edges(
        [("a", "b", 1e-5), ("b", "c", 2e-6)], {name: {"ghz": 1.0} for name in "abc"}
    )
    options = {"network": slow, "intervals": 2, "types": 1, "assume": "latency_s=0"}
    with pytest.raises(
        UsageError, match="4 uploads take more than 10000 slots"
    ) as error:
        optkit.generate("dispatch", **options)
    words = str(error.value).split("at least ")[1].split()
    made = optkit.generate("dispatch", **options, slot_seconds=float(words[0]))
    assert max(len(laws[0]) for row in made.upload_pmf for laws in row if laws) > 9000
