"""GraphML, GML, Topology Zoo and SNDlib files as networks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.files.left_out import SourceWarning

GRAPHML = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d1" for="edge" attr.name="capacity"/><key id="d0" for="node" attr.name="ghz"/>
<graph edgedefault="undirected">
<node id="hub"><data key="d0">3.2</data></node>
<node id="east"><data key="d0">2.4</data></node>
<node id="west"/>
<edge source="hub" target="east"><data key="d1">10.0</data></edge>
<edge source="hub" target="west"><data key="d1">2.5</data></edge>
</graph></graphml>
"""

GML = """graph [ Creator "Topology Zoo Toolset"
node [ id 0 label "A" Longitude 8.5 Latitude 47.4 ]
node [ id 1 label "B" ]
edge [ source 0 target 1 LinkSpeedRaw 10000000000.0 ]
edge [ source 1 target 1 ]
]"""

XML = """<network xmlns="http://sndlib.zib.de/network"><networkStructure>
<nodes coordinatesType="geographical">
<node id="A"><coordinates><x>8.5</x><y>47.4</y></coordinates></node><node id="B"/>
</nodes><links><link id="l"><source>A</source><target>B</target></link></links>
</networkStructure></network>"""


def read(form: str, path: Path, text: str, **options: Any) -> Any:
    """Return the network of a file with ``text`` in it."""
    path.write_text(text)
    return optkit.import_file(form, path, **options)


def test_graphml_with_own_attributes(tmp_path: Path) -> None:
    """Named attributes are read; unnamed ones are said, and nothing is drawn."""
    path = tmp_path / "net.graphml"
    said = "Edge attribute 'capacity' on 2 of 2 edges is not used: --rate-attribute"
    with pytest.warns(SourceWarning, match=said):
        silent = read("graphml", path, GRAPHML)
    assert [link.gbps for link in silent.links] == [None, None]
    assert "CC BY" not in silent.provenance
    named = read("graphml", path, GRAPHML, rate_attribute="capacity")
    assert [link.gbps for link in named.links] == [10.0, 2.5]
    assert [node.ghz for node in named.nodes] == [3.2, 2.4, None]


def test_gml_of_the_zoo(tmp_path: Path) -> None:
    """Speeds, labels, positions and the licence come from the file; loops are left out."""
    path = tmp_path / "net.gml"
    with pytest.warns(SourceWarning, match=r"self-loops \(1\)"):
        network = read("gml", path, GML)
    assert [node.id for node in network.nodes] == ["A", "B"]
    assert network.nodes[0].position == (8.5, 47.4)
    assert network.coordinates == "geographic"
    assert [link.gbps for link in network.links] == [10.0]
    assert "CC BY 4.0" in network.provenance
    assert read("topology-zoo", path, GML, family="network") == network


def test_sndlib_keeps_positions(tmp_path: Path) -> None:
    """Coordinates are kept, and geographic where the file says so."""
    network = read("sndlib", tmp_path / "n.xml", XML, family="network")
    assert network.nodes[0].position == (8.5, 47.4)
    assert network.coordinates == "geographic"
    native = "?SNDlib native format; type: network; version: 1.0\nNODES ( A ( 3 4 ) B )"
    network = read("sndlib", tmp_path / "n.txt", native, family="network")
    assert [node.position for node in network.nodes] == [(3.0, 4.0), None]
    assert network.coordinates is None


def test_the_other_format_is_named(tmp_path: Path) -> None:
    """GML is no GraphML, and the error names the importer to use."""
    with pytest.raises(InvalidFileError, match="this is GML; use the importer gml"):
        read("graphml", tmp_path / "net.graphml", GML)


def test_faults_of_graph_and_attributes_together(tmp_path: Path) -> None:
    """A dangling edge and a bad value are one error."""
    text = GRAPHML.replace('target="west"', 'target="wst"').replace("3.2", "fast")
    with pytest.raises(InvalidFileError) as caught:
        read("graphml", tmp_path / "net.graphml", text)
    assert len(caught.value.issues) == 2


def test_families_of_networks(tmp_path: Path) -> None:
    """A format of networks makes instances, too; settings go to the generator."""
    path = tmp_path / "net.graphml"
    instance = read(
        "graphml",
        path,
        GRAPHML,
        rate_attribute="capacity",
        family="allocation",
        settings={"master": "east", "assume": "ghz=2"},
    )
    assert instance.master == "east"
    assert [server.ghz for server in instance.servers] == [3.2, 2.4, 2.0]
    assert {link.gbps for link in instance.links} == {10.0, 2.5}
    assert read("topology-zoo", path, GRAPHML).SCHEMA == "optkit/allocation"
    with pytest.raises(UsageError, match="makes a network; name a family"):
        optkit.import_instance("graphml", path)
    with pytest.raises(UsageError, match="settings of a generator"):
        read("topology-zoo", path, GRAPHML, settings={"master": "east"})
    with pytest.raises(UsageError, match="makes no instance from a network"):
        read("graphml", path, GRAPHML, family="bilevel")
    with pytest.raises(UsageError, match="unknown family"):
        read("graphml", path, GRAPHML, family="alocation")


def test_strict_import_refuses_to_fill(tmp_path: Path) -> None:
    """The instance that today's command would fill is refused if strict."""
    with pytest.raises(UsageError, match="strict refuses to fill"):
        read("topology-zoo", tmp_path / "net.graphml", GRAPHML, strict=True)
    path = tmp_path / "net.graphml"
    with pytest.raises(
        UsageError, match=r"strict refuses to leave anything out\. Edge"
    ):
        read("graphml", path, GRAPHML, strict=True)
    named: dict[str, Any] = {"rate_attribute": "capacity", "strict": True}
    assert read("graphml", path, GRAPHML, **named).links
    with pytest.raises(UsageError, match="ghz of 1 of 3 nodes is not known"):
        read("graphml", path, GRAPHML, family="allocation", **named)


@pytest.mark.slow
def test_every_map_of_the_zoo_is_a_network(public_data: Callable[..., Path]) -> None:
    """Each map becomes a network, and the network an allocation instance."""
    folder = public_data("topology_zoo") / "topology_zoo" / "gml"
    for path in sorted(folder.glob("*.gml")):
        network = optkit.import_file("topology-zoo", path, family="network")
        usual = optkit.import_instance("topology-zoo", path)
        made: Any = optkit.generate("allocation", network=network)
        assert [s.id for s in made.servers] == [s.id for s in usual.servers]  # type: ignore[attr-defined]
        assert {(x.source, x.target) for x in made.links} == {
            (x.source, x.target)
            for x in usual.links  # type: ignore[attr-defined]
        }


@pytest.mark.parametrize(
    ("form", "right", "wrong", "words"),
    [
        ("graphml", '="undirected"', '="both"', "edgedefault='both' is neither"),
        (
            "graphml",
            '<edge source="hub"',
            '<edge directed="no" source="hub"',
            "is neither",
        ),
        ("gml", "graph [", "graph [ directed true", "directed is 0 or 1, not 'true'"),
        ("gml", "graph [", "graph [ directed 0\ndirected 1", "already in line 1"),
    ],
)
def test_directions_are_one_of_two(
    tmp_path: Path, form: str, right: str, wrong: str, words: str
) -> None:
    """A direction that is misspelt or given twice is not read as undirected."""
    text = {"graphml": GRAPHML, "gml": GML}[form]
    with pytest.raises(InvalidFileError, match=words):
        read(form, tmp_path / f"net.{form}", text.replace(right, wrong, 1))


def test_everything_that_is_wrong_with_a_graph_is_said_at_once(tmp_path: Path) -> None:
    """Directions, ends, rates and speeds; and attributes that are not there."""
    text = (
        GRAPHML.replace('source="hub" target="east"', 'source="hub" target="eats"')
        .replace(
            '<edge source="hub" target="west"', '<edge directed="true" source="hub"'
        )
        .replace(">10.0<", ">-10<")
        .replace(">3.2<", ">0<")
    )
    with pytest.raises(InvalidFileError) as caught:
        read("graphml", tmp_path / "bad.graphml", text, rate_attribute="capacity")
    messages = [issue.message.split(";")[0] for issue in caught.value.issues]
    assert messages == [
        "an edge without source or target",
        "directed='true' on 1 of 2 edges differs from the graph's edgedefault",
        "link to the unknown node 'eats'",
        "capacity '-10' is no number of Gbit/s between 1e-15 and 1e+15: correct it",
        "ghz '0' is no number of GHz between 1e-15 and 1e+15: correct it",
    ]
    with pytest.raises(UsageError) as wrong:
        read("graphml", tmp_path / "bad.graphml", text, rate_attribute="bandwidth")
    lines = str(wrong.value).splitlines()
    assert lines[0].endswith("There are: capacity.")
    assert len(lines) == 5
