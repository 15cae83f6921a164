"""Runs in their own processes: whatever happens there becomes an outcome."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from optkit.bench.isolation import run_isolated
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


def test_a_good_run_returns_its_solution(tmp_path: Path) -> None:
    """A result arrives complete: values, check, timing and solution file."""
    columns = run_isolated(task(tmp_path, "block"), QUICK)
    assert columns["outcome"] is Outcome.DONE
    assert columns["verified"] is True
    assert columns["status"] == "optimal"
    assert columns["solution"]["objective"] == columns["objective"]
    assert 0 < columns["timing"]["wall"] < columns["timing"]["whole"]


@pytest.mark.parametrize(
    ("solver", "outcome", "detail"),
    [
        ("hang", Outcome.KILLED_TIME, "did not stop"),
        ("crash", Outcome.CRASH, "SIGABRT; it printed: the end is near"),
        ("broken", Outcome.ERROR, "ZeroDivisionError: division by zero"),
    ],
)
def test_a_run_that_misbehaves_has_an_outcome(
    tmp_path: Path, solver: str, outcome: Outcome, detail: str
) -> None:
    """A solver that hangs, dies or raises gets its outcome, with its last output."""
    columns = run_isolated(task(tmp_path, solver, time=0.2), QUICK, method="fork")
    assert columns["outcome"] is outcome
    assert detail in columns["detail"]
    assert not multiprocessing.active_children()


def test_a_run_that_takes_too_much_memory_is_killed(tmp_path: Path) -> None:
    """The memory limit also holds for a solver that ignores it."""
    kill = KillPart(time_grace=60.0, memory=600.0)
    columns = run_isolated(task(tmp_path, "greedy"), kill, method="fork")
    assert columns["outcome"] is Outcome.KILLED_MEMORY
    assert columns["timing"]["memory_mib"] > 600


def test_a_damaged_instance_file_is_an_error(tmp_path: Path) -> None:
    """A damaged instance file ends the run, not the study."""
    damaged = task(tmp_path, "block")
    damaged.instance.write_text("{")
    columns = run_isolated(damaged, QUICK)
    assert columns["outcome"] is Outcome.ERROR
    assert "not JSON" in columns["detail"]


def test_unsupported_limits_are_an_exclusion(tmp_path: Path) -> None:
    """A limit that a solver does not support excludes it, and is not its failure."""
    columns = run_isolated(task(tmp_path, "block", evaluations=10), QUICK)
    assert columns["outcome"] is Outcome.UNSUPPORTED
    assert "evaluation limit" in columns["detail"]
