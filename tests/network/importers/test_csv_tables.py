"""Networks in CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.files.left_out import SourceWarning

LINKS = """source,target,gbps,latency_s
hub,east,10,0.002
hub,west,2.5,
"""

NODES = """id,ghz,roles,longitude,latitude
hub,3.2,server|router,8.55,47.37
east,2.4,,,
west,,,,
"""


def read(folder: Path, links: str, nodes: str = "", **options: Any) -> Any:
    """Return the network of two tables."""
    (folder / "links.csv").write_text(links)
    if nodes:
        (folder / "nodes.csv").write_text(nodes)
        options["nodes"] = folder / "nodes.csv"
    return optkit.import_file("csv", folder / "links.csv", **options)


def faults(folder: Path, links: str, nodes: str = "", **options: Any) -> str:
    """Return the error of two tables."""
    with pytest.raises(InvalidFileError) as caught:
        read(folder, links, nodes, **options)
    return str(caught.value)


def test_two_tables(tmp_path: Path) -> None:
    """Values are where their columns say; empty cells are unknown."""
    network = read(tmp_path, LINKS, NODES, name="campus")
    assert network.name == "campus"
    hub, east, west = network.nodes
    assert (hub.id, hub.ghz, hub.roles) == ("hub", 3.2, ("server", "router"))
    assert (hub.position, network.coordinates) == ((8.55, 47.37), "geographic")
    assert (east.ghz, east.position, west.ghz) == (2.4, None, None)
    assert [link.gbps for link in network.links] == [10.0, 2.5]
    assert [link.latency_s for link in network.links] == [0.002, None]
    assert "links.csv and nodes.csv" in network.provenance
    assert "licence" not in network.provenance.lower()


def test_links_alone_and_other_columns(tmp_path: Path) -> None:
    """Without a table of nodes, the ends of links are the nodes; columns have any name."""
    table = "A;B;Mbps\n1;2;1000\n2;3;\n"
    network = read(
        tmp_path,
        table,
        source_column="A",
        target_column="B",
        rate_attribute="Mbps",
        rate_unit_gbps=0.001,
        direction="directed",
    )
    assert [node.id for node in network.nodes] == ["1", "2", "3"]
    assert [link.gbps for link in network.links] == [1.0, None]
    assert network.directed


def test_all_faults_at_once(tmp_path: Path) -> None:
    """Misspelt ids, isolated nodes, bad rates and mixed directions are one error."""
    links = (
        "source,target,gbps,directed\nhub,east,0,yes\nhub,wst,1,no\nhub,east,ten,no\n"
    )
    said = faults(tmp_path, links, NODES.replace("2.4", "-2.4"))
    for part in (
        "links.csv, line 3: link to the unknown node 'wst'; did you mean 'west'",
        "links.csv, line 2: gbps '0' is no number",
        "links.csv, line 4: gbps 'ten' is no number",
        "links.csv, line 2: 1 of 3 links are directed",
        "nodes.csv, line 3: ghz '-2.4' is no number",
        "nodes.csv, line 4: no link names the node 'west'",
    ):
        assert part in said, part


def test_isolated_nodes_are_kept_if_wanted(tmp_path: Path) -> None:
    """A node without links is most often a fault; it can be kept."""
    network = read(tmp_path, "source,target\nhub,east\n", NODES, isolated="keep")
    assert len(network.nodes) == 3


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ("from,to\na,b\n", "no column 'source'. Columns: from, to. --source-column"),
        ("source,target,source\na,b,c\n", "two columns are called 'source'"),
        ("source,target\na\n", "line 2"),
        ("source,target\na,\n", "column 2 (target): '' is empty"),
        ("source,target,roles\n", "the network has no nodes"),
        ("", "the file is empty"),
        ("source,target,directed\na,b,perhaps\n", "neither true nor false"),
    ],
)
def test_bad_tables(links: str, said: str, tmp_path: Path) -> None:
    """Each fault names its line and what would be right."""
    assert said in faults(tmp_path, links)


def test_columns_that_options_name_must_be_there(tmp_path: Path) -> None:
    """A misspelt option is a fault of the command, and lists the columns."""
    with pytest.raises(UsageError, match=r"option source_column.*Columns: source, tar"):
        read(tmp_path, LINKS, source_column="src")
    with pytest.raises(UsageError, match=r"Did you mean 'gbps'"):
        read(tmp_path, LINKS, rate_attribute="gpbs")
    with pytest.raises(UsageError, match="rate_unit_gbps has no effect"):
        read(tmp_path, LINKS, rate_unit_gbps=0.001)


SITES = "id,Longitude,Latitude,name\nA,8.50,47.40,x\nB,8.51,47.40,y\nC,8.60,47.40,z\n"


def test_links_by_distance_and_devices(tmp_path: Path) -> None:
    """A hundredth of a degree of longitude at 47.4 degrees north is 753 m."""
    sites, users = tmp_path / "sites.csv", tmp_path / "users.csv"
    sites.write_text(SITES)
    users.write_text("Latitude,Longitude\n47.40,8.509\n47.40,8.59\n")
    with pytest.warns(SourceWarning, match="'name' on 3 of 3 nodes is not used.$"):
        network = optkit.import_file(
            "csv", nodes=sites, connect_km=0.76, devices=users, name="town"
        )
    pairs = [(link.source, link.target) for link in network.links]
    assert pairs == [("A", "B"), ("B", "device 1"), ("C", "device 2")]
    assert [node.roles for node in network.nodes[2:]] == [
        None,
        ("device",),
        ("device",),
    ]
    assert "1 links were added between nodes within 0.76 km" in network.provenance
    apart = optkit.import_file("csv", nodes=sites, connect_km=0.75)
    assert apart.links == ()


def test_links_by_distance_need_positions(tmp_path: Path) -> None:
    """Missing positions and tables, and ids that are taken, are refused."""
    path = tmp_path / "n.csv"
    path.write_text("id,longitude,latitude\na,1,2\nb,,\n")
    with pytest.raises(UsageError, match=r"connect_km: 1 of 2 nodes have no.*\(b\)"):
        optkit.import_file("csv", nodes=path, connect_km=1)
    with pytest.raises(UsageError, match="no table to read"):
        optkit.import_file("csv")
    with pytest.raises(UsageError, match="name the file to read"):
        optkit.import_file("gml")
    path.write_text("id,longitude,latitude\na,1,2\n")
    with pytest.raises(InvalidFileError, match="'a' is the id of a node"):
        optkit.import_file("csv", nodes=path, devices=path)
    path.write_text("id,x,y\na,1,2\n")
    with pytest.raises(UsageError, match="does not say what positions are"):
        optkit.import_file("csv", nodes=path, connect_km=1)


def test_wrong_options_and_wrong_values_come_together(tmp_path: Path) -> None:
    """Every attribute that is not there is named, with those there are, and all else."""
    links = "source,target,gbps,directed\nhub,east,-1,true\neast,quite new,0,false\n"
    nodes = "id,ghz\nhub,1\neast,0\n"
    with pytest.raises(UsageError) as caught:
        read(tmp_path, links, nodes, rate_attribute="capacity", ghz_attribute="speed")
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == [
        "option rate_attribute",
        "option ghz_attribute",
    ]
    assert lines[0].endswith("There are: directed, gbps.")
    assert lines[1].endswith("There are: ghz.")
    assert (
        "links.csv, line 3: link to the unknown node 'quite new'; add the node" in lines
    )
    assert "1 of 2 links are directed" in lines[-1]
