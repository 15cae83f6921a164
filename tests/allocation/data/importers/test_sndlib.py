"""The SNDlib importer on files written for its traps."""

from __future__ import annotations

import contextlib
import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optkit.allocation.data.importers.options import Options
from optkit.allocation.data.importers.sndlib import read
from optkit.core.errors import InvalidFileError
from optkit.network.importers.graph import FileEdge, check_graph
from optkit.network.importers.sndlib import has_opposite_links
from optkit.network.importers.sndlib_native import parse_native

NATIVE = """?SNDlib native format; type: network; version: 1.0
# network tiny

META (
  time = 1999
  unit = MBITPERSEC
  origin = somebody (at a place), see page #3
)

# <node_id> [(<longitude>, <latitude>)]
NODES (
  A ( 1.0 2.0 )
  B ( 1.5, 2.5 )
  C
  D ( 0 0 )  # a comment ( with brackets
)

LINKS (
  L1 ( A B ) 9920.00 0.00 0.00 0.00 ( 40000.00 133.00 )
  L2 ( B C ) 0.00 0.00 0.00 0.00 ( 622.00 1.00 155.00 2.00 )
  L3 ( C D ) 0.00 0.00 0.00 0.00 ( )
  L4 ( D A ) -3 0.00 0.00 0.00 ( )
)

DEMANDS (
  D1 ( A C ) 1 3580.00 UNLIMITED
)

ADMISSIBLE_PATHS (
  D1 ( P1 ( L1 L2 ) )
)
"""

XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<network xmlns="http://sndlib.zib.de/network" version="1.0">
 <meta><time>1999</time><unit>MBITPERSEC</unit></meta>
 <networkStructure>
  <nodes coordinatesType="geographical">
   <node id="A"><coordinates><x>1.0</x><y>2.0</y></coordinates></node>
   <node id="B"/>
   <node id="C"/>
   <node id="D"/>
  </nodes>
  <links>
   <link id="L1"><source>A</source><target>B</target>
    <preInstalledModule><capacity>9920.0</capacity><cost>0</cost></preInstalledModule>
    <additionalModules>
     <addModule><capacity>40000.0</capacity><cost>133.0</cost></addModule>
    </additionalModules>
   </link>
   <link id="L2"><source>B</source><target>C</target>
    <additionalModules>
     <addModule><capacity>622.0</capacity><cost>1.0</cost></addModule>
     <addModule><capacity>155.0</capacity><cost>2.0</cost></addModule>
    </additionalModules>
   </link>
   <link id="L3"><source>C</source><target>D</target></link>
   <link id="L4"><source>D</source><target>A</target>
    <preInstalledModule><capacity>-3</capacity></preInstalledModule>
   </link>
  </links>
 </networkStructure>
</network>
"""


def rates(document: dict[str, Any]) -> dict[tuple[str, str], float]:
    """Return the rate of every link by its ends."""
    return {(k["source"], k["target"]): k["gbps"] for k in document["links"]}


def refused(path: Path) -> str:
    """Return the text of the error that reading ``path`` ends in."""
    with pytest.raises(InvalidFileError) as caught:
        read(path, Options(), 0)
    assert caught.value.source == str(path)
    return str(caught.value)


@pytest.mark.parametrize(("name", "text"), [("tiny.txt", NATIVE), ("tiny.xml", XML)])
def test_capacities_become_rates(write: Any, name: str, text: str) -> None:
    """Pre-installed capacity goes first, then the largest module."""
    document = read(write(name, text), Options(default_gbps=3.0), 0)
    rate = rates(document)
    assert rate["A", "B"] == rate["B", "A"] == 9.92
    assert rate["B", "C"] == 0.622
    assert rate["C", "D"] == rate["D", "A"] == 3.0
    assert document["name"] == "tiny"
    assert [server["id"] for server in document["servers"]] == list("ABCD")
    assert "taken from the file: 2; assumed: 2," in document["provenance"]
    assert "no number): 1." in document["provenance"]
    assert "Capacities are in MBITPERSEC." in document["provenance"]


def test_native_and_xml_give_one_document(write: Any) -> None:
    """The same network is the same instance, whichever way it was written."""
    first = read(write("tiny.txt", NATIVE), Options(), 4)
    second = read(write("tiny.xml", XML), Options(), 4)
    first.pop("provenance")
    second.pop("provenance")
    assert first == second


def test_provenance_says_where_from(write: Any) -> None:
    """File, date, the file's own origin with its brackets, and the citation stay."""
    path = write("tiny.txt", NATIVE)
    text = read(path, Options(), 0)["provenance"]
    assert str(path.parent) not in text
    for part in ("tiny.txt", "Date: 1999.", "somebody (at a place), see page #3"):
        assert part in text
    assert "Networks 55(3), 2010" in text


@pytest.mark.parametrize("unit", ["", "unit = STM1"])
def test_unknown_unit_is_not_guessed(write: Any, unit: str) -> None:
    """Capacities without a unit count only where an option says what one is."""
    path = write("u.txt", NATIVE.replace("unit = MBITPERSEC", unit))
    plain = read(path, Options(), 0)
    assert "capacities were not used as speeds" in plain["provenance"]
    assert "taken from the file: 0; assumed: 4," in plain["provenance"]
    scaled = read(path, Options(capacity_unit_gbps=0.5), 0)
    assert rates(scaled)["A", "B"] == 4960.0
    assert "one unit was taken as 0.5 Gbit/s" in scaled["provenance"]


@pytest.mark.parametrize(
    ("unit", "gbps"),
    [
        ("KBITPERSEC", 0.00992),
        ("GBITPERSEC", 9920.0),
        ("BITPERSEC", 9.92e-6),
        ("Mbit/s", 9.92),
        ("Gbps", 9920.0),
    ],
)
def test_units(write: Any, unit: str, gbps: float) -> None:
    """Every unit of bit/s means its power of ten, and beats the option."""
    path = write("u.txt", NATIVE.replace("MBITPERSEC", unit))
    assert rates(read(path, Options(capacity_unit_gbps=5.0), 0))["A", "B"] == gbps


def test_links_listed_both_ways_are_directed(write: Any) -> None:
    """Opposite arcs are not parallel cables: capacities must not double."""
    text = NATIVE[: NATIVE.index("LINKS")] + (
        "LINKS ( F ( A B ) 1000 0 0 0 ( ) G ( B A ) 2000 0 0 0 ( ) )"
    )
    document = read(write("arcs.txt", text), Options(), 0)
    assert rates(document) == {("A", "B"): 1.0, ("B", "A"): 2.0}
    assert "read as directed links" in document["provenance"]


def test_parallel_links_are_merged(write: Any) -> None:
    """Two links with the same ends become one with the sum of their rates."""
    path = write("p.txt", NATIVE.replace("( B C ) 0.00", "( B A ) 80.00"))
    document = read(path, Options(direction="undirected"), 0)
    assert rates(document)["A", "B"] == 10.0
    assert "(sum of their rates): 1;" in document["provenance"]


def test_has_opposite_links_ignores_loops() -> None:
    """A lone loop proves nothing about directions."""
    assert not has_opposite_links([FileEdge("A", "A", 1, {})])
    assert not has_opposite_links([])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.split("\n", 1)[1],
        lambda text: text.replace("NODES (", "nodes\n("),
        lambda text: text.replace(" 0.00 0.00 0.00", "\n 0.00\n0.00 0.00"),
        lambda text: text[: text.index("DEMANDS")],
        lambda text: text.replace("( )", ""),
    ],
    ids=[
        "crlf",
        "bom",
        "headless",
        "lower-case",
        "broken-lines",
        "no-demands",
        "short",
    ],
)
def test_native_is_read_with_tolerance(write: Any, change: Any) -> None:
    """Line ends, marks, missing tails and free layout do not change a network."""
    plain = read(write("tiny.txt", NATIVE), Options(), 0)
    assert rates(read(write("tiny.txt", change(NATIVE)), Options(), 0)) == rates(plain)


def test_numbers_as_node_ids(write: Any) -> None:
    """Networks whose nodes are numbered are read like any other."""
    text = "NODES ( 1 2 ( 0 0 ) 3 )\nLINKS ( L ( 1 2 ) 5 0 0 0 ( 7 1 ) M ( 2 3 ) 0 0 )"
    document = read(write("n.txt", text), Options(capacity_unit_gbps=1.0), 0)
    assert rates(document)["1", "2"] == 5.0
    assert len(document["links"]) == 4


def test_xml_in_latin_1_and_gzip(write: Any) -> None:
    """The declared encoding is used, compressed or not."""
    text = XML.replace(">A<", ">Köln<").replace('id="A"', 'id="Köln"')
    data = text.encode("iso-8859-1")
    for name, content in (("k.xml", data), ("k.xml.gz", gzip.compress(data))):
        document = read(write(name, content), Options(), 0)
        assert document["servers"][0]["id"] == "Köln"
        assert document["name"] == "k"


def test_content_decides_not_the_ending(write: Any) -> None:
    """A native file saved as .xml is still a native file."""
    document = read(write("tiny.xml", NATIVE), Options(), 0)
    assert "(native, SNDlib)" in document["provenance"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (bytes(range(256)), "not a text file"),
        (b"\xfe\x01 rubbish", "neither SNDlib native"),
        (b"graph [ node [ id 0 ] ]", "neither SNDlib native"),
        (b'{"NODES": 1}', "JSON"),
        (b"<!doctype HTML><p>", "web page"),
        (b"<graphml/>", "importer topology-zoo"),
        (b"<network/>", "no <networkStructure>"),
        (b'<network xmlns="http://example.org"/>', "line 1: the root is <network>"),
        (b"<network>\n<a></network>", "line 2: not well-formed XML"),
        (b"<network><networkStructure/></network>", "no nodes"),
        (b'<!DOCTYPE n [<!ENTITY x "y">]>\n<network/>', "declares the entity 'x'"),
        (b"?SNDlib native format; type: solution; version: 1.0", "line 1: type 'solu"),
        (b"?SNDlib native format; type: network; version: 2.0", "line 1: version '2"),
        (b"?SNDlib native format; type: network; version: 1.0", "no section 'NODES"),
        (b"NODES ( )", "no nodes"),
        (b"NODES ( A", "line 1: the section NODES is not closed"),
        (b"META (\nunit = X\n", "no section 'NODES"),
        (b"NODES ( A )\nMETA (\nunit = X\n", "line 2: the section META is not closed"),
        (b"NODES ( A ) )", "line 1: ')' without '('"),
        (b"NODES ( A )\n( B )", "line 2: '(' without a section name"),
        (b"NODES ( A )\nNODES ( B )", "line 2: a second section NODES"),
        (b"NODES ( A )\nLINKS", "line 2: 'LINKS' is outside"),
        (b"NODES ( A )\nLINKS M ( )", "line 2: '(' is expected after"),
        (b"NODES (\n( 1 2 ) A )", "line 2: coordinates without a node"),
        (b"NODES ( A\nA )", "line 2: node 'A' is already in line 1"),
        (b"NODES ( A )\nLINKS ( L )", "line 2: a link is written"),
        (b"NODES ( A )\nLINKS ( L ( A ) )", "line 2: the link 'L' has 1 ends"),
        (b"NODES ( A )\nLINKS (\nL ( A Z ) )", "line 3: link to the unknown node 'Z'"),
        (b"NODES ( A )\nLINKS ( L ( A A )\nL ( A A ) )", "line 3: the link 'L' is"),
        (b"NODES ( A" + b" (" * 50, "brackets deep"),
    ],
)
def test_bad_files_are_refused(write: Any, content: bytes, message: str) -> None:
    """Whatever is wrong with a file, the error names file, line and remedy."""
    if content.startswith(b"META"):
        content = b"?SNDlib native format\n" + content
        message = "line 2: the section META is not closed"
    assert message in refused(write("bad.txt", content))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<target>B", "<target>Z", "line 12: link to the unknown node 'Z'"),
        ("<target>B</target>", "", "line 12: a link without <source> or <target>"),
        ('<node id="B"/>', "<node/>", "line 7: a node without id"),
        ('<node id="B"/>', '<node id="A"/>', "line 7: node 'A' is already"),
        ('<link id="L2">', '<link id="L1">', "line 18: the link 'L1' is already"),
    ],
)
def test_bad_xml_networks(write: Any, old: str, new: str, message: str) -> None:
    """Wrong references in XML are refused with their line."""
    assert old in XML
    assert message in refused(write("bad.xml", XML.replace(old, new, 1)))


def checked(text: str) -> None:
    """Parse ``text``; only the one error may come out."""
    with contextlib.suppress(InvalidFileError):
        check_graph(parse_native(text, "fuzz"), "fuzz")


WORDS = st.sampled_from(
    ["(", ")", "\n", " ", "#", "=", "META", "NODES", "LINKS", "A", "B", "L1", "1", "-"]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join)))
def test_native_parser_raises_one_error_only(text: str) -> None:
    """No text, however garbled, gets anything but a file error out of the parser."""
    checked(text)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(NATIVE)), st.integers(0, 40), st.text(max_size=8))
def test_garbled_native_files(at: int, length: int, put: str) -> None:
    """A file with a piece cut out or replaced is read or refused, never a crash."""
    checked(NATIVE[:at] + put + NATIVE[at + length :])


@pytest.mark.slow
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.one_of(st.binary(), st.binary().map(lambda b: NATIVE.encode() + b)))
def test_random_bytes(tmp_path: Path, data: bytes) -> None:
    """Random bytes through the whole importer end in a document or a file error."""
    path = tmp_path / "random.txt"
    path.write_bytes(data)
    with contextlib.suppress(InvalidFileError):
        assert read(path, Options(), 0)["servers"]
