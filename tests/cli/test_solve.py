"""``optkit solve``: limits, events, workers and outputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Command

INSTANCES = Path(__file__).resolve().parents[2] / "instances"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30", 30.0), ("0.5", 0.5), ("30s", 30.0), ("10m", 600.0), ("1h30m", 5400.0)],
)
def test_durations(
    optkit_command: Command, instance: Path, text: str, seconds: float
) -> None:
    """A time limit may have a unit."""
    answer = optkit_command("solve", instance, "-s", "local", "--json", "-t", text)
    assert answer.document["limits"] == {"time": seconds}


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("--workers", "2")])
def test_the_time_limit_is_held(
    optkit_command: Command, large: Path, workers: tuple[str, ...]
) -> None:
    """A run that would take years ends at its limit, and reports that."""
    answer = optkit_command("solve", large, "-s", "pmo", "-t", "2", "--json", *workers)
    assert answer.status == 0
    assert answer.document["termination"]["reason"] == "time-limit"
    assert sum(answer.document["timings"].values()) <= 2 * 1.05 + 0.2


def test_every_limit_has_a_flag(optkit_command: Command, instance: Path) -> None:
    """Each flag sets the limit of its name."""
    answer = optkit_command(
        *("solve", instance, "-s", "ga", "--json", "--iterations", "3"),
        *("--evaluations", "900", "--gap", "1e-9", "--target=-1", "-t", "60"),
        *("--memory-limit", "90000"),
    )
    assert answer.document["limits"] == {
        "time": 60.0,
        "iterations": 3,
        "evaluations": 900,
        "gap": 1e-9,
        "target": -1.0,
        "memory": 90000.0,
    }


@pytest.mark.slow
def test_workers_do_not_change_the_solution(
    optkit_command: Command, instance: Path
) -> None:
    """The solution is the same with no worker, one and two."""
    arguments = ("solve", instance, "-s", "ga", "--iterations", "4", "--json")
    solutions = [
        optkit_command(*arguments, *workers).document["solution"]
        for workers in ((), ("--workers", "1"), ("--workers", "2"))
    ]
    assert solutions[0] == solutions[1] == solutions[2]


def test_events(optkit_command: Command, instance: Path, tmp_path: Path) -> None:
    """Events are appended as JSON lines, from start to end, in order of time."""
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


def test_unwritable_outputs_are_refused_first(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """An output that cannot be written ends in 2 before the run starts."""
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
        assert "limits" not in answer.err, "the run started"
    assert instance.read_bytes() == before


def test_the_backend_is_an_option_of_the_solver(
    optkit_command: Command, instance: Path
) -> None:
    """``--backend`` sets it; an unknown one, or two different ones, are errors."""
    arguments = ("solve", instance, "-s", "milp", "--json")
    answer = optkit_command(*arguments, "--backend", "scip", "-t", "30")
    assert answer.document["solver"]["options"]["backend"] == "scip"
    mixed = ("--backend", "highs", "--set", "backend=scip")
    assert optkit_command(*arguments, "--backend", "none").status == 2
    assert optkit_command(*arguments, *mixed).status == 2


def test_auto_with_a_backend_takes_a_solver_that_uses_it(
    optkit_command: Command, instance: Path
) -> None:
    """Whatever ``auto`` takes otherwise, and it says why; sync has none to take."""
    answer = optkit_command("solve", instance, "--backend", "highs", "--json")
    assert answer.document["solver"]["name"] == "milp"
    assert answer.document["solver"]["options"]["backend"] == "highs"
    assert "backend" in answer.document["solver"]["chosen"]
    sync = INSTANCES / "sync" / "two-devices-each.json"
    assert optkit_command("solve", sync, "--backend", "highs").status == 13


def test_auto_says_why(optkit_command: Command, instance: Path) -> None:
    """The output has the reason for the choice of ``auto``."""
    answer = optkit_command("solve", instance)
    assert "auto chose it:" in answer.out


def test_the_familys_bound_can_be_turned_off(
    optkit_command: Command, instance: Path
) -> None:
    """With --no-bound only the solver's own bound counts; the answer is the same."""
    arguments = ("solve", instance, "-s", "multi-hop", "--json")
    asked = optkit_command(*arguments).document
    alone = optkit_command(*arguments, "--no-bound").document
    assert alone["bound"] < asked["bound"]
    assert alone["bound_source"] != asked["bound_source"]
    assert alone["solution"] == asked["solution"]
    assert alone["timings"]["bound_s"] == 0.0 < asked["timings"]["bound_s"]
