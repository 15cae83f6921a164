"""Tests of writing MPS, LP and aux files."""

from __future__ import annotations

from pathlib import Path

import highspy
import pytest

import optkit
from optkit.bilevel.data.formats.mps import parse_mps
from optkit.bilevel.data.formats.readers import MibsOptions, import_mibs
from optkit.bilevel.data.formats.writers import aux_file, to_aux, to_lp, to_mps
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.testing import random_instances
from tests.bilevel.examples import column, instance, moore_bard


@pytest.mark.slow
@pytest.mark.parametrize("form", ["names", "index"])
def test_what_is_written_reads_back(tmp_path: Path, form: str) -> None:
    """MPS and aux files of random instances read back as the same instance."""
    for _, original in random_instances(31, 8):
        (tmp_path / "again.mps").write_bytes(to_mps(original))
        (tmp_path / "again.aux").write_bytes(to_aux(original, form))  # type: ignore[arg-type]
        again = optkit.load(tmp_path / "again.mps")
        assert isinstance(again, BilevelInstance)
        assert again.columns == original.columns
        # Coefficients come back column by column, which is another order in a row.
        assert [row.model_dump() for row in again.rows] == [
            row.model_dump() for row in original.rows
        ]
        first, second = optkit.solve(original), optkit.solve(again)
        assert first.objective == second.objective


def test_awkward_instances_are_written() -> None:
    """Ranges, free rows, negative bounds, empty columns, names with blanks are written."""
    awkward = instance(
        columns=[
            {"id": "a b", "level": "upper", "lower": -5.0, "upper": -2.0, "integer": True},
            {"id": "a_b", "level": "upper", "upper": -1.5},
            {"id": "9", "level": "upper"},
            column("y", "lower", 3.0),
        ],
        rows=[
            {"id": "r r", "level": "lower", "lower": -9.0, "upper": 9.0,
             "coefficients": {"a b": 1.0, "y": 1.0}},
            {"id": "none", "level": "upper", "coefficients": {"a_b": 1.0}},
            {"id": "equal", "level": "upper", "lower": 0.1, "upper": 0.1,
             "coefficients": {"9": 0.1}},
        ],
        upper_objective={"sense": "max", "constant": 2.0, "coefficients": {"y": 1.0}},
    )  # fmt: skip
    model = parse_mps(to_mps(awkward).decode(), "written")
    assert list(model.columns) == ["a_b_2", "a_b", "9", "y"]
    assert model.lower == [-5.0, -float("inf"), -float("inf"), 0.0]
    assert model.upper == [-2.0, -1.5, float("inf"), 3.0]
    assert model.low == [-9.0, -float("inf"), 0.1]
    assert model.high == [9.0, float("inf"), 0.1]
    assert (model.cost, model.constant) == ({3: -1.0}, -2.0)


def test_lp_is_read_by_highs(tmp_path: Path) -> None:
    """HiGHS reads the LP file and finds the relaxation's optimum."""
    path = tmp_path / "model.lp"
    path.write_bytes(to_lp(moore_bard()))
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    assert h.readModel(str(path)) == highspy.HighsStatus.kOk
    h.run()
    assert h.getInfo().objective_function_value == pytest.approx(-42.0)


def test_pessimistic_programs_say_what_aux_files_lose(tmp_path: Path) -> None:
    """The export says that ties are left out; the importer's option brings them back."""
    program = moore_bard().model_copy(update={"ties": "pessimistic"})
    assert any("pessimistic" in said for said in aux_file(program).notes)
    path = tmp_path / "again.mps"
    path.write_bytes(to_mps(program))
    path.with_suffix(".aux").write_bytes(to_aux(program))
    options = MibsOptions(ties="pessimistic")
    assert import_mibs(path, options, 0)["ties"] == "pessimistic"
    assert "ties" not in import_mibs(path, MibsOptions(), 0)
