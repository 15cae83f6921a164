"""Limits, events, workers and outputs of optkit solve."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Command


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30", 30.0), ("0.5", 0.5), ("30s", 30.0), ("10m", 600.0), ("1h30m", 5400.0)],
)
def test_durations(
    optkit_command: Command, instance: Path, text: str, seconds: float
) -> None:
    """A time limit is read in the units that people write."""
    found = optkit_command("solve", instance, "-s", "local", "--json", "-t", text)
    assert found.document["limits"] == {"time": seconds}


@pytest.mark.parametrize("workers", [(), ("--workers", "2")])
def test_the_time_limit_is_held(
    optkit_command: Command, large: Path, workers: tuple[str, ...]
) -> None:
    """A run that would take years ends at its limit, as it reports itself."""
    found = optkit_command("solve", large, "-s", "pmo", "-t", "2", "--json", *workers)
    assert found.status == 0
    assert found.document["termination"]["reason"] == "time-limit"
    assert sum(found.document["timings"].values()) <= 2 * 1.05 + 0.2


def test_every_limit_arrives(optkit_command: Command, instance: Path) -> None:
    """Each limit's flag is the limit of that name."""
    found = optkit_command(
        *("solve", instance, "-s", "ga", "--json", "--iterations", "3"),
        *("--evaluations", "900", "--gap", "1e-9", "--target=-1", "-t", "60"),
        *("--memory-limit", "90000"),
    )
    assert found.document["limits"] == {
        "time": 60.0,
        "iterations": 3,
        "evaluations": 900,
        "gap": 1e-9,
        "target": -1.0,
        "memory": 90000.0,
    }


def test_workers_change_nothing(optkit_command: Command, instance: Path) -> None:
    """One worker and two give the same solution as none."""
    arguments = ("solve", instance, "-s", "ga", "--iterations", "4", "--json")
    found = [
        optkit_command(*arguments, *workers).document["solution"]
        for workers in ((), ("--workers", "1"), ("--workers", "2"))
    ]
    assert found[0] == found[1] == found[2]


def test_events(optkit_command: Command, instance: Path, tmp_path: Path) -> None:
    """Events are appended one JSON line each, from start to end, in order of time."""
    path = tmp_path / "events.jsonl"
    path.write_text('{"event": "earlier"}\n')
    optkit_command("solve", instance, "--events", path)
    events = [json.loads(line) for line in path.read_text().splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[:2] == ["earlier", "start"]
    assert kinds[-1] == "end"
    assert {"incumbent", "bound"} <= set(kinds)
    times = [event["time"] for event in events[1:]]
    assert times == sorted(times)


def test_unwritable_outputs_are_found_first(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """An output that cannot be written ends in 2 before anything is solved."""
    before = instance.read_bytes()
    for option, path in (
        ("-o", tmp_path / "no" / "answer.json"),
        ("-o", tmp_path),
        ("-o", instance),
        ("-o", "/dev/null"),
        ("--events", tmp_path / "no" / "events.jsonl"),
        ("--events", tmp_path),
        ("--events", instance),
    ):
        answer = optkit_command("solve", instance, option, path)
        assert answer.status == 2, (option, path)
        assert answer.out == ""
        assert "limits" not in answer.err, "the run began"
    assert instance.read_bytes() == before


def test_the_backend_is_an_option_of_the_solver(
    optkit_command: Command, instance: Path
) -> None:
    """--backend sets it; two different ones, or an unknown one, are an error."""
    arguments = ("solve", instance, "-s", "milp", "--json")
    found = optkit_command(*arguments, "--backend", "scip", "-t", "30")
    assert found.document["solver"]["options"]["backend"] == "scip"
    mixed = ("--backend", "highs", "--set", "backend=scip")
    assert optkit_command(*arguments, "--backend", "none").status == 2
    assert optkit_command(*arguments, *mixed).status == 2


def test_auto_says_why(optkit_command: Command, instance: Path) -> None:
    """The choice of auto comes with its reason."""
    found = optkit_command("solve", instance)
    assert "auto chose it:" in found.out
