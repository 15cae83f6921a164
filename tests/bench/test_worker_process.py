"""A run's own process."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.bench.worker_process import WorkerTask, _solve, planned_instance
from optkit.core.errors import InvalidFileError
from optkit.core.solving import registry
from optkit.core.solving.family_bounds import FamilyBound
from tests.bench.faults import Fault, task


def test_a_run_solves_only_the_planned_instance(tmp_path: Path) -> None:
    """A file with another instance is an error, never a result for the planned one."""
    run = task(tmp_path, "hang")
    assert planned_instance(run).sha256 == run.run.sha256
    other = tmp_path / "other.json"
    optkit.save_instance(optkit.generate("allocation", servers=5, seed=1), other)
    with pytest.raises(InvalidFileError, match="not the planned"):
        planned_instance(WorkerTask(run.run, other, None, run.output))


def test_the_familys_bound_counts_in_no_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A study's solver has its whole limit, and the bound after it is not in its time."""
    left: list[float] = []

    class Quick(Fault):
        name = "quick"

        def run(self, instance: Any, run: optkit.Run) -> optkit.Outcome:
            left.append(run.remaining())
            return optkit.Outcome(optkit.Reason.CONVERGED)

    def slow(*_: Any) -> float:
        time.sleep(0.2)
        return 0.0

    planned = task(tmp_path, "hang")
    bounds = [FamilyBound("slow", slow)]
    monkeypatch.setattr("optkit.core.solving.harness.bounds_of", lambda *_: bounds)
    monkeypatch.setattr(registry, "usable_solver_class", lambda *_: Quick)
    columns = _solve(
        replace(planned.run, limits={"time": 50.0}), planned_instance(planned)
    )
    assert left[0] > 49.0
    assert columns["bound"] == 0.0
    assert columns["timing"]["bound"] >= 0.2
    assert columns["timing"]["wall"] < columns["timing"]["bound"]
