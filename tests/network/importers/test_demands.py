"""The demands of SNDlib become the traffic of nodes, and dispatch's arrivals follow it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import optkit
from optkit.core.errors import InvalidFileError
from optkit.core.files.left_out import SourceWarning

NATIVE = """?SNDlib native format; type: network; version: 1.0
NODES (
  A ( 8.0 50.0 )
  B ( 9.0 50.0 )
  C ( 9.0 51.0 )
)
LINKS (
  L1 ( A B ) 40.0 0.0 0.0 0.0 ( )
  L2 ( B C ) 40.0 0.0 0.0 0.0 ( )
)
DEMANDS (
  D1 ( A B ) 1 3.5 UNLIMITED
  D2 ( C A ) 1 1.0 2
)
"""

XML = """<network xmlns="http://sndlib.zib.de/network" version="1.0">
<networkStructure><nodes coordinatesType="geographical">
<node id="A"/><node id="B"/><node id="C"/></nodes>
<links><link id="L1"><source>A</source><target>B</target></link>
<link id="L2"><source>B</source><target>C</target></link></links></networkStructure>
<demands><demand id="D1"><source>A</source><target>B</target>
<demandValue>3.5</demandValue></demand>
<demand id="D2"><source>C</source><target>A</target>
<demandValue>1.0</demandValue></demand></demands></network>
"""


def _read(text: str, folder: Path) -> optkit.Network:
    path = folder / "net.txt"
    path.write_text(text)
    network = optkit.import_file("sndlib", path, family="network")
    assert isinstance(network, optkit.Network)
    return network


@pytest.mark.parametrize("text", [NATIVE, XML], ids=["native", "xml"])
def test_traffic_is_what_starts_or_ends_at_a_node(text: str, tmp_path: Path) -> None:
    """Of 3.5 from A to B and 1 from C to A, A has 4.5, B 3.5 and C 1."""
    network = _read(text, tmp_path)
    assert {node.id: node.traffic for node in network.nodes} == {
        "A": 4.5,
        "B": 3.5,
        "C": 1.0,
    }


def test_without_demands_traffic_is_unknown(tmp_path: Path) -> None:
    """It is not taken for zero."""
    network = _read(NATIVE.partition("DEMANDS")[0], tmp_path)
    assert [node.traffic for node in network.nodes] == [None, None, None]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (NATIVE.replace("3.5", "many"), 12),
        (NATIVE.replace("3.5", "-3.5"), 12),
        (NATIVE.replace("( A B ) 1 3.5", "A B 1 3.5"), 12),
        (NATIVE.replace("1 1.0 2", "1"), 13),
        (NATIVE.replace("( C A )", "( Z A )"), 13),
        (XML.replace("3.5", "many"), 6),
        (XML.replace("<source>C", "<source>Z"), 8),
    ],
)
def test_malformed_demands_are_named_with_their_line(
    text: str, line: int, tmp_path: Path
) -> None:
    """The error says where, and what a demand looks like or which node is unknown."""
    with pytest.raises(InvalidFileError, match=rf"line {line}\b[\s\S]*demand"):
        _read(text, tmp_path)


def test_jobs_arrive_in_proportion_to_traffic(tmp_path: Path) -> None:
    """With shares of 4.5, 3.5 and 1 of 9, rates are 1.5, 7/6 and 1/3 of the mean."""
    instance = optkit.generate(
        "dispatch",
        network=_read(NATIVE, tmp_path),
        intervals=2,
        types=2,
        arrival=0.3,
        arrival_spread=0.0,
    )
    assert np.array(instance.arrival_probability) == pytest.approx(
        np.repeat([[0.45], [0.35], [0.1]], 2, axis=1)
    )
    assert "in proportion to the traffic" in instance.provenance


def test_traffic_of_some_nodes_only_is_not_used() -> None:
    """A warning says so, and jobs arrive everywhere alike."""
    network = optkit.Network.from_edges(
        [("a", "b", 1.0, 0.0)], {"a": {"ghz": 1, "traffic": 3}, "b": {"ghz": 1}}
    )
    with pytest.warns(SourceWarning, match=re.escape("traffic of 1 of 2")):
        instance = optkit.generate(
            "dispatch", network=network, intervals=2, types=1, arrival_spread=0.0
        )
    assert instance.arrival_probability[0] == instance.arrival_probability[1]


def test_both_files_of_germany50_have_its_demands(
    public_data: Callable[..., Path],
) -> None:
    """Both readers find the same; the demands add up to 2365, counted at both ends."""
    folder = public_data("sndlib") / "sndlib"
    native, xml = (
        optkit.import_file("sndlib", folder / name, family="network")
        for name in ("native/germany50.txt", "xml/germany50.xml")
    )
    traffic = {node.id: node.traffic for node in native.nodes}
    assert traffic == {node.id: node.traffic for node in xml.nodes}
    assert sum(traffic.values()) == pytest.approx(2 * 2365)
