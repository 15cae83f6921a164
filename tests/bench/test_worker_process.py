"""A run's own process."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from optkit.bench.worker_process import WorkerTask, planned_instance
from optkit.core.errors import InvalidFileError
from tests.bench.faults import task


def test_a_run_solves_only_the_planned_instance(tmp_path: Path) -> None:
    """A file with another instance is an error, never a result for the planned one."""
    run = task(tmp_path, "hang")
    assert planned_instance(run).sha256 == run.run.sha256
    other = tmp_path / "other.json"
    optkit.save_instance(optkit.generate("allocation", servers=5, seed=1), other)
    with pytest.raises(InvalidFileError, match="not the planned"):
        planned_instance(WorkerTask(run.run, other, None, run.output))
