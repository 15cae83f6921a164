"""Bilevel files of others are read for what they say, and ours are read back the same."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import highspy
import pytest

import optkit
from optkit.bilevel.data.formats.mps import parse_mps
from optkit.bilevel.data.formats.writers import to_aux, to_lp, to_mps
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.testing import random_instances
from optkit.cli.app import main
from optkit.core.errors import InvalidFileError
from tests.bilevel.examples import column, instance, moore_bard

Write = Callable[[str, str], Path]

MPS = """NAME t
ROWS
 L r0
 L r1
 N cost
COLUMNS
 M 'MARKER' 'INTORG'
 x r0 1 cost -1
 y r0 1 cost -10
 y r1 1
 M 'MARKER' 'INTEND'
RHS
 b r0 4 r1 3
BOUNDS
 UP b x 3
 UP b y 3
ENDATA
"""

INDEX = "N 1\nM 1\nLC 1\nLR 0\nLO 1\nOS 1\n"
NAMES = (
    "@NUMVARS\n1\n@NUMCONSTRS\n1\n@VARSBEGIN\ny 1\n@VARSEND\n@CONSTRSBEGIN\nr0\n"
    "@CONSTRSEND\n@NAME\nt\n@MPS\nt.mps\n"
)


def test_both_forms_say_the_same(write: Write) -> None:
    """Protects the two aux forms; the objective row, last here, is not counted."""
    mps = write("t.mps", MPS)
    aux = write("t.aux", INDEX)
    by_index = optkit.load(mps)
    aux.write_text(NAMES)
    by_name = optkit.load(mps)
    assert by_index.sha256 == by_name.sha256
    assert isinstance(by_index, BilevelInstance)
    assert [(row.id, row.level) for row in by_index.rows] == [
        ("r0", "lower"),
        ("r1", "upper"),
    ]
    assert optkit.load(aux).sha256 == by_index.sha256


def test_follower_that_maximises(write: Write) -> None:
    """Protects OS -1: with it the follower takes y = 3, which the leader likes."""
    mps = write("t.mps", MPS)
    aux = write("t.aux", INDEX)
    assert optkit.solve(optkit.load(mps)).objective == -3.0
    aux.write_text(INDEX.replace("OS 1", "OS -1"))
    assert optkit.solve(optkit.load(mps)).objective == -31.0


def test_interdiction_form(write: Write) -> None:
    """Protects IC and IB: columns and rows that the file only implies.

    Two items of profits 3 and 2, capacity for both, budget for one: the first goes.
    """
    mps = write(
        "k.mps",
        "NAME k\nROWS\n N o\n L cap\nCOLUMNS\n a o -3 cap 1\n b o -2 cap 1\nRHS\n"
        " R cap 2\nBOUNDS\n BV B a\n BV B b\nENDATA\n",
    )
    write(
        "k.aux",
        "N 2\nM 3\nLC 2\nLC 3\nLR 1\nLR 2\nLR 3\nLO -3\nLO -2\nOS 1\nIC 1\nIC 1\nIB 1\n",
    )
    made = optkit.load(mps)
    assert isinstance(made, BilevelInstance)
    assert [c.id for c in made.columns] == ["x_a", "x_b", "a", "b"]
    assert [(r.id, r.level) for r in made.rows] == [
        ("budget", "upper"),
        ("cap", "lower"),
        ("forbid_a", "lower"),
        ("forbid_b", "lower"),
    ]
    result = optkit.solve(made)
    assert (result.objective, result.solver.name) == (2.0, "knapsack-interdiction")


def test_knapsack_file(write: Write) -> None:
    """Protects .ki: n, two capacities, weights of both, profits, and what follows."""
    path = write("k.ki", "2\n5\n4\n3 3\n4 5\n7 2\ngroup mine\nins 1\n")
    # Only one item fits; the first can be forbidden, so the second brings 2.
    assert optkit.solve(optkit.load(path)).objective == 2.0


WRONG = {
    "a column out of range": (INDEX.replace("LC 1", "LC 7"), "column 7"),
    "a row out of range": (INDEX.replace("LR 0", "LR 2"), "row 2"),
    "a count that is wrong": (INDEX.replace("N 1", "N 2"), "N is 2"),
    "an objective too short": (INDEX.replace("LO 1\n", ""), "LO"),
    "an unknown key": (INDEX + "ZZ 1\n", "ZZ"),
    "a word for a number": (INDEX.replace("LC 1", "LC one"), "one"),
    "an unknown name": (NAMES.replace("y 1", "yy 1"), "did you mean 'y'"),
    "an unknown tag": (NAMES.replace("@NAME", "@NOME"), "@NOME"),
    "an LP file": (NAMES.replace("@MPS", "@LP"), "LP"),
    "nothing": ("", "empty"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_aux_is_an_error(write: Write, name: str) -> None:
    """Protects against solving something else: what is wrong is said with its place."""
    mps = write("t.mps", MPS)
    text, word = WRONG[name]
    write("t.aux", text)
    with pytest.raises(InvalidFileError) as caught:
        optkit.load(mps)
    assert word in str(caught.value)


def test_mps_without_aux_names_what_is_missing(
    write: Write, capfd: pytest.CaptureFixture[str]
) -> None:
    """Protects users who give an ordinary program: exit 3, and where aux was sought."""
    mps = write("plain.mps", MPS)
    assert main(["solve", str(mps)]) == 3
    assert str(mps.with_suffix(".aux")) in capfd.readouterr().err


def test_aux_cannot_lead_elsewhere(write: Write, tmp_path: Path) -> None:
    """Protects the reader's folder: a path in @MPS is taken for its last part."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "other.mps").write_text(MPS)
    aux = write("t.aux", NAMES.replace("t.mps", "elsewhere/other.mps"))
    with pytest.raises(InvalidFileError, match="missing"):
        optkit.load(aux)


@pytest.mark.parametrize("form", ["names", "index"])
def test_what_is_written_reads_back(tmp_path: Path, form: str) -> None:
    """Protects export: MPS and aux of any instance say again what it says."""
    for _, made in random_instances(31, 8):
        (tmp_path / "again.mps").write_bytes(to_mps(made))
        (tmp_path / "again.aux").write_bytes(to_aux(made, form))  # type: ignore[arg-type]
        again = optkit.load(tmp_path / "again.mps")
        assert isinstance(again, BilevelInstance)
        assert again.columns == made.columns
        # Coefficients come back column by column, which is another order in a row.
        assert [row.model_dump() for row in again.rows] == [
            row.model_dump() for row in made.rows
        ]
        one, other = optkit.solve(made), optkit.solve(again)
        assert one.objective == other.objective


def test_awkward_instances_are_written() -> None:
    """Protects ranges, free rows, negative bounds, empty columns and names with blanks."""
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
    assert list(model.columns) == ["a_b", "a_b_", "9", "y"]
    assert model.lower == [-5.0, -float("inf"), -float("inf"), 0.0]
    assert model.upper == [-2.0, -1.5, float("inf"), 3.0]
    assert model.low == [-9.0, -float("inf"), 0.1]
    assert model.high == [9.0, float("inf"), 0.1]
    assert (model.cost, model.constant) == ({3: -1.0}, -2.0)


def test_lp_is_read_by_highs(tmp_path: Path) -> None:
    """Protects LP export: another program reads it and finds the relaxation's optimum."""
    path = tmp_path / "model.lp"
    path.write_bytes(to_lp(moore_bard()))
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    assert h.readModel(str(path)) == highspy.HighsStatus.kOk
    h.run()
    assert h.getInfo().objective_function_value == pytest.approx(-42.0)


def test_commands_take_mibs_files(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Protects the command line: solve, check, validate, import and export, end to end."""
    mps = write("t.mps", MPS)
    write("t.aux", INDEX)
    answer, made = tmp_path / "answer.json", tmp_path / "made.json"
    assert main(["solve", str(mps), "-o", str(answer)]) == 0
    assert main(["check", str(mps), str(answer)]) == 0
    assert main(["validate", str(mps)]) == 0
    assert main(["import", "mibs", str(mps), "-o", str(made)]) == 0
    assert main(["check", str(made), str(answer)]) == 0
    for kind in ("mps", "aux", "lp"):
        path = tmp_path / f"out.{kind}"
        assert main(["export", str(made), "-o", str(path)]) == 0
    capfd.readouterr()
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "out.mps.gz").write_bytes(
        gzip.compress((tmp_path / "out.mps").read_bytes())
    )
    (packed / "out.aux").write_bytes((tmp_path / "out.aux").read_bytes())
    assert main(["check", str(packed / "out.mps.gz"), str(answer)]) == 0


FAST = (
    "K5010W02.KNP", "K5010W10.KNP", "K5020W02.KNP", "moore90_2", "linderoth",
    "milp_4_20_10_0110", "2AP05-3",
)  # fmt: skip


@pytest.mark.parametrize("name", FAST)
def test_public_instances_come_out_as_published(real_data: Path, name: str) -> None:
    """Protects reading and solving together, on files that others wrote."""
    folder = real_data / "bilevel"
    with (folder / "known_optima.csv").open() as lines:
        known = {row["instance"]: row for row in csv.DictReader(lines)}
    row = known[name]
    result = optkit.solve(optkit.load(folder / row["folder"] / f"{name}.mps"))
    assert result.status == "optimal"
    assert result.objective == float(row["known_optimum"])


def test_two_formats_of_one_instance(real_data: Path) -> None:
    """Protects the readers: K5010W07 by names and as .ki has one optimum."""
    folder = real_data / "bilevel"
    one = optkit.load(folder / "bobilib_format" / "K5010W07.KNP.mps")
    other = optkit.load(folder / "bkp" / "DeNegre" / "K5010W07.KNP.mps.ki")
    assert optkit.solve(one).objective == optkit.solve(other).objective == 1135.0
