"""Tests of the MPS reader: the format's conventions, and errors for anything else."""

from __future__ import annotations

import gzip
import math
from collections.abc import Callable
from pathlib import Path

import highspy
import numpy as np
import pytest

from optkit.backends import solve_model
from optkit.bilevel.data.formats.mps import parse_mps, read_mps
from optkit.core.errors import InvalidFileError
from tests.bilevel.linear_programs import linear_model

Write = Callable[[str, str], Path]

EVERYTHING = """* a comment
NAME          test
OBJSENSE
    MAX
ROWS
 L  c1
 N  obj
 G  c2
 N  free2
 E  c3
 E  c4
 L  c5
COLUMNS
    x         c1                1.0   obj               2.0
    x         free2             7.0
    M1        'MARKER'                 'INTORG'
    i1        c1                1.0   c3                1.0
    i2        c2                1.0
    i3        c2                1.0   c5                1.0
    M2        'MARKER'                 'INTEND'
    y         c1                1.0   c2                3.0
    z         c3                1.0
    w         c5                1.0
    v         c5                1.0
    e         obj               1.0
    u         c4                1.0
    t         c4                1.0
RHS
    RHS       c1               10.0   c2               -1.0
    RHS       c3                5.0   obj               3.0
RANGES
    RNG       c1                4.0   c2                2.0
    RNG       c3               -2.0   c4                2.0
BOUNDS
 UP b         y                -3.0
 MI b         z
 UP b         i2                1e30
 FR b         w
 LI b         i3                2
 UI b         i3                9
 BV b         v
 FX b         e                 2.5
 LO b         u                -4.0
 UP b         u                -3.0
 UP           t                 0.0
ENDATA
"""


def test_conventions_of_the_format() -> None:
    """Rows, senses, ranges and bounds follow the conventions of the format."""
    model = parse_mps(EVERYTHING, "test")
    inf = math.inf
    assert model.name == "test"
    # Rows keep their order without the N rows, wherever those stand.
    assert list(model.rows) == ["c1", "c2", "c3", "c4", "c5"]
    assert model.low == [6.0, -1.0, 3.0, 0.0, -inf]
    assert model.high == [10.0, 1.0, 5.0, 2.0, 0.0]
    # MAX is negated: -(2 x + e - 3).
    assert model.maximised
    assert model.cost == {model.columns["x"]: -2.0, model.columns["e"]: -1.0}
    assert model.constant == 3.0
    bounds = {
        name: (model.lower[j], model.upper[j]) for name, j in model.columns.items()
    }
    assert bounds == {
        "x": (0.0, inf),
        "i1": (0.0, 1.0),  # between markers, nothing said: binary
        "i2": (0.0, inf),
        "i3": (2.0, 9.0),
        "y": (-inf, -3.0),  # a negative upper bound alone frees the lower one
        "z": (-inf, inf),
        "w": (-inf, inf),
        "v": (0.0, 1.0),
        "e": (2.5, 2.5),
        "u": (-4.0, -3.0),  # a lower bound that was given stays
        "t": (0.0, 0.0),  # zero is not negative
    }
    integer = [name for name, j in model.columns.items() if model.integer[j]]
    assert integer == ["i1", "i2", "i3", "v"]


def test_free_format_and_sets_left_out() -> None:
    """Free format needs no set names, and allows names of more than eight characters."""
    model = parse_mps(
        "NAME a name of words\nROWS\n N o\n G a_rather_long_row\nCOLUMNS\n"
        " a_rather_long_column a_rather_long_row 2 o 1\nRHS\n a_rather_long_row 3\n"
        "BOUNDS\n UP a_rather_long_column 4\n MI a_rather_long_column\nENDATA\n",
        "free",
    )
    assert model.name == "a name of words"
    assert (model.low, model.high) == ([3.0], [math.inf])
    assert (model.lower, model.upper) == ([-math.inf], [4.0])


def test_fixed_format_with_blanks_in_names() -> None:
    """Names with blanks are read by the columns of fixed format."""
    text = (
        "NAME          old\n"
        "ROWS\n"
        " N  the cost\n"
        " L  row one\n"
        "COLUMNS\n"
        "    col one   the cost           1.0   row one            2.0\n"
        "RHS\n"
        "    rhs       row one           8.0\n"
        "BOUNDS\n"
        " UP bnd       col one           3.0\n"
        "ENDATA\n"
    )
    model = parse_mps(text, "fixed")
    assert list(model.columns) == ["col one"]
    assert list(model.rows) == ["row one"]
    assert (model.high, model.upper) == ([8.0], [3.0])


def _spoilt(old: str, new: str) -> str:
    assert old in EVERYTHING
    return EVERYTHING.replace(old, new, 1)


WRONG = {
    "an unknown row in COLUMNS": (_spoilt("i2        c2", "i2        cc"), "'cc'"),
    "an unknown row in RHS": (_spoilt("RHS       c1 ", "RHS       cx "), "'cx'"),
    "an unknown column in BOUNDS": (_spoilt("MI b         z", "MI b         q"), "'q'"),
    "a word for a number": (_spoilt("10.0   c2", "ten    c2"), "'ten'"),
    "an unknown bound": (_spoilt(" FR b", " SC b"), "'SC'"),
    "an unknown section": (_spoilt("RANGES", "QUADOBJ"), "'QUADOBJ'"),
    "a repeated row": (_spoilt(" G  c2", " G  c1"), "'c1'"),
    "a column in two places": (
        _spoilt("    t         c4", "    x         c4"),
        "two places",
    ),
    "a coefficient twice": (
        _spoilt("    x         free2", "    x         c1   "),
        "twice",
    ),
    "a side twice": (_spoilt("RHS       c3 ", "RHS       c1 "), "two values"),
    "a file cut short": (EVERYTHING.replace("ENDATA\n", ""), "ENDATA"),
    "another text": ("hello\n world\n", "section"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_understood_is_an_error(name: str) -> None:
    """Anything else is an error that names the line and the word."""
    text, word = WRONG[name]
    with pytest.raises(InvalidFileError) as caught:
        parse_mps(text, "wrong.mps")
    assert word in str(caught.value)


def test_compressed_files_are_read(tmp_path: Path) -> None:
    """Files that end in .gz are decompressed."""
    path = tmp_path / "model.mps.gz"
    path.write_bytes(gzip.compress(EVERYTHING.encode()))
    assert read_mps(path).rows == parse_mps(EVERYTHING, "").rows


def test_reader_agrees_with_highs_on_real_files(real_data: Path) -> None:
    """Our reader and HiGHS' read the same names and numbers from every public file."""
    paths = sorted((real_data / "bilevel").rglob("*.mps"))
    paths += sorted((real_data / "milp").glob("*.mps"))
    assert paths
    for path in paths:
        h = highspy.Highs()
        h.setOptionValue("output_flag", False)
        h.readModel(str(path))
        lp, model = h.getLp(), read_mps(path)
        assert list(lp.col_names_) == list(model.columns), path
        assert list(lp.row_names_) == list(model.rows), path
        ours = (model.lower, model.upper, model.low, model.high)
        theirs = (lp.col_lower_, lp.col_upper_, lp.row_lower_, lp.row_upper_)
        for one, other in zip(ours, theirs, strict=True):
            assert np.array_equal(np.array(one), np.array(other)), path
        compiled = linear_model(model)
        assert np.array_equal(compiled.cost, np.array(lp.col_cost_)), path
        assert compiled.matrix.nnz == len(lp.a_matrix_.value_), path
        whole = [kind == highspy.HighsVarType.kInteger for kind in lp.integrality_]
        assert (whole or [False] * len(model.columns)) == model.integer, path


@pytest.mark.parametrize(
    ("name", "optimum"),
    [("flugpl", 1201500.0), ("gt2", 21166.0), ("egout", 568.1007)],
)
def test_backends_find_known_optima(real_data: Path, name: str, optimum: float) -> None:
    """MIPLIB instances have the published optima."""
    result = solve_model(
        linear_model(read_mps(real_data / "milp" / f"{name}.mps")), load=False
    )
    assert result.objective == pytest.approx(optimum, rel=1e-9)


def _bounds(*lines: str, marked: bool = False) -> tuple[float, float]:
    """Return the bounds of the only column of a file with these lines in BOUNDS."""
    markers = (
        (" M 'MARKER' 'INTORG'\n", " M 'MARKER' 'INTEND'\n") if marked else ("", "")
    )
    model = parse_mps(
        f"NAME b\nROWS\n N o\nCOLUMNS\n{markers[0]} x o 1\n{markers[1]}BOUNDS\n"
        + "".join(f" {line}\n" for line in lines)
        + "ENDATA\n",
        "b.mps",
    )
    return model.lower[0], model.upper[0]


@pytest.mark.parametrize("marked", [False, True])
def test_a_lower_bound_that_is_given_stays(marked: bool) -> None:
    """A given lower bound of 0 stays, in either order; the default gives way to UP < 0."""
    assert _bounds("LO B x 0", "UP B x -3", marked=marked) == (0.0, -3.0)
    assert _bounds("UP B x -3", "LO B x 0", marked=marked) == (0.0, -3.0)
    assert _bounds("UP B x -3", marked=marked) == (-math.inf, -3.0)
    assert _bounds("LO B x 0", marked=marked) == (0.0, math.inf)
    assert _bounds("MI B x", "UP B x 4", marked=marked) == (-math.inf, 4.0)
    assert _bounds("UP B x 4", "UP B x 4.0", marked=marked) == (0.0, 4.0)


GIVEN_TWICE = {
    "two upper bounds": (["UP B x 3", "UP B x 4"], "line 7"),
    "free, and a bound": (["FR B x", "UP B x 4"], "line 7"),
    "fixed, and a bound": (["FX B x 3", "LO B x 1"], "line 7"),
    "two sets": (["UP A x 3", "LO B x 1"], r"'A' \(line 7\) and 'B'"),
    "an upper bound below everything": (["UP B x -1e30"], "no number"),
    "a lower bound above everything": (["LO B x inf"], "no number"),
    "fixed at infinity": (["FX B x 1e20"], "no number"),
    "an underscore in a number": (["UP B x 1_0"], "'1_0' is not a number"),
    "digits of another script": (["UP B x \u0663"], "is not a number"),
    "nan": (["UP B x nan"], "'nan' is not a number"),
    "too many words": (["FR B x 1 1"], "set and a column"),
    "a type alone": (["FR"], "set and a column"),
}


@pytest.mark.parametrize("name", GIVEN_TWICE)
def test_bounds_that_contradict_are_errors(name: str) -> None:
    """Bounds that differ, several sets and odd numbers are errors with their lines."""
    lines, words = GIVEN_TWICE[name]
    with pytest.raises(InvalidFileError, match=words):
        _bounds(*lines)


SEVERAL = {
    "two sets of right-hand sides": (
        _spoilt("    RHS       c3", "    ALT       c3"),
        r"RHS holds two sets, 'RHS' \(line \d+\) and 'ALT'",
    ),
    "two sets of ranges": (
        _spoilt("    RNG       c3", "    ALT       c3"),
        r"RANGES holds two sets",
    ),
    "two senses": (
        _spoilt("    MAX", "    MAX\n    MIN"),
        "line 4 gives the other sense",
    ),
    "data at the left margin": (_spoilt("    RHS       c1 ", "RHS c1 "), "put a blank"),
    "a bare set": (_spoilt("    RHS       c3 ", "    RHS\n    RHS c3 "), "pairs"),
    "a column alone": (
        _spoilt("    z         c3                1.0", "    z"),
        "pairs",
    ),
    "a coefficient of infinity": (
        _spoilt("c1                1.0   obj", "c1                inf   obj"),
        "'inf' is not a number",
    ),
    "an L row that no value meets": (
        _spoilt("c1               10.0", "c1 -1e30"),
        "'c1'",
    ),
    "an E row at infinity": (_spoilt("c3                5.0", "c3 1e25"), "'c3'"),
    "an infinite constant": (_spoilt("obj               3.0", "obj inf"), "'obj'"),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_what_is_given_twice_or_infinite_is_an_error(name: str) -> None:
    """What would have to be mixed, dropped or guessed is an error."""
    text, words = SEVERAL[name]
    with pytest.raises(InvalidFileError, match=words):
        parse_mps(text, "wrong.mps")


def test_fixed_format_cuts_no_number() -> None:
    """A number that leaves its field of fixed format is an error, and is not cut."""
    text = (
        "NAME          old\nROWS\n N  the cost\n L  row one\nCOLUMNS\n"
        "    col one   the cost           1.0   row one   123456789.123456\nENDATA\n"
    )
    with pytest.raises(InvalidFileError, match=r"cut\.mps"):
        parse_mps(text, "cut.mps")


def test_names_may_hold_characters_that_unicode_calls_blank() -> None:
    """Only ASCII blanks divide words and only line feeds end lines."""
    model = parse_mps(
        "NAME m FREE\nROWS\n N o\n G r\u0085\nCOLUMNS\n x\u00a0y r\u0085 1\nENDATA\n",
        "odd",
    )
    assert (model.name, list(model.columns), list(model.rows)) == (
        "m",
        ["x\u00a0y"],
        ["r\u0085"],
    )
    with pytest.raises(InvalidFileError, match=r"line 1: section '\\x1f' is not read"):
        parse_mps("\x1f\nROWS\n", "odd")


def test_exponents_of_fortran_are_read() -> None:
    """Files that Fortran programs wrote have D in the place of E."""
    assert _bounds("UP B x 1.0D3") == (0.0, 1000.0)
    assert _bounds("LO B x -1d+2", "UP B x .5D0") == (-100.0, 0.5)
    with pytest.raises(InvalidFileError, match="is not a number"):
        _bounds("UP B x 1.0DD3")
