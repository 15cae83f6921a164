"""Allocation instances of given networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.files.left_out import SourceWarning

NETWORK = optkit.Network.from_edges(
    [("hub", "east", 10.0), ("east", "hub", 5.0), ("hub", "west")],
    {"hub": {"ghz": 3.2, "tx_watt": 2.0}, "east": {"ghz": 2.4}, "west": {}},
    name="campus",
)


def made(network: Any = NETWORK, **options: Any) -> Any:
    """Return the instance of a network."""
    return optkit.generate("allocation", network=network, **options)


def test_what_is_known_is_taken_and_the_rest_is_said() -> None:
    """Known values stay; gaps are filled by rules, which warning and provenance repeat."""
    with pytest.warns(SourceWarning) as caught:
        instance = made(master="hub", size_gbit=4.0, assume=("gbps=1", "ghz=2"))
    assert instance.name == "campus"
    assert instance.master == "hub"
    assert instance.task.size_gbit == 4.0
    assert [server.ghz for server in instance.servers] == [3.2, 2.4, 2.0]
    assert [server.tx_watt for server in instance.servers] == [2.0, 1.0, 1.0]
    rates = {(x.source, x.target): x.gbps for x in instance.links}
    assert rates == {
        ("hub", "east"): 15.0,
        ("east", "hub"): 15.0,
        ("hub", "west"): 1.0,
        ("west", "hub"): 1.0,
    }
    said = str(caught[0].message)
    for part in (
        "The computing power of 1 of 3 nodes is not known: set to 2 GHz.",
        "The rate of 1 of 3 links is not known: set to 1 Gbit/s.",
        "The sending power of 2 of 3 nodes is not known: set to 1 W.",
        "Parallel links: the rates of 1",
    ):
        assert part in said
        assert part in instance.provenance
    assert NETWORK.sha256[:12] in instance.provenance


def test_directed_links_lead_one_way() -> None:
    """Opposite directed links keep their own rates."""
    one_way = optkit.Network.from_edges(
        [("a", "b", 1.0), ("b", "a", 2.0), ("a", "c", 3.0)], directed=True
    )
    instance = made(one_way)
    assert {(x.source, x.target): x.gbps for x in instance.links} == {
        ("a", "b"): 1.0,
        ("b", "a"): 2.0,
        ("a", "c"): 3.0,
    }
    assert instance.master == "a"


def test_draws_are_those_of_the_importer(tmp_path: Path) -> None:
    """A file that is imported at once, or by way of a network, gets the same numbers."""
    path = tmp_path / "net.gml"
    path.write_text(
        "graph [ node [ id 0 ] node [ id 1 ] node [ id 2 ]"
        " edge [ source 0 target 1 ] edge [ source 1 target 0 ]"
        " edge [ source 1 target 2 ] ]"
    )
    at_once = optkit.import_instance("topology-zoo", path, 3, names="id")
    network = optkit.import_file("gml", path, names="id")
    assert made(network, seed=3).sha256 == at_once.sha256


def test_strict_takes_explicit_rules_only() -> None:
    """Defaults are refused together; options and rules of the user are no defaults."""
    with pytest.raises(UsageError) as caught:
        made(strict=True)
    for name in ("ghz of 1 of 3", "capacitance of 3", "tx_watt of 2", "gbps of 1"):
        assert name in str(caught.value)
    rules = {
        "assume": ("ghz=1",),
        "capacitance": 0.01,
        "tx_watt": 1.0,
        "gbps_low": 10.0,
    }
    assert made(strict=True, **rules).servers[2].ghz == 1.0


def test_only_servers_take_part() -> None:
    """Nodes without the role are left out with their links, and this is said."""
    network = optkit.Network.from_edges(
        [("a", "b", 1.0), ("b", "d", 1.0)],
        {"a": {}, "b": {}, "d": {"roles": "device"}},
    )
    with pytest.warns(SourceWarning, match=r"no servers \(1\), their links \(1\)"):
        assert len(made(network).servers) == 2
    with pytest.raises(UsageError, match="no node has the role server"):
        made(optkit.Network.from_edges([], {"d": {"roles": "device"}}))


def test_masters() -> None:
    """The master is a server with a link; unreachable servers are said."""
    with pytest.raises(UsageError, match=r"no server 'hob'.*Did you mean 'hub'"):
        made(master="hob")
    apart = optkit.Network.from_edges([("a", "b", 1.0)], ["a", "b", "c"])
    with pytest.raises(UsageError, match="no link leads from 'c' to another server"):
        made(apart, master="c")
    with pytest.warns(SourceWarning, match="cannot reach 1 servers: c"):
        assert made(apart).master == "a"
    numbers = optkit.Network.from_edges([(1, 2)])
    assert made(numbers, master=2).master == "2"


def test_faults_are_said_together() -> None:
    """A wrong master and missing values are one error."""
    with pytest.raises(UsageError) as caught:
        made(master="hob", strict=True)
    assert "no server 'hob'" in str(caught.value)
    assert "ghz of 1 of 3" in str(caught.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"servers": 5}, "servers: no effect with network"),
        ({"shape": "chain", "subtrees": 2}, "shape, subtrees: no effect"),
        ({"assume": "gbps"}, "is no rule"),
        ({"assume": ("gbps=1", "gbps=2")}, "two rules for gbps"),
        ({"network": None, "master": "a"}, "master has no effect without network"),
        ({"network": None, "strict": True}, "strict have no effect without network"),
        ({"network": 3}, "a network file is expected"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], said: str) -> None:
    """Options that contradict each other are refused."""
    values = {"network": NETWORK, **options}
    values = {key: value for key, value in values.items() if value is not None}
    with pytest.raises(UsageError, match=said):
        optkit.generate("allocation", **values)


def test_files(tmp_path: Path) -> None:
    """The network may be a file; another kind of file is refused by name."""
    path = tmp_path / "net.json"
    optkit.save_instance(NETWORK, path)
    assert made(str(path)).sha256 == made().sha256
    optkit.save_instance(made(), path)
    with pytest.raises(InvalidFileError, match="its schema is 'optkit/allocation'"):
        made(path)
    with pytest.raises(InvalidFileError, match="no such file"):
        made(tmp_path / "none.json")
