"""A stream that is closed, full or left by its reader costs no answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import Command

FULL = Path("/dev/full")

needs_full = pytest.mark.skipif(
    not FULL.exists(), reason="no device that is always full"
)


def _shell(
    redirection: str, *arguments: str | Path
) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable]
    return subprocess.run(
        [*command, "-m", "optkit", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "redirection", [">&-", pytest.param(">/dev/full", marks=needs_full)]
)
@pytest.mark.parametrize("json_option", [(), ("--json",)])
def test_output_that_cannot_be_written_is_named(
    instance: Path, tmp_path: Path, redirection: str, json_option: tuple[str, ...]
) -> None:
    """The answer is in its file, and the status says that printing failed."""
    output = tmp_path / "answer.json"
    done = _shell(redirection, "solve", instance, "-q", "-o", output, *json_option)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: standard output cannot be written: ")
    assert done.stderr.count("\n") == 1
    assert json.loads(output.read_text())["status"] == "optimal"


@pytest.mark.slow
@pytest.mark.parametrize(
    "redirection",
    [
        "2>&-",
        "2>&- <&-",
        pytest.param("2>/dev/full", marks=needs_full),
    ],
)
def test_notes_that_cannot_be_written_are_dropped(
    instance: Path, tmp_path: Path, redirection: str
) -> None:
    """Without standard error a solve ends as usual."""
    output = tmp_path / "answer.json"
    done = _shell(redirection, "solve", instance, "--json", "-o", output)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(output.read_text())


@pytest.mark.slow
def test_nothing_is_open(instance: Path, tmp_path: Path) -> None:
    """With all streams closed, no file gets what is meant for a stream."""
    output, events = tmp_path / "answer.json", tmp_path / "events.jsonl"
    done = _shell(">&- 2>&- <&-", "solve", instance, "-o", output, "--events", events)
    assert done.returncode == 2
    assert json.loads(output.read_text())["status"] == "optimal"
    assert all(map(json.loads, events.read_text().splitlines()))


LONG = "n" * 300


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("solve", "INSTANCE", "-o", LONG), 2),
        (("solve", "INSTANCE", "--events", LONG), 2),
        (("solve", LONG), 3),
        (("solve", "INSTANCE", "--initial", LONG), 3),
        (("check", "INSTANCE", LONG), 3),
        (("validate", LONG), 3),
        (("show", "INSTANCE", "-o", f"{LONG}.svg"), 2),
        (("export", "INSTANCE", "-o", f"{LONG}.mps"), 2),
        (("generate", "allocation", "-o", LONG), 2),
        (("import", "topology-zoo", LONG), 3),
        (("pareto", "INSTANCE", "-o", LONG), 2),
        (("train", "sync", "INSTANCE", "-o", LONG), 2),
        (("reproduce", "allocation/fig-5", "-o", LONG, "--pictures", "no"), 2),
        (("bench", "run", LONG, "-o", "study"), 3),
        (("bench", "run", "SUITE", "-o", LONG), 2),
        (("bench", "status", LONG), 3),
        (("bench", "export", LONG, "-o", "runs.csv"), 3),
        (("solve", "INSTANCE", "--config", LONG), 3),
    ],
)
def test_a_name_that_is_too_long(
    optkit_command: Command,
    instance: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    status: int,
) -> None:
    """A name over 255 bytes is refused as any other that cannot be read or written."""
    monkeypatch.chdir(tmp_path)
    suite = tmp_path / "suite.toml"
    suite.write_text(
        'schema = "optkit/suite"\nschema_version = 1\nname = "s"\n'
        f'[[instances]]\nfiles = ["{instance.name}"]\n[[solvers]]\nsolver = "pmo"\n'
    )
    names = {"INSTANCE": str(instance), "SUITE": str(suite)}
    answer = optkit_command(*(names.get(word, word) for word in arguments))
    assert answer.status == status, answer.err
    assert "defect" not in answer.err
    assert LONG in answer.err.replace("\n", "")
