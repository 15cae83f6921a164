"""Networks of other people: own attributes, own labels, own licences, one-way links."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.allocation.instance import AllocationInstance
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

YED = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
 xmlns:y="http://www.yworks.com/xml/graphml">
<key for="node" id="d6" yfiles.type="nodegraphics"/>
<graph edgedefault="directed"><node id="n0"><data key="d6"><y:ShapeNode>
<y:NodeLabel>core<y:LabelModel/></y:NodeLabel></y:ShapeNode></data></node>
</graph></graphml>
"""

ONE_WAY = """?SNDlib native format; type: network; version: 1.0
META (
 unit = GBITPERSEC
)
NODES ( A ( 0 0 ) B ( 1 0 ) C ( 0 1 ) )
LINKS (
  AB ( A B ) 10.00 0.00 0.00 0.00 ( )
  BA ( B A ) 2.50 0.00 0.00 0.00 ( )
  CA ( C A ) 1.00 0.00 0.00 0.00 ( )
)
"""


def taken(path: Path, text: str, form: str = "topology-zoo", **options: Any) -> Any:
    """Return the instance of a file with ``text`` in it."""
    path.write_text(text, encoding="utf-8")
    instance = optkit.import_instance(form, path, **options)
    assert isinstance(instance, AllocationInstance)
    return instance


def links(instance: Any) -> list[tuple[str, str, float]]:
    """Return the links of an instance."""
    return [(link.source, link.target, link.gbps) for link in instance.links]


def test_own_attributes_are_used_where_they_are_named(tmp_path: Path) -> None:
    """Rates and computing power come from the attributes that options name."""
    options = {"rate_attribute": "capacity", "ghz_attribute": "ghz"}
    with pytest.warns(SourceWarning, match="computing power of 1 of 3 servers"):
        instance = taken(tmp_path / "net.graphml", GRAPHML, **options)
    assert [server.ghz for server in instance.servers][:2] == [3.2, 2.4]
    assert links(instance)[0] == ("hub", "east", 10.0)
    assert links(instance)[2] == ("hub", "west", 2.5)
    assert "Computing power of 2 servers is from the file" in instance.provenance


def test_own_attributes_are_named_where_nobody_reads_them(tmp_path: Path) -> None:
    """A warning and the provenance name what the file has and nobody reads."""
    said = "Edge attribute 'capacity' on 2 of 2 edges is not used: --rate-attribute"
    with pytest.warns(SourceWarning, match=said):
        instance = taken(tmp_path / "net.graphml", GRAPHML)
    assert said in instance.provenance
    assert "Node attribute 'ghz' on 2 of 3 nodes is not used" in instance.provenance


def test_ids_and_licence_are_the_files_own(tmp_path: Path) -> None:
    """Nodes without a label keep their ids, and no other project's licence is claimed."""
    instance = taken(tmp_path / "net.graphml", GRAPHML)
    assert [server.id for server in instance.servers] == ["hub", "east", "west"]
    assert "CC BY" not in instance.provenance
    zoo = 'graph [ Creator "Topology Zoo Toolset" node [ id 0 label "a" ] ]'
    assert "CC BY 4.0" in taken(tmp_path / "zoo.gml", zoo).provenance


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"rate_attribute": "capasity"}, UsageError, "Did you mean 'capacity'"),
        ({"ghz_attribute": "ghz"}, InvalidFileError, "line 4: ghz '1_0' is no number"),
        ({"direction": "directed"}, UsageError, "sndlib files only"),
    ],
)
def test_wrong_attributes_are_refused(
    options: dict[str, Any], error: type[Exception], said: str, tmp_path: Path
) -> None:
    """Unknown attributes and values that are no numbers are refused."""
    with pytest.raises(error, match=said):
        taken(tmp_path / "net.graphml", GRAPHML.replace("3.2", "1_0"), **options)


def test_labels_of_yed_are_read(tmp_path: Path) -> None:
    """Nodes that yEd drew have their labels within their shapes."""
    instance = taken(tmp_path / "y.graphml", YED)
    assert [server.id for server in instance.servers] == ["core"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "net.graphml",
            GRAPHML.replace(
                "</data></node>", '</data>\n<data key="d0">4</data></node>'
            ),
            "line 5: data 'ghz' is already in line 4",
        ),
        (
            "net.gml",
            'graph [ node [ id 0\nlabel "a"\nlabel "b" ] ]',
            "line 3: 'label' is already in line 2",
        ),
    ],
)
def test_two_values_of_one_key_are_refused(
    name: str, text: str, said: str, tmp_path: Path
) -> None:
    """Where a file gives two values, both lines are named."""
    with pytest.raises(InvalidFileError, match=said):
        taken(tmp_path / name, text)


def test_opposite_links_are_directed_unless_said(tmp_path: Path) -> None:
    """Links that lead both ways are kept as given, or added up if an option says so."""
    path = tmp_path / "d.txt"
    assert links(taken(path, ONE_WAY, "sndlib")) == [
        ("A", "B", 10.0),
        ("B", "A", 2.5),
        ("C", "A", 1.0),
    ]
    undirected = taken(path, ONE_WAY, "sndlib", direction="undirected")
    assert links(undirected)[0] == ("A", "B", 12.5)
    assert len(links(undirected)) == 4
    alone = ONE_WAY.replace("  BA ( B A ) 2.50 0.00 0.00 0.00 ( )\n", "")
    assert len(links(taken(path, alone, "sndlib"))) == 4
    assert len(links(taken(path, alone, "sndlib", direction="directed"))) == 2
