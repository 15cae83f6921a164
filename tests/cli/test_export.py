"""``optkit export``."""

from __future__ import annotations

from pathlib import Path

import highspy
import pytest

import optkit
from tests.cli.command import Command


@pytest.mark.parametrize("ending", ["mps", "lp"])
def test_export_is_readable(
    optkit_command: Command, instance: Path, tmp_path: Path, ending: str
) -> None:
    """Another solver reads the model, with its names, and finds the same optimum."""
    path = tmp_path / f"model.{ending}"
    assert optkit_command("export", instance, "-o", path).status == 0
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    assert solver.getNumCol() > 0
    assert "load_gbit" in path.read_text()
    solver.run()
    optimum = optkit.solve(optkit.load(instance), "milp").objective
    assert solver.getObjectiveValue() == pytest.approx(optimum, rel=1e-5)
