"""Tests of reading MPS with aux, from files by hand and from public instances."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

import optkit
from optkit.bilevel.instance import BilevelInstance
from optkit.cli.app import main
from optkit.core.errors import InvalidFileError

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
    """Both aux forms give the same instance; the objective row is not counted."""
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
    """With OS -1 the follower maximises and takes y = 3, which is good for the leader."""
    mps = write("t.mps", MPS)
    aux = write("t.aux", INDEX)
    assert optkit.solve(optkit.load(mps)).objective == -3.0
    aux.write_text(INDEX.replace("OS 1", "OS -1"))
    assert optkit.solve(optkit.load(mps)).objective == -31.0


def test_interdiction_form(write: Write) -> None:
    """IC and IB add the columns and rows that the file implies.

    Two items of profits 3 and 2, capacity for both, budget for one: the first is forbidden.
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
    loaded = optkit.load(mps)
    assert isinstance(loaded, BilevelInstance)
    assert [c.id for c in loaded.columns] == ["x_a", "x_b", "a", "b"]
    assert [(r.id, r.level) for r in loaded.rows] == [
        ("budget", "upper"),
        ("cap", "lower"),
        ("forbid_a", "lower"),
        ("forbid_b", "lower"),
    ]
    result = optkit.solve(loaded)
    assert (result.objective, result.solver.name) == (2.0, "knapsack-interdiction")


WRONG = {
    "a column out of range": (INDEX.replace("LC 1", "LC 7"), "column 7"),
    "a row out of range": (INDEX.replace("LR 0", "LR 2"), "row 2"),
    "a count that is wrong": (INDEX.replace("N 1", "N 2"), "N is 2"),
    "an objective too short": (INDEX.replace("LO 1\n", ""), "LO"),
    "an unknown key": (INDEX + "ZZ 1\n", "ZZ"),
    "a word for a number": (INDEX.replace("LC 1", "LC one"), "one"),
    "an unknown name": (NAMES.replace("y 1", "yy 1"), "did you mean 'y'"),
    "an unknown tag": (NAMES.replace("@NAME", "@NOME"), "@NOME"),
    "an LP file": (NAMES.replace("@MPS\nt.mps", "@LP\nt.lp"), "LP"),
    "nothing": ("", "empty"),
    "a superscript": (INDEX.replace("N 1", "N \u00b2"), "line 1"),
    "an underscore in a number": (INDEX.replace("LO 1", "LO 1_0"), "'1_0'"),
    "no sense": (INDEX.replace("OS 1\n", ""), "OS is missing"),
    "a sense that is a word": (INDEX.replace("OS 1", "OS least"), "MAX"),
    "two numbers of columns": (INDEX + "N 2\n", "line 1 gives another value"),
    "two lists of columns": (INDEX + "@VARSBEGIN\ny 1\n@VARSEND\n", "keep one"),
    "an end without a beginning": ("@VARSEND\n", "@VARSBEGIN"),
    "a tag without its value": (NAMES.replace("t.mps\n", ""), "missing"),
}


FORMS = {
    "MibS's page": NAMES.replace("CONSTRS", "CONSTR"),
    "MibS's program": NAMES.replace("@CONSTRS", "@CONSTS"),
    "with a sense": NAMES.replace("@VARSBEGIN", "@OBJSENSE\nMIN\n@VARSBEGIN"),
    "keys, then sections": "N 1\nM 1\nOS 1\n" + NAMES[NAMES.index("@VARSBEGIN"):],
    "sections without ends": NAMES.replace("@VARSEND\n", "").replace("@CONSTRSEND\n", ""),
    "values in the tags' lines": NAMES.replace("VARS\n1", "VARS 1").replace("S\nt", "S t"),
    "an empty name": NAMES.replace("@NAME\nt\n", "@NAME\n"),
    "an MPS file after @LP": NAMES.replace("@MPS", "@LP"),
    "names for indices": INDEX.replace("LC 1", "LC y").replace("LR 0", "LR r0"),
    "keys alone": INDEX.replace("N 1", "N\n1").replace("OS 1", "OS\n1"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_aux_says_the_same(write: Write, name: str) -> None:
    """All forms that MibS and its relatives write give the same instance."""
    mps = write("t.mps", MPS)
    aux = write("t.aux", INDEX)
    expected = optkit.load(mps)
    aux.write_text(FORMS[name])
    assert optkit.load(mps).sha256 == expected.sha256
    assert optkit.load(aux).sha256 == expected.sha256


def test_a_section_may_maximise(write: Write) -> None:
    """With @OBJSENSE MAX the follower maximises."""
    mps = write("t.mps", MPS)
    write("t.aux", FORMS["with a sense"].replace("MIN", "MAX"))
    loaded = optkit.load(mps)
    assert isinstance(loaded, BilevelInstance)
    assert loaded.lower_objective.sense == "max"


@pytest.mark.parametrize("ending", [".txt", ".mps.aux", ".aux.gz"])
def test_aux_files_by_other_endings(write: Write, ending: str) -> None:
    """NAME.txt, NAME.mps.aux and compressed aux files are found beside NAME.mps."""
    mps = write("t.mps", MPS)
    path = mps.with_name("t" + ending)
    data = INDEX.encode()
    path.write_bytes(gzip.compress(data) if ending.endswith(".gz") else data)
    loaded = optkit.load(mps)
    assert isinstance(loaded, BilevelInstance)
    assert path.name in (loaded.provenance or "")


@pytest.mark.parametrize("name", WRONG)
def test_wrong_aux_is_an_error(write: Write, name: str) -> None:
    """A wrong aux file is an error that names the line or the word."""
    mps = write("t.mps", MPS)
    text, word = WRONG[name]
    write("t.aux", text)
    with pytest.raises(InvalidFileError) as caught:
        optkit.load(mps)
    assert word in str(caught.value)


def test_mps_without_aux_names_what_is_missing(
    write: Write, capfd: pytest.CaptureFixture[str]
) -> None:
    """An MPS file without aux gives exit status 3; the error names the expected path."""
    mps = write("plain.mps", MPS)
    assert main(["solve", str(mps)]) == 3
    assert str(mps.with_suffix(".aux")) in capfd.readouterr().err


def test_aux_cannot_lead_elsewhere(write: Write, tmp_path: Path) -> None:
    """Of a path in @MPS only the file name is used, so no other folder is read."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "other.mps").write_text(MPS)
    aux = write("t.aux", NAMES.replace("t.mps", "elsewhere/other.mps"))
    with pytest.raises(InvalidFileError, match="missing"):
        optkit.load(aux)


def test_commands_take_mibs_files(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Solve, check, validate, import and export take MibS files."""
    mps = write("t.mps", MPS)
    write("t.aux", INDEX)
    answer, imported = tmp_path / "answer.json", tmp_path / "imported.json"
    assert main(["solve", str(mps), "-o", str(answer)]) == 0
    assert main(["check", str(mps), str(answer)]) == 0
    assert main(["validate", str(mps)]) == 0
    assert main(["import", "mibs", str(mps), "-o", str(imported)]) == 0
    assert main(["check", str(imported), str(answer)]) == 0
    for kind in ("mps", "aux", "lp"):
        path = tmp_path / f"out.{kind}"
        assert main(["export", str(imported), "-o", str(path)]) == 0
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
    """Public instances have the published optima."""
    folder = real_data / "bilevel"
    with (folder / "known_optima.csv").open() as lines:
        rows = {row["instance"]: row for row in csv.DictReader(lines)}
    row = rows[name]
    result = optkit.solve(optkit.load(folder / row["folder"] / f"{name}.mps"))
    assert result.status == "optimal"
    assert result.objective == float(row["known_optimum"])


def test_two_formats_of_one_instance(real_data: Path) -> None:
    """K5010W07 has the same optimum in BOBILib's format and as .ki."""
    folder = real_data / "bilevel"
    by_name = optkit.load(folder / "bobilib_format" / "K5010W07.KNP.mps")
    as_ki = optkit.load(folder / "bkp" / "DeNegre" / "K5010W07.KNP.mps.ki")
    assert optkit.solve(by_name).objective == optkit.solve(as_ki).objective == 1135.0
