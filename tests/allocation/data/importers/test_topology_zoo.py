"""The Topology Zoo importer on files written for its traps."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from optkit.allocation.data.importers.options import Options
from optkit.allocation.data.importers.topology_zoo import read
from optkit.core.errors import InvalidFileError, UsageError

GML = """# a comment
Creator "by hand"
graph [
  label "Tiny"
  Network "Tiny Net"
  NetworkDate "2001_02"
  Source "http://example.org/?a=1&amp;b=2"
  node [ id 0 label "Here" Longitude 1.5 graphics [ x 1 ] ]
  node [ id 1 label "Pair [1]" ]
  node [ id 2 label "Twin" ]
  node [ id 3 label "Twin" ]
  node [ id 4 label "?" ]
  node [ id 5 ]
  edge [ source 0 target 1 LinkSpeedRaw 2500000000.0 ]
  edge [ source 0 target 2 LinkSpeed "155" LinkSpeedUnits "M" ]
  edge [ source 3 target 0 ]
  edge [ source 2 target 4 LinkSpeedRaw 0 ]
]
"""

GRAPHML = """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key attr.name="LinkSpeedRaw" attr.type="double" for="edge" id="d9"/>
  <key attr.name="LinkSpeed" attr.type="string" for="edge" id="d8"/>
  <key attr.name="LinkSpeedUnits" attr.type="string" for="edge" id="d7">
    <default>M</default>
  </key>
  <key attr.name="label" attr.type="string" for="node" id="d6"/>
  <key attr.name="label" attr.type="string" for="graph" id="d5"/>
  <key attr.name="Latitude" attr.type="double" for="node" id="d4"/>
  <key attr.name="NetworkDate" attr.type="string" for="graph" id="d3"/>
  <graph edgedefault="undirected">
    <data key="d5">Tiny</data>
    <data key="d3">2001_02</data>
    <node id="0"><data key="d6">Here</data><data key="d4">3.5</data></node>
    <node id="1"><data key="d6">Pair [1]</data></node>
    <node id="2"><data key="d6">Twin</data></node>
    <node id="3"><data key="d6">Twin</data></node>
    <node id="4"><data key="d6">?</data></node>
    <node id="5"/>
    <edge source="0" target="1"><data key="d9">2500000000.0</data></edge>
    <edge source="0" target="2"><data key="d8">155</data></edge>
    <edge source="3" target="0"/>
    <edge source="2" target="4"><data key="d9">0</data></edge>
  </graph>
</graphml>
"""


def gml(*edges: str, nodes: int = 3, head: str = "") -> str:
    """Return a GML graph with numbered nodes and the given edges."""
    inside = [f'node [ id {i} label "n{i}" ]' for i in range(nodes)]
    inside += [f"edge [ {edge} ]" for edge in edges]
    return f"graph [ {head}\n" + "\n".join(inside) + "\n]\n"


def rates(document: dict[str, Any]) -> dict[tuple[str, str], float]:
    """Return the rate of every link by its ends."""
    return {(k["source"], k["target"]): k["gbps"] for k in document["links"]}


def refused(path: Path, options: Options | None = None) -> str:
    """Return the text of the error that reading ``path`` ends in."""
    with pytest.raises(InvalidFileError) as caught:
        read(path, options or Options(), 0)
    assert caught.value.source == str(path)
    return str(caught.value)


def test_gml_becomes_a_document(write: Any) -> None:
    """A GML file gives every server, both directions of every link, and its terms."""
    document = read(write("tiny.gml", GML), Options(), 0)
    assert document["schema"] == "optkit/allocation"
    assert document["schema_version"] == 1
    assert document["name"] == "Tiny"
    assert document["master"] == "Here"
    assert document["task"] == {"size_gbit": 10.0, "gcycles_per_gbit": 1.0}
    assert document["weights"] == {"time": 0.5, "energy": 0.05}
    assert len(document["links"]) == 8
    for server in document["servers"]:
        assert set(server) == {"id", "ghz", "capacitance", "tx_watt"}
        assert 1 <= server["ghz"] <= 10
        assert server["ghz"] == round(server["ghz"], 2)


def test_labels_that_repeat_or_say_nothing_get_the_id(write: Any) -> None:
    """Two nodes of one label, or labelled ``?``, must not become one server."""
    path = write("tiny.gml", GML)
    ids = [server["id"] for server in read(path, Options(), 0)["servers"]]
    assert ids == ["Here", "Pair [1]", "Twin#2", "Twin#3", "?#4", "5"]
    document = read(path, Options(names="id"), 0)
    assert [server["id"] for server in document["servers"]] == list("012345")


def test_speeds_of_the_file_are_used(write: Any) -> None:
    """bit/s and value-with-unit become exact Gbit/s; the rest is drawn and counted."""
    document = read(write("tiny.gml", GML), Options(), 0)
    rate = rates(document)
    assert rate["Here", "Pair [1]"] == 2.5
    assert rate["Twin#2", "Here"] == rate["Here", "Twin#2"] == 0.155
    assert 10 <= rate["Here", "Twin#3"] <= 100
    assert rate["Here", "Twin#3"] == rate["Twin#3", "Here"]
    assert "taken from the file: 2; assumed: 2," in document["provenance"]
    assert "no number): 1." in document["provenance"]


def test_default_rate_replaces_the_draw(write: Any) -> None:
    """A rate given for unstated links is used as it is, and never for stated ones."""
    document = read(write("tiny.gml", GML), Options(default_gbps=7.125), 0)
    rate = rates(document)
    assert rate["Here", "Twin#3"] == 7.125
    assert rate["Here", "Pair [1]"] == 2.5
    assert "set to 7.125 Gbit/s" in document["provenance"]


@pytest.mark.parametrize(
    "stated",
    [
        "LinkSpeedRaw -5",
        "LinkSpeedRaw 1e999",
        "LinkSpeedRaw NAN",
        'LinkSpeedRaw "fast"',
        "LinkSpeedRaw 1e-300",
        'LinkSpeed "10-100" LinkSpeedUnits "G"',
        'LinkSpeed "10" LinkSpeedUnits "parsec"',
        'LinkSpeed "10"',
    ],
)
def test_nonsense_speeds_count_as_not_stated(write: Any, stated: str) -> None:
    """A speed that cannot be one is assumed instead, and counted in provenance."""
    path = write("odd.gml", gml(f"source 0 target 1 {stated}"))
    document = read(path, Options(default_gbps=3.0), 0)
    assert rates(document)["n0", "n1"] == 3.0
    assert "no number): 1." in document["provenance"]


@pytest.mark.parametrize(
    ("stated", "gbps"),
    [
        ('LinkSpeed "2.5" LinkSpeedUnits "G"', 2.5),
        ('LinkSpeed "64" LinkSpeedUnits "K"', 6.4e-5),
        ('LinkSpeed "1" LinkSpeedUnits "T"', 1000.0),
        ('LinkSpeed "34" LinkSpeedUnits "Mbps"', 0.034),
        ('LinkSpeedRaw 622000000 LinkSpeed "1" LinkSpeedUnits "G"', 0.622),
    ],
)
def test_units(write: Any, stated: str, gbps: float) -> None:
    """Every unit means its power of ten, and LinkSpeedRaw goes first."""
    document = read(write("u.gml", gml(f"source 0 target 1 {stated}")), Options(), 0)
    assert rates(document)["n0", "n1"] == gbps


def test_parallel_edges_without_multigraph(write: Any) -> None:
    """Repeated edges, either way round, are merged by sum or largest rate."""
    text = gml(
        "source 0 target 1 LinkSpeedRaw 1e9",
        "source 1 target 0 LinkSpeedRaw 2e9",
        "source 0 target 1 LinkSpeedRaw 4e9",
    )
    summed = read(write("p.gml", text), Options(), 0)
    assert rates(summed) == {("n0", "n1"): 7.0, ("n1", "n0"): 7.0}
    assert "merged into others (sum of their rates): 2" in summed["provenance"]
    largest = read(write("p.gml", text), Options(parallel="max"), 0)
    assert rates(largest) == {("n0", "n1"): 4.0, ("n1", "n0"): 4.0}


def test_directed_graph_keeps_its_directions(write: Any) -> None:
    """An arc of a directed graph leads one way; two opposite arcs are not parallel."""
    text = gml(
        "source 0 target 1", "source 1 target 0", "source 1 target 2", head="directed 1"
    )
    rate = rates(read(write("d.gml", text), Options(), 0))
    assert set(rate) == {("n0", "n1"), ("n1", "n0"), ("n1", "n2")}
    assert rate["n0", "n1"] == rate["n1", "n0"]


def test_loops_and_islands_are_counted(write: Any) -> None:
    """Self-loops go, unconnected servers stay, and provenance says how many."""
    text = gml("source 0 target 0", "source 0 target 1", "source 2 target 3", nodes=5)
    document = read(write("i.gml", text), Options(), 0)
    assert len(document["servers"]) == 5
    assert len(document["links"]) == 4
    assert "self-loops dropped: 1;" in document["provenance"]
    assert "Isolated servers: 1;" in document["provenance"]
    assert "cannot reach: 3." in document["provenance"]


def test_lonely_master_is_legal(write: Any) -> None:
    """One node makes an instance: the master works alone."""
    document = read(write("one.gml", gml(nodes=1)), Options(), 0)
    assert document["master"] == "n0"
    assert document["links"] == []


def test_master_is_the_first_with_most_neighbours(write: Any) -> None:
    """Parallel edges make no neighbours, and the first in the file wins a tie."""
    text = gml(
        *["source 3 target 0"] * 4,
        "source 1 target 0",
        "source 1 target 2",
        "source 2 target 3",
        nodes=4,
    )
    assert read(write("m.gml", text), Options(), 0)["master"] == "n0"
    assert read(write("m.gml", text), Options(master="n2"), 0)["master"] == "n2"


def test_unknown_master_names_the_nearest(write: Any) -> None:
    """A misspelt master is a usage error that shows the right spelling."""
    path = write("tiny.gml", GML)
    with pytest.raises(UsageError, match=r"'here1'.*Did you mean 'Here'\?"):
        read(path, Options(master="here1"), 0)


def test_gml_and_graphml_give_one_document(write: Any) -> None:
    """The same network is the same instance, whichever way it was written."""
    first = read(write("tiny.gml", GML), Options(), 5)
    second = read(write("tiny.graphml", GRAPHML), Options(), 5)
    first.pop("provenance")
    assert "2001_02" in second.pop("provenance")
    assert first == second


def test_seed_decides_the_draws(write: Any) -> None:
    """The same seed gives the same document, another seed other numbers."""
    path = write("tiny.gml", GML)
    assert read(path, Options(), 1) == read(path, Options(), 1)
    assert read(path, Options(), 1)["servers"] != read(path, Options(), 2)["servers"]
    with pytest.raises(UsageError, match="seed -1"):
        read(path, Options(), -1)


def test_draws_do_not_depend_on_the_order_in_the_file(write: Any) -> None:
    """Reordering a file's nodes and edges changes no server and no rate."""
    a = gml("source 0 target 1", "source 1 target 2", "source 2 target 0")
    lines = a.splitlines()
    b = "\n".join([lines[0], *reversed(lines[1:-1]), lines[-1]])
    one, two = (
        read(write("a.gml", a), Options(), 3),
        read(write("b.gml", b), Options(), 3),
    )
    assert rates(one) == rates(two)
    assert sorted(one["servers"], key=str) == sorted(two["servers"], key=str)


def test_narrow_ranges_survive_rounding(write: Any) -> None:
    """Rounding to two decimals never leaves the range nor reaches zero."""
    options = Options(ghz_low=0.001, ghz_high=0.002, gbps_low=0.003, gbps_high=0.003)
    document = read(write("n.gml", gml("source 0 target 1")), options, 0)
    assert all(0.001 <= server["ghz"] <= 0.002 for server in document["servers"])
    assert rates(document)["n0", "n1"] == 0.003


def test_provenance_says_where_from(write: Any) -> None:
    """File, network, date, address, licence and seed are in the document."""
    zoo = GML.replace('  label "Tiny"', '  Creator "Topology Zoo Toolset" label "Tiny"')
    path = write("tiny.gml", zoo)
    text = read(path, Options(), 9)["provenance"]
    assert str(path.parent) not in text
    for part in (
        "tiny.gml",
        "Network: Tiny of Tiny Net.",
        "Date: 2001_02.",
        "http://example.org/?a=1&b=2",
        "CC BY 4.0",
        "Knight",
        "ghz drawn uniformly from 1 to 10, 2 decimals, seed 9",
    ):
        assert part in text


def test_gzip_is_undone_whatever_the_name(write: Any) -> None:
    """Compressed files are known by their content."""
    plain = read(write("tiny.gml", GML), Options(), 0)["servers"]
    for name in ("tiny.gml.gz", "tiny.dat"):
        path = write(name, gzip.compress(GML.encode()))
        assert read(path, Options(), 0)["servers"] == plain


def make_tar(**members: str) -> bytes:
    """Return a gzipped tar archive of text files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in members.items():
            item = tarfile.TarInfo(f"gml/{name}.gml")
            item.size = len(text.encode())
            archive.addfile(item, io.BytesIO(text.encode()))
    return buffer.getvalue()


def test_member_of_an_archive(write: Any) -> None:
    """One network of an archive is read by path or name, and others are not."""
    path = write("zoo.tar.gz", make_tar(Tiny=GML, Other=gml()))
    for member in ("Tiny", "Tiny.gml", "gml/Tiny.gml"):
        document = read(path, Options(member=member), 0)
        assert document["name"] == "Tiny"
        assert "zoo.tar.gz, member gml/Tiny.gml" in document["provenance"]
    with pytest.raises(UsageError, match="archive of 2 files"):
        read(path, Options(), 0)
    with pytest.raises(UsageError, match=r"Did you mean 'gml/Tiny\.gml'"):
        read(path, Options(member="tinny"), 0)
    with pytest.raises(UsageError, match="not a tar archive"):
        read(write("tiny.gml", GML), Options(member="Tiny"), 0)
    alone = write("alone.tar.gz", make_tar(Tiny=GML))
    assert read(alone, Options(), 0)["name"] == "Tiny"


def test_broken_archive(write: Any) -> None:
    """A cut-off or empty archive is refused with its name."""
    whole = gzip.decompress(make_tar(Tiny=GML, Other=gml()))
    path = write("cut.tar", whole[:700])
    assert "not a whole tar archive" in refused(path, Options(member="Tiny"))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        folder = tarfile.TarInfo("gml")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    assert "no files" in refused(write("empty.tar", buffer.getvalue()))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (bytes(range(256)) * 4, "not a text file"),
        (b"\x80\xff" * 50, "neither GML"),
        (b"just words", "neither GML"),
        (b'{"nodes": []}', "JSON"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"<html><body>graph [</body></html>", "web page"),
        (b"<svg/>", "line 1: the root is <svg>"),
        (b"<graphml><graph></graphml>", "line 1: not well-formed XML"),
        (b"<graphml/>", "0 graphs"),
        (b"?SNDlib native format; type: network; version: 1.0\n", "importer sndlib"),
        (b'<network xmlns="http://sndlib.zib.de/network"/>', "importer sndlib"),
        (b"graph [ ]", "no nodes"),
        (b"graph [ ] graph [ ]", "2 graphs"),
        (b"graph [\nnode [ id 0 ]", "line 1: not GML: the list 'graph' is not closed"),
        (b"graph [ ] ]", "line 1: not GML: ']' without '['"),
        (b"graph [\nlabel ]", "line 2: not GML: the key 'label' has no value"),
        (b'graph [\nlabel "x ]', "line 2: not GML: a string is not closed"),
        (b"graph [ ]\nlabel", "line 2: not GML: the key 'label'"),
        (b"graph [\n\n7 7 ]", "line 3: not GML: '7' is where a key"),
        (b"graph [ node [ label 1 ] ]", "line 1: node without id"),
        (b"graph [ node [ id 1 ]\nedge [ source 1 ] ]", "line 2: edge without target"),
        (b"graph [ node [ id 1 ]\nnode [ id 01 ] ]", "line 2: node '1' is already"),
        (b"graph [" + b" a [" * 200, "nested too deeply"),
    ],
)
def test_bad_files_are_refused(write: Any, content: bytes, message: str) -> None:
    """Whatever is wrong with a file, the error names file, line and remedy."""
    assert message in refused(write("bad.gml", content))


def test_every_dangling_link_is_named_with_its_line(write: Any) -> None:
    """All links to unknown nodes are reported at once."""
    text = gml("source 0 target 8", "source 0 target 1", "source 9 target 0")
    message = refused(write("x.gml", text))
    assert "line 5: link to the unknown node '8'" in message
    assert "line 7: link to the unknown node '9'" in message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('target="1"', 'target="77"', "line 21: link to the unknown node '77'"),
        ('target="1"', 'to="1"', "line 21: an edge without source or target"),
        ('<node id="5"/>', "<node/>", "line 20: a node without id"),
        ('<node id="5"/>', '<node id="4"/>', "is already in line 19"),
        ('<node id="5"/>', "<hyperedge/>", "line 20: hyperedges"),
        ('<data key="d8">', '<data key="zz">', "undeclared key 'zz'"),
        ('id="d9"/>', "/>", "line 3: a key without id"),
        (
            '<edge source="3"',
            '<edge directed="true" source="3"',
            "line 23: directed='true' on 1 of 4 edges differs",
        ),
        (
            '<node id="5"/>',
            '<node id="5"><graph/></node>',
            "line 20: nested graphs",
        ),
    ],
)
def test_bad_graphml(write: Any, old: str, new: str, message: str) -> None:
    """What GraphML allows and a network cannot mean is refused with its line."""
    assert old in GRAPHML
    assert message in refused(write("bad.graphml", GRAPHML.replace(old, new, 1)))


def test_entity_declarations_are_refused(write: Any) -> None:
    """A few lines of entities could expand to gigabytes, or read other files."""
    bomb = """<?xml version="1.0"?>
<!DOCTYPE graphml [
<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
]>
<graphml><graph><node id="&b;"/></graph></graphml>"""
    assert "line 3: the DOCTYPE declares the entity 'a'" in refused(
        write("bomb.graphml", bomb)
    )
    outside = bomb.replace('a "aaaaaaaaaa"', 'a SYSTEM "file:///etc/hostname"')
    assert "entity 'a'" in refused(write("out.graphml", outside))


def test_deep_xml_is_refused(write: Any) -> None:
    """Nesting cannot exhaust the stack."""
    assert "nested too deeply" in refused(write("deep.graphml", "<a>" * 5000))


def test_encodings(write: Any) -> None:
    """Names with accents survive UTF-8, ISO-8859-1 and character references."""
    text = gml().replace("n0", "Zürich").replace("n1", "Gen&#232;ve")
    for encoding in ("utf-8", "utf-8-sig", "iso-8859-1"):
        document = read(write("e.gml", text.encode(encoding)), Options(), 0)
        ids = [server["id"] for server in document["servers"]]
        assert ids == ["Zürich", "Genève", "n2"]
    xml = GRAPHML.replace("utf-8", "utf-16").replace("Here", "Zürich")
    document = read(write("e.graphml", xml.encode("utf-16")), Options(), 0)
    assert document["master"] == "Zürich"
    unknown = GRAPHML.replace("utf-8", "klingon")
    assert "encoding" in refused(write("k.graphml", unknown))


def test_unreadable_sources(tmp_path: Path, write: Any) -> None:
    """Missing files, folders and cut-off gzip files are told apart."""
    assert "no such file" in refused(tmp_path / "none.gml")
    assert "folder" in refused(tmp_path)
    packed = gzip.compress(GML.encode())
    assert "not a whole gzip" in refused(write("cut.gml.gz", packed[:-20]))
    assert "not a whole gzip" in refused(write("odd.gml.gz", packed[:10] + b"rubbish"))
    assert "not a regular file" in refused(Path("/dev/null"))


def test_huge_files_are_refused(write: Any, monkeypatch: Any) -> None:
    """The size limit holds before and after decompression."""
    monkeypatch.setattr("optkit.network.importers.source.MAX_BYTES", 1000)
    big = GML + " " * 2000
    assert "larger than 1000 bytes" in refused(write("big.gml", big))
    packed = gzip.compress(big.encode())
    assert len(packed) < 1000
    assert "larger than 1000 bytes" in refused(write("big.gml.gz", packed))


def test_sndlib_option_is_refused(write: Any) -> None:
    """An option that means nothing here is an error, not passed over."""
    with pytest.raises(UsageError, match="capacity_unit_gbps"):
        read(write("tiny.gml", GML), Options(capacity_unit_gbps=1.0), 0)
