"""Networks as lists of edges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import optkit
from optkit.core.errors import InvalidFileError


def read(path: Path, text: str, **options: Any) -> Any:
    """Return the network of a list of edges."""
    path.write_text(text)
    return optkit.import_file("edge-list", path, **options)


def test_words_are_ends_rate_and_latency(tmp_path: Path) -> None:
    """Rates and latencies may be missing, and comments are skipped."""
    text = "# a b\n1 2\n2,3,10 # fast\n\n3 1 2.5 0.1\n"
    network = read(tmp_path / "e.txt", text)
    assert [node.id for node in network.nodes] == ["1", "2", "3"]
    assert [link.gbps for link in network.links] == [None, 10.0, 2.5]
    assert network.links[2].latency_s == 0.1
    assert read(tmp_path / "e.txt", text, direction="directed").directed


def test_lists_of_networkx(tmp_path: Path) -> None:
    """What networkx writes is read, attributes included."""
    path = tmp_path / "e.txt"
    graph = nx.Graph()
    graph.add_edge("a", "b", capacity=4, note="x y")
    graph.add_edge("b", "c")
    nx.write_edgelist(graph, path)
    network = optkit.import_file("edge-list", path, rate_attribute="capacity")
    assert [link.gbps for link in network.links] == [4.0, None]


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    """Lines of one word, of too many, and broken braces are one error."""
    text = "a\na b 1 2 3\na b {'x': \na b 0\n"
    with pytest.raises(InvalidFileError) as caught:
        read(tmp_path / "e.txt", text)
    assert [issue.path for issue in caught.value.issues] == [
        "line 1",
        "line 2",
        "line 3",
    ]
    with pytest.raises(InvalidFileError, match="line 1: gbps '0' is no number"):
        read(tmp_path / "e.txt", "a b 0")
    with pytest.raises(InvalidFileError, match="no nodes"):
        read(tmp_path / "e.txt", "# nothing\n")


@pytest.mark.parametrize("line", ["a b 1,5", "a,,10", ",b", "a;;10", "a b;10"])
def test_words_are_divided_in_one_way(tmp_path: Path, line: str) -> None:
    """A decimal comma is no rate and a latency, and an empty word moves no other."""
    with pytest.raises(InvalidFileError, match=r"line 1: .* by one of them in a line"):
        read(tmp_path / "e.txt", line)
    network = read(tmp_path / "e.txt", "a , b, 10,\nb;c;;\nc\td\t2")
    assert [link.gbps for link in network.links] == [10.0, None, 2.0]
