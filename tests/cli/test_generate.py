"""``optkit generate``."""

from __future__ import annotations

import json
from pathlib import Path

import optkit
from tests.cli.command import Command


def test_generate_is_the_library(optkit_command: Command, tmp_path: Path) -> None:
    """The command makes the same instance as the function, in a file or printed."""
    path = tmp_path / "network.json"
    arguments = ("generate", "allocation", "--servers", "5", "--seed", "3")
    assert optkit_command(*arguments, "-o", path).out == ""
    expected = optkit.generate("allocation", seed=3, servers=5)
    assert json.loads(path.read_text()) == expected.document()
    assert optkit_command(*arguments).document == expected.document()


def test_options_of_tools_are_described(optkit_command: Command) -> None:
    """Help describes the options of generators and importers, with defaults."""
    page = optkit_command("generate", "allocation", "--help").out
    assert "--edge-probability" in page
    assert "number of servers" in page
    assert "[default: erdos-renyi]" in page
    page = optkit_command("import", "topology-zoo", "--help").out
    assert "--default-gbps" in page


def test_a_switch_can_be_turned_off(optkit_command: Command, tmp_path: Path) -> None:
    """``--no-cloud`` makes a network without a cloud."""
    path = tmp_path / "network.json"
    words = ("--no-cloud", "--aps", 3, "--servers", 2, "--types", 1, "--intervals", 5)
    answer = optkit_command("generate", "dispatch", *words, "-o", path)
    assert answer.status == 0, answer.err
    servers = json.loads(path.read_text())["servers"]
    assert [server["kind"] for server in servers] == ["edge", "edge"]
