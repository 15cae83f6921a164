"""Every real network at hand imports, with the counts of an independent reading."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from optkit.allocation.data.importers import sndlib, topology_zoo
from optkit.allocation.data.importers.options import Options
from optkit.allocation.instance import AllocationInstance


def check(document: dict[str, Any], nodes: int, pairs: set[frozenset[str]]) -> None:
    """Check counts, and the rules of the instance format, of one document."""
    ids = {server["id"] for server in document["servers"]}
    ends = [(link["source"], link["target"]) for link in document["links"]]
    assert len(ids) == len(document["servers"]) == nodes
    assert len(set(ends)) == len(ends) == 2 * len(pairs)
    assert {end for pair in ends for end in pair} <= ids
    assert document["master"] in ids
    assert all(link["gbps"] > 0 for link in document["links"])
    assert 0 < len(document["provenance"]) <= 20_000
    # The format's own reader has the last word.
    assert AllocationInstance.parse(document).master == document["master"]


def crude_gml(text: str) -> tuple[int, set[frozenset[str]]]:
    """Count nodes and unordered pairs of GML text with regular expressions."""
    nodes = len(re.findall(r"^ *node \[", text, re.M))
    edges = re.findall(r"edge \[\s*source (\S+)\s*target (\S+)", text)
    return nodes, {frozenset(e) for e in edges if e[0] != e[1]}


def crude_graphml(text: str) -> tuple[int, set[frozenset[str]]]:
    """Count nodes and unordered pairs of GraphML text with regular expressions."""
    nodes = len(re.findall(r"<node ", text))
    edges = [
        (re.search(r'source="([^"]*)"', tag)[1], re.search(r'target="([^"]*)"', tag)[1])  # type: ignore[index]
        for tag in re.findall(r"<edge [^>]*>", text)
    ]
    return nodes, {frozenset(e) for e in edges if e[0] != e[1]}


def crude_native(text: str) -> tuple[int, set[frozenset[str]]]:
    """Count nodes and unordered pairs of a native file line by line."""
    part = text[text.index("\nNODES (") :]
    nodes = re.findall(r"^ +(\S+)", part[: part.index("\n)")], re.M)
    part = text[text.index("\nLINKS (") :]
    edges = re.findall(r"^ +\S+ \( (\S+) (\S+) \)", part[: part.index("\n)")], re.M)
    return len(nodes), {frozenset(e) for e in edges if e[0] != e[1]}


def crude_xml(text: str) -> tuple[int, set[frozenset[str]]]:
    """Count nodes and unordered pairs of an XML file with regular expressions."""
    text = text[: text.index("</links>")]
    edges = re.findall(r"<source>(.*?)</source>\s*<target>(.*?)</target>", text)
    return len(re.findall(r"<node ", text)), {frozenset(e) for e in edges}


def test_every_unpacked_zoo_file(real_data: Path) -> None:
    """All GML and GraphML files give the nodes and merged edges that are in them."""
    files = [
        *sorted(real_data.glob("topology_zoo/gml/*.gml")),
        *sorted(real_data.glob("topology_zoo/graphml/*.graphml")),
    ]
    assert files
    for path in files:
        crude = crude_gml if path.suffix == ".gml" else crude_graphml
        document = topology_zoo.read(path, Options(names="id"), 0)
        nodes, pairs = crude(path.read_text("utf-8"))
        check(document, nodes, pairs)
        assert pairs == {
            frozenset((k["source"], k["target"])) for k in document["links"]
        }


@pytest.mark.slow
def test_every_member_of_the_archive(real_data: Path, tmp_path: Path) -> None:
    """All networks of the archive import, labels as server ids included."""
    with tarfile.open(real_data / "topology_zoo" / "topology-zoo-gml.tar.gz") as tar:
        members = [item for item in tar if item.isfile()]
        for item in members:
            stream = tar.extractfile(item)
            assert stream is not None
            data = stream.read()
            path = tmp_path / Path(item.name).name
            path.write_bytes(data)
            check(topology_zoo.read(path, Options(), 0), *crude_gml(data.decode()))
    assert len(members) == 200


def test_one_member_without_unpacking(real_data: Path) -> None:
    """A network read out of the archive is the one of the unpacked file."""
    folder = real_data / "topology_zoo"
    packed = topology_zoo.read(
        folder / "topology-zoo-gml.tar.gz", Options(member="Geant2009"), 0
    )
    plain = topology_zoo.read(folder / "gml" / "Geant2009.gml", Options(), 0)
    packed.pop("provenance")
    plain.pop("provenance")
    assert packed == plain


@pytest.mark.slow
def test_networkx_reads_the_same_graph(real_data: Path) -> None:
    """Our GML reader agrees with networkx on every file, multigraphs included."""
    for path in sorted(real_data.glob("topology_zoo/gml/*.gml")):
        text = path.read_text("utf-8").replace("graph [", "graph [ multigraph 1", 1)
        graph = nx.parse_gml(text, label="id")
        document = topology_zoo.read(path, Options(names="id", default_gbps=1), 0)
        assert [s["id"] for s in document["servers"]] == [str(n) for n in graph]
        ours = {frozenset((k["source"], k["target"])) for k in document["links"]}
        assert ours == {frozenset((str(a), str(b))) for a, b in graph.edges() if a != b}
        raw = sum("LinkSpeedRaw" in d for a, b, d in graph.edges(data=True) if a != b)
        assert f"taken from the file: {raw};" in document["provenance"]


@pytest.mark.parametrize("name", ["Abilene", "Cernet", "Geant2012", "Sprint"])
def test_gml_and_graphml_agree(real_data: Path, name: str) -> None:
    """A network that the Zoo has in both formats is one instance."""
    folder = real_data / "topology_zoo"
    first = topology_zoo.read(folder / "gml" / f"{name}.gml", Options(), 0)
    second = topology_zoo.read(folder / "graphml" / f"{name}.graphml", Options(), 0)
    for document in (first, second):
        document.pop("provenance")
        document["servers"].sort(key=str)
        for link in document["links"]:
            link["gbps"] = round(link["gbps"], 9)
        document["links"].sort(key=str)
    assert first == second


def test_known_facts_of_the_zoo(real_data: Path) -> None:
    """Geant2009 states every speed, and Ntt is in pieces."""
    folder = real_data / "topology_zoo" / "gml"
    geant = topology_zoo.read(folder / "Geant2009.gml", Options(), 0)
    assert len(geant["servers"]) == 34
    assert len(geant["links"]) == 104
    assert "taken from the file: 52; assumed: 0;" in geant["provenance"]
    assert "cannot reach: 0." in geant["provenance"]
    ntt = topology_zoo.read(folder / "Ntt.gml", Options(), 0)
    assert len(ntt["servers"]) == 47
    assert "47 nodes and 216 edges" in ntt["provenance"]
    assert "cannot reach: 15." in ntt["provenance"]


def test_every_sndlib_file(real_data: Path) -> None:
    """All native and XML files give the nodes and links that are in them."""
    files = [
        *sorted(real_data.glob("sndlib/native/*.txt")),
        *sorted(real_data.glob("sndlib/xml/*.xml")),
    ]
    assert files
    for path in files:
        crude = crude_native if path.suffix == ".txt" else crude_xml
        text = path.read_text("iso-8859-1")
        check(sndlib.read(path, Options(), 0), *crude(text))


def test_native_and_xml_agree(real_data: Path) -> None:
    """A network that SNDlib has in both formats is one instance."""
    for path in sorted(real_data.glob("sndlib/xml/*.xml")):
        other = real_data / "sndlib" / "native" / f"{path.stem}.txt"
        options = Options(capacity_unit_gbps=0.001)
        first, second = sndlib.read(path, options, 0), sndlib.read(other, options, 0)
        first.pop("provenance")
        second.pop("provenance")
        assert first == second


def test_known_facts_of_sndlib(real_data: Path) -> None:
    """Abilene has 12 nodes, 15 links, and its speeds; giul39 lists both ways."""
    folder = real_data / "sndlib" / "native"
    abilene = sndlib.read(folder / "abilene.txt", Options(), 0)
    assert len(abilene["servers"]) == 12
    assert len(abilene["links"]) == 30
    assert {link["gbps"] for link in abilene["links"]} == {9.92, 2.48}
    giul = sndlib.read(folder / "giul39.txt", Options(capacity_unit_gbps=1.0), 0)
    assert len(giul["links"]) == 172
    assert {link["gbps"] for link in giul["links"]} == {640.0}
