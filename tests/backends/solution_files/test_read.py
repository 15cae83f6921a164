"""Solution files of every format, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from optkit.backends.solution_files.read import read_solution_file
from optkit.core.errors import InvalidFileError

HIGHS = """Model status
Optimal

# Primal solution values
Feasible
Objective 8
# Columns 2
x[a] 0
y 4
# Rows 1
r 4

# Dual solution values
Feasible
# Columns 2
x[a] -1
y 0
"""
SPARSE = HIGHS.split("# Columns")[0] + "# Columns -1\ny 4 1\n"
GUROBI = "# Solution for model m\n# Objective value = 8\nx[a] 0\ny 4\n"
SCIP = (
    "solution status: optimal solution found\n"
    "objective value:                                    8\n"
    "y                                                   4 \t(obj:2)\n"
)
CBC = "Optimal - objective value 8.00000000\n      1 y    4    2\n"
MIPLIB = "=obj= 8\ny 4\n"
XPRESS = "NAME m FREE\n  R r  4\n  C x[a]  0\n  C y  4\nENDATA\n"
CPLEX = """<?xml version = "1.0" encoding="UTF-8" standalone="yes"?>
<CPLEXSolution version="1.2">
 <header problemName="m" objectiveValue="8" solutionStatusString="integer optimal"/>
 <linearConstraints><constraint name="r" index="0" slack="0"/></linearConstraints>
 <variables>
  <variable name="x[a]" index="0" value="0"/>
  <variable name="y" index="1" value="4"/>
 </variables>
</CPLEXSolution>
"""


@pytest.mark.parametrize(
    ("text", "form", "zeros_left_out"),
    [
        (HIGHS, "highs", False),
        (SPARSE, "highs", True),
        (GUROBI, "gurobi", False),
        (SCIP, "scip", True),
        (CBC, "cbc", True),
        (MIPLIB, "miplib", True),
        (CPLEX, "cplex", False),
    ],
)
def test_every_format_is_recognised(
    tmp_path: Path, text: str, form: str, zeros_left_out: bool
) -> None:
    """Values and objective are those in the file; zeros are there or left out."""
    path = tmp_path / "m.sol"
    path.write_text(text)
    file = read_solution_file(path)
    assert (file.format, file.zeros_left_out, file.objective) == (
        form,
        zeros_left_out,
        8.0,
    )
    assert file.values == ({"y": 4.0} if zeros_left_out else {"x[a]": 0.0, "y": 4.0})


def test_a_sparse_file_without_values_is_all_zeros(tmp_path: Path) -> None:
    """HiGHS writes no column at all where every value is 0."""
    path = tmp_path / "m.sol"
    path.write_text(HIGHS.split("# Columns")[0] + "# Columns 0\n")
    file = read_solution_file(path)
    assert file.zeros_left_out
    assert not file.values


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a solution file"),
        ("{}", "not a solution file"),
        ("a b c\n", "not a solution file"),
        (HIGHS.replace("Feasible", "None", 1), "holds no solution"),
        (HIGHS.replace("y 4", "y four", 1), "line 9: the value of 'y'"),
        (HIGHS.split("y 4")[0], "2 columns are announced, 1 follow"),
        (HIGHS.split("# Columns")[0], "'# Columns' is missing"),
        ("Columns\n    Index Status Lower Upper Primal Dual Name\n", "six digits"),
        ("# Solution\n# Objective value = low\n", "line 2: the objective"),
        (GUROBI + "y 5\n", "'y' has a value in line 4 already"),
        (GUROBI + "z 1_0\n", "line 5: the value of 'z'"),
        (GUROBI + "z nan\n", "line 5: the value of 'z'"),
        (GUROBI + "z inf\n", "line 5: the value of 'z'"),
        (GUROBI + "z\n", "line 5: a name and a value"),
        ("# Solution for model m\n", "gives no column a value"),
        ("no solution available\n", "holds no solution"),
        ("solution status: infeasible\nno solution available\n", "holds no solution"),
        ("Infeasible - objective value 0\n", "holds no solution"),
        (CBC + "      1 y\n", "line 3: number, name, value"),
        ("=infeas=\n", "holds no solution"),
        ("=obj=\ny 4\n", "line 1: the objective"),
        ("<CPLEXSolution></CPLEXSolution>", "holds no solution"),
        ("<mps></mps>", "CPLEXSolution is expected"),
        ("<CPLEXSolution>", "line 1"),
        (CPLEX.replace('name="y" ', ""), "line 7: the attribute 'name'"),
        (CPLEX.replace('value="4"', ""), "line 7: the value of 'y'"),
        (
            "<CPLEXSolutions><CPLEXSolution/><CPLEXSolution/></CPLEXSolutions>",
            "a pool of 2 solutions",
        ),
    ],
)
def test_what_is_no_solution_is_refused_by_line(
    tmp_path: Path, text: str, says: str
) -> None:
    """Each error names the file, the line and the remedy."""
    path = tmp_path / "m.sol"
    path.write_text(text)
    with pytest.raises(InvalidFileError, match=r"m\.sol") as caught:
        read_solution_file(path)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (("ENDATA\n", ""), "no ENDATA"),
        (("C y", "y"), "C, a name and a value"),
        (("y  4", "y  x"), "finite number"),
    ],
)
def test_damaged_files_of_xpress(
    tmp_path: Path, damage: tuple[str, str], words: str
) -> None:
    """Each line is one of a column or a row, and the last one is there."""
    path = tmp_path / "m.slx"
    path.write_text(XPRESS)
    assert read_solution_file(path).values == {"x[a]": 0.0, "y": 4.0}
    path.write_text(XPRESS.replace(*damage))
    with pytest.raises(InvalidFileError, match=words):
        read_solution_file(path)


@pytest.mark.parametrize(
    "text",
    [
        GUROBI + "# Objective value = 9\n",
        SCIP + "\nobjective value:                 9\n",
        MIPLIB + "=obj= 9\n",
    ],
)
def test_two_objectives_are_two_solutions(tmp_path: Path, text: str) -> None:
    """A file that states two is refused, and both lines are named."""
    path = tmp_path / "m.sol"
    path.write_text(text)
    with pytest.raises(InvalidFileError, match=r"line \d: line \d states an objective"):
        read_solution_file(path)
