"""A run in its own process: whatever happens there is a row, and nothing else suffers."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from optkit.bench.isolation import perform
from optkit.bench.record import Outcome
from optkit.bench.suite import KillPart
from optkit.core.solving import registry
from tests.bench.faults import FAULTS, task

QUICK = KillPart(time_factor=1.0, time_grace=0.3)


@pytest.fixture(autouse=True)
def _faults(monkeypatch: pytest.MonkeyPatch) -> None:
    registry.solvers("allocation")
    for name, fault in FAULTS.items():
        monkeypatch.setitem(registry._SOLVERS, ("allocation", name), fault)


def test_a_good_run_brings_back_its_solution(tmp_path: Path) -> None:
    """What a solver finds arrives whole: figures, check, trajectory and solution file."""
    found = perform(task(tmp_path, "block"), QUICK)
    assert found["outcome"] is Outcome.DONE
    assert found["verified"] is True
    assert found["status"] == "optimal"
    assert found["solution"]["objective"] == found["objective"]
    assert 0 < found["timing"]["wall"] < found["timing"]["whole"]


@pytest.mark.parametrize(
    ("solver", "outcome", "said"),
    [
        ("hang", Outcome.KILLED_TIME, "did not stop"),
        ("crash", Outcome.CRASH, "SIGABRT; it printed: the end is near"),
        ("broken", Outcome.ERROR, "ZeroDivisionError: division by zero"),
    ],
)
def test_a_run_that_misbehaves_is_a_row(
    tmp_path: Path, solver: str, outcome: Outcome, said: str
) -> None:
    """A solver that hangs, dies or raises is named, with what it said last."""
    found = perform(task(tmp_path, solver, time=0.2), QUICK, method="fork")
    assert found["outcome"] is outcome
    assert said in found["detail"]
    assert not multiprocessing.active_children()


def test_a_run_that_takes_too_much_memory_is_killed(tmp_path: Path) -> None:
    """A memory limit holds for a solver that does not keep to it itself."""
    kill = KillPart(time_grace=60.0, memory=600.0)
    found = perform(task(tmp_path, "greedy"), kill, method="fork")
    assert found["outcome"] is Outcome.KILLED_MEMORY
    assert found["timing"]["memory_mib"] > 600


def test_a_run_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """An instance file that is damaged ends the run, not the study."""
    given = task(tmp_path, "block")
    given.instance.write_text("{")
    found = perform(given, QUICK)
    assert found["outcome"] is Outcome.ERROR
    assert "not JSON" in found["detail"]


def test_limits_that_a_solver_cannot_hold_are_an_exclusion(tmp_path: Path) -> None:
    """A limit that a solver does not know excludes it, which is not a failure of it."""
    found = perform(task(tmp_path, "block", evaluations=10), QUICK)
    assert found["outcome"] is Outcome.UNSUPPORTED
    assert "evaluation limit" in found["detail"]
