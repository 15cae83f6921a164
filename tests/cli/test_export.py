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


@pytest.fixture
def discovery(tmp_path: Path) -> Path:
    """Return a file with a small discovery instance."""
    path = tmp_path / "network.json"
    made = optkit.generate("discovery", nodes=6, windows=2, seed=1)
    optkit.save_instance(made, path)
    return path


def test_discovery_is_exported_as_a_bilevel_pair(
    optkit_command: Command, discovery: Path, tmp_path: Path
) -> None:
    """The aux file comes with its MPS file, and both have the same optimum."""
    aux, mps = tmp_path / "pair.aux", tmp_path / "pair.mps"
    written = optkit_command("export", discovery, "-o", aux)
    assert written.status == 0
    assert str(mps) in written.err
    pair, original = (
        optkit.solve(optkit.load(mps)),
        optkit.solve(optkit.load(discovery)),
    )
    assert pair.objective == pytest.approx(original.objective, rel=1e-6)
    assert optkit_command("export", discovery, "-o", aux).status == 0
    mps.write_text("mine")
    refused = optkit_command("export", discovery, "-o", aux)
    assert refused.status == 2
    assert mps.read_text() == "mine"


MPS = """NAME t
ROWS
 N cost
 L r0
COLUMNS
 x[1] cost -1 r0 1
 y cost -1 r0 1
RHS
 b r0 4
BOUNDS
 BV b x[1]
 UP b y 3
ENDATA
"""
AUX = "N 1\nM 1\nLC y\nLR r0\nLO 1\nOS 1\n"


@pytest.fixture
def mps(tmp_path: Path) -> Path:
    """Return an MPS file, with an aux file of another name beside it."""
    path = tmp_path / "t.mps"
    path.write_text(MPS)
    (tmp_path / "mine.aux").write_text(AUX)
    return path


def test_the_aux_file_may_be_named(
    optkit_command: Command, mps: Path, instance: Path, tmp_path: Path
) -> None:
    """--aux names the aux file in every command that takes an MPS file."""
    aux, answer = mps.with_name("mine.aux"), tmp_path / "answer.json"
    assert optkit_command("solve", mps).status == 3
    assert optkit_command("solve", mps, "--aux", aux, "-o", answer).status == 0
    for command in (["check", mps, answer], ["show", mps, answer], ["validate", mps]):
        assert optkit_command(*command, "--aux", aux).status == 0
    made = tmp_path / "made.json"
    assert optkit_command("import", "mibs", mps, "--aux", aux, "-o", made).status == 0
    assert optkit_command("check", made, answer).status == 0
    refused = optkit_command("solve", instance, "--aux", aux)
    assert refused.status == 2
    assert "only an .mps file" in refused.err


@pytest.mark.parametrize("other", ["other.mps", "other.lp", "other.mps.gz"])
def test_an_ending_that_says_another_format_is_refused(
    optkit_command: Command, mps: Path, tmp_path: Path, other: str
) -> None:
    """An aux file is not written over a file whose ending says MPS or LP."""
    path = tmp_path / other
    path.write_text("mine")
    aux = mps.with_name("mine.aux")
    refused = optkit_command("export", mps, "--aux", aux, "--format", "aux", "-o", path)
    assert refused.status == 2
    assert path.read_text() == "mine"


def test_the_files_that_are_read_are_not_replaced(
    optkit_command: Command, mps: Path
) -> None:
    """Neither file of a pair is replaced by what is exported from it."""
    aux = mps.with_suffix(".aux")
    aux.write_text(AUX)
    assert optkit_command("export", mps, "-o", aux).status == 2
    assert optkit_command("export", aux, "-o", mps).status == 2
    assert (mps.read_text(), aux.read_text()) == (MPS, AUX)


def test_renamed_columns_are_said(
    optkit_command: Command, mps: Path, tmp_path: Path
) -> None:
    """What LP files cannot hold is renamed, and the command says so."""
    path = tmp_path / "out.lp"
    aux = mps.with_name("mine.aux")
    written = optkit_command("export", mps, "--aux", aux, "-o", path)
    assert "1 columns are renamed, such as 'x[1]' to 'x_1_'" in written.err
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    solver.run()
    assert solver.getObjectiveValue() == pytest.approx(-4.0)
