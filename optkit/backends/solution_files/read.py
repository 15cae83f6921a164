"""Read a solution file, whatever solver wrote it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from optkit.backends.solution_files.contents import SolutionFile
from optkit.backends.solution_files.cplex import read_cplex
from optkit.backends.solution_files.highs import looks_like_highs, read_highs
from optkit.backends.solution_files.listed import (
    looks_like_cbc,
    looks_like_gurobi,
    looks_like_miplib,
    looks_like_scip,
    looks_like_xpress,
    read_cbc,
    read_gurobi,
    read_miplib,
    read_scip,
    read_xpress,
)
from optkit.core.errors import InvalidFileError
from optkit.core.files.lines import text_lines

_Reader = Callable[[Sequence[str], str], SolutionFile]

_FORMATS: tuple[tuple[Callable[[Sequence[str]], bool], _Reader], ...] = (
    (looks_like_highs, read_highs),
    (looks_like_scip, read_scip),
    (looks_like_cbc, read_cbc),
    (looks_like_miplib, read_miplib),
    (looks_like_xpress, read_xpress),
    (looks_like_gurobi, read_gurobi),
)


def read_solution_file(path: Path) -> SolutionFile:
    """Return the values in a file of HiGHS, Gurobi, CPLEX, Xpress, SCIP, CBC or MIPLIB.

    The file's first lines say which format it is. Each format has a line of its own there,
    apart from Gurobi's, whose comments may be missing.

    Raises
    ------
    InvalidFileError
        If the file cannot be read, is of none of these formats, or holds no solution.
    """
    source = str(path)
    lines = list(text_lines(path))
    filled = next((line for line in lines if line.strip()), "").lstrip()
    if filled.startswith("<"):
        file = read_cplex("\n".join(lines).encode(), source)
    else:
        for is_format, read in _FORMATS:
            if is_format(lines):
                file = read(lines, source)
                break
        else:
            raise InvalidFileError(
                source,
                [
                    "not a solution file of HiGHS, Gurobi, CPLEX, Xpress, SCIP, CBC or"
                    " MIPLIB;"
                    " write it with one of them"
                ],
            )
    if not file.values and not file.zeros_left_out:
        raise InvalidFileError(
            source,
            ["it gives no column a value; write it after the solver found a solution"],
        )
    return file
