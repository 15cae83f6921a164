"""``optkit import``."""

from __future__ import annotations

from pathlib import Path

import optkit
from tests.cli.command import Command


def test_import(optkit_command: Command, tmp_path: Path) -> None:
    """A network of another format becomes an instance, and the note describes it."""
    source, path = tmp_path / "net.gml", tmp_path / "net.json"
    source.write_text(
        'graph [ node [ id 0 label "a" ] node [ id 1 label "b" ]'
        " edge [ source 0 target 1 ] ]"
    )
    answer = optkit_command(
        "import", "topology-zoo", source, "--seed", "1", "--master", "b", "-o", path
    )
    assert answer.status == 0
    assert "2 servers" in answer.err
    assert optkit.load(path).document()["master"] == "b"
