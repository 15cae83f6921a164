"""Networks on the command line: from a table to a drawn answer."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from tests.cli.command import Command

LINKS = "source,target,gbps\nhub,east,10\nhub,west,2.5\neast,north,4\n"
NODES = "id,ghz\nhub,3.2\neast,2.4\nwest,2\nnorth,1.5\n"


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    """Write a table of links and one of nodes."""
    links, nodes = tmp_path / "links.csv", tmp_path / "nodes.csv"
    links.write_text(LINKS)
    nodes.write_text(NODES)
    return links, nodes


@pytest.mark.slow
def test_three_commands_from_tables_to_a_drawn_answer(
    optkit_command: Command, tables: tuple[Path, Path], tmp_path: Path
) -> None:
    """Import, solve (which checks) and show; no fourth command is needed."""
    links, nodes = tables
    instance, answer, picture = (tmp_path / n for n in ("i.json", "a.json", "p.svg"))
    made = optkit_command(
        "import", "csv", "--links", links, "--nodes", nodes,
        "--family", "allocation", "--set", "master=hub", "--set", "size-gbit=4",
        "-o", instance,
    )  # fmt: skip
    assert made.status == 0
    assert "The capacitance of 4 of 4 nodes is not known" in made.err
    assert optkit_command("solve", instance, "-o", answer).status == 0
    assert optkit_command("show", instance, answer, "-o", picture).status == 0
    assert picture.read_bytes().startswith(b"<?xml")


def test_a_network_file_is_a_file_like_others(
    optkit_command: Command, tables: tuple[Path, Path], tmp_path: Path
) -> None:
    """It is validated, shown and used; where an instance is needed, it is refused."""
    links, nodes = tables
    path = tmp_path / "net.json"
    made = optkit_command("import", "csv", links, "--nodes", nodes, "-o", path)
    assert made.status == 0
    assert "network: 4 nodes, 3 links" in made.err
    assert optkit_command("validate", path).out.split()[2] == "network"
    assert "links of known rate" in optkit_command("show", path).out
    made = optkit_command(
        "generate", "allocation", "--network", path, "--master", "hub",
        "--assume", "capacitance=0.01", "--assume", "tx_watt=1", "--strict",
    )  # fmt: skip
    assert made.status == 0
    assert made.document["master"] == "hub"
    refused = optkit_command("solve", path)
    assert refused.status == 3
    assert "a network, not an instance; optkit generate FAMILY --network" in refused.err
    assert optkit_command("show", path, path).status == 2


def test_nothing_is_invented_in_silence(
    optkit_command: Command, tables: tuple[Path, Path], tmp_path: Path
) -> None:
    """What is filled is said on standard error, and refused if strict."""
    path = tmp_path / "net.json"
    assert optkit_command("import", "csv", tables[0], "-o", path).status == 0
    filled = optkit_command("generate", "allocation", "--network", path)
    assert filled.status == 0
    assert "warning" in filled.err
    assert "computing power of 4 of 4 nodes is not known" in filled.err
    refused = optkit_command("generate", "allocation", "--network", path, "--strict")
    assert refused.status == 2
    assert "--assume ghz=VALUE or --ghz-low" in refused.err


def test_outputs_never_replace_what_is_read(
    optkit_command: Command, tables: tuple[Path, Path], tmp_path: Path
) -> None:
    """The network and the table of nodes are inputs like the file that is imported."""
    links, nodes = tables
    path = tmp_path / "net.json"
    refused = optkit_command("import", "csv", links, "--nodes", nodes, "-o", nodes)
    assert refused.status == 2
    assert optkit_command("import", "csv", links, "-o", path).status == 0
    again = optkit_command("generate", "allocation", "--network", path, "-o", path)
    assert again.status == 2
    assert optkit.load(path).SCHEMA == "optkit/network"


@pytest.mark.slow
def test_pictures_of_networks(
    optkit_command: Command, tables: tuple[Path, Path], tmp_path: Path
) -> None:
    """A network is drawn to any kind of file."""
    path = tmp_path / "net.json"
    optkit_command("import", "csv", tables[0], "-o", path)
    for name, start in (("n.svg", b"<?xml"), ("n.html", b"<!"), ("n.png", b"\x89PNG")):
        assert optkit_command("show", path, "-o", tmp_path / name).status == 0
        assert (tmp_path / name).read_bytes().startswith(start)


def test_a_network_that_changes(
    optkit_command: Command, tables: tuple[Path, Path], tmp_path: Path
) -> None:
    """Times are whole numbers, later networks are files like the first, and safe."""
    links, _ = tables
    first, second, made = (tmp_path / n for n in ("a.json", "b.json", "made.json"))
    optkit_command("import", "csv", "--links", links, "-o", first)
    links.write_text(LINKS.replace("hub,west", "east,west"))
    optkit_command("import", "csv", "--links", links, "-o", second)
    words = ("generate", "sync", "--network", first, "--then", second)
    answer = optkit_command(*words, "--at", 5, "--then", first, "--at", 9, "-o", made)
    assert answer.status == 0, answer.err
    assert "The latency of 4 of 4 links is not known" in answer.err
    instance = optkit.load(made)
    assert [change.slot for change in instance.changes] == [5, 9]
    assert instance.changes[1].links == instance.links
    for time, said in (
        ("3.5", "'3.5' is not a whole number"),
        ("0", "a change is at 1 or later"),
        ("300", "300 is past the last of 300 slots"),
    ):
        refused = optkit_command(*words, "--at", time)
        assert refused.status == 2
        assert said in refused.err
    replaced = optkit_command(*words, "--at", 5, "-o", second)
    assert replaced.status == 2
    assert "would replace" in replaced.err
