"""``optkit alternatives``."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import Command

SHIPPED = Path(__file__).resolve().parents[2] / "instances"
PROGRAM = SHIPPED / "bilevel" / "moore-bard.json"


def test_the_best_decisions_are_printed_and_written(
    optkit_command: Command, tmp_path: Path
) -> None:
    """Each file passes the check; the order is that of the objectives."""
    folder = tmp_path / "best"
    done = optkit_command("alternatives", PROGRAM, "-n", "3", "-o", folder)
    assert done.status == 0, done.err
    assert "the first 3: proven" in " ".join(done.out.split())
    for index, objective in enumerate((-22.0, -21.0, -18.0)):
        path = folder / f"solution-{index:02d}.json"
        assert json.loads(path.read_text())["objective"] == objective
        assert optkit_command("check", PROGRAM, path).status == 0
    answer = optkit_command("alternatives", PROGRAM, "-n", "99", "--json", "-q")
    found = json.loads(answer.out)
    assert (found["complete"], found["proven"]) == (True, 8)
    assert len(found["decisions"]) == 8


def test_what_makes_no_sense_is_refused(
    optkit_command: Command, instance: Path
) -> None:
    """No decisions asked for; an output folder that is a file; another family."""
    assert optkit_command("alternatives", PROGRAM, "-n", "0").status == 2
    assert optkit_command("alternatives", PROGRAM, "-o", PROGRAM).status == 2
    assert optkit_command("alternatives", instance).status == 13
