"""``optkit validate``."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import Command


def test_every_file_and_every_problem_is_reported(
    optkit_command: Command, instance: Path, answer: Path, tmp_path: Path
) -> None:
    """Each file gets a line, all problems of bad files are listed, and the status is 3."""
    bad = tmp_path / "bad.json"
    document = json.loads(instance.read_text())
    document["servers"][0]["ghz"] = -1
    document["mastre"] = "0"
    bad.write_text(json.dumps(document))
    result = optkit_command("validate", bad, instance, tmp_path / "none.json", answer)
    assert result.status == 3
    lines = [line.split()[:3] for line in result.out.splitlines()]
    assert lines == [
        ["bad", str(bad)],
        ["ok", str(instance), "allocation"],
        ["bad", str(tmp_path / "none.json")],
        ["ok", str(answer), "solution/allocation"],
    ]
    assert "servers[0].ghz" in result.err
    assert "mastre" in result.err
    assert "no such file" in result.err
