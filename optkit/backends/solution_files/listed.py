"""Solution files that are lists of names and values: Gurobi, SCIP, CBC, MIPLIB, Xpress."""

from __future__ import annotations

import re
from collections.abc import Sequence

from optkit.backends.solution_files.contents import SolutionFile

_CBC = re.compile(r"(.*?) - objective value\s+(\S+)\s*$")
_GUROBI_OBJECTIVE = re.compile(r"#\s*Objective value\s*=\s*(\S+)", re.IGNORECASE)
_SCIP_STATUS = "solution status:"
_SCIP_OBJECTIVE = "objective value:"


def looks_like_scip(lines: Sequence[str]) -> bool:
    """Say whether the file is SCIP's, or a list with a line of its objective."""
    first = lines[0].strip().lower() if lines else ""
    return first.startswith((_SCIP_STATUS, _SCIP_OBJECTIVE, "no solution available"))


def looks_like_cbc(lines: Sequence[str]) -> bool:
    """Say whether the file is CBC's."""
    return bool(lines and _CBC.match(lines[0]))


def looks_like_miplib(lines: Sequence[str]) -> bool:
    """Say whether the file is of MIPLIB's format."""
    return bool(lines and lines[0].lstrip().startswith("="))


def looks_like_xpress(lines: Sequence[str]) -> bool:
    """Say whether the file is Xpress'."""
    words = lines[0].split() if lines else []
    return bool(words) and words[0] == "NAME" and not looks_like_number(words[-1])


def looks_like_number(word: str) -> bool:
    """Say whether a word is a number."""
    try:
        float(word)
    except ValueError:
        return False
    return True


def looks_like_gurobi(lines: Sequence[str]) -> bool:
    """Say whether the file has comments and lines of a name and a value alone."""
    return bool(lines) and (
        lines[0].startswith("#") or len(lines[0].split()) == 2 or not lines[0].strip()
    )


def read_gurobi(lines: Sequence[str], source: str) -> SolutionFile:
    """Return the values in Gurobi's format: a name and a value per line."""
    file = SolutionFile(source, "gurobi", zeros_left_out=False)
    for number, line in enumerate(lines, start=1):
        if stated := _GUROBI_OBJECTIVE.match(line):
            file.state_objective(stated[1], number)
        elif line.strip() and not line.startswith("#"):
            _add_pair(file, line, number)
    return file


def read_scip(lines: Sequence[str], source: str) -> SolutionFile:
    """Return the values in SCIP's format, where zeros are left out."""
    file = SolutionFile(source, "scip", zeros_left_out=True)
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text.lower().startswith(_SCIP_STATUS):
            continue
        if text.lower().startswith("no solution available"):
            raise file.empty(number, text)
        if text.lower().startswith(_SCIP_OBJECTIVE):
            file.state_objective(text.partition(":")[2].strip(), number)
        elif text and not text.startswith("#"):
            # What follows in parentheses is the column's cost.
            _add_pair(file, line.partition("(obj:")[0], number)
    return file


def read_cbc(lines: Sequence[str], source: str) -> SolutionFile:
    """Return the values in CBC's format: number, name, value and reduced cost."""
    file = SolutionFile(source, "cbc", zeros_left_out=True)
    first = _CBC.match(lines[0])
    assert first is not None
    if first[1].lower().startswith(("infeasible", "integer infeasible", "unbounded")):
        raise file.empty(1, lines[0])
    file.state_objective(first[2], 1)
    for number, line in enumerate(lines[1:], start=2):
        # Two asterisks mark a value outside the bounds; the check will say so.
        words = line.removeprefix("**").split()
        if not words:
            continue
        if len(words) != 4:
            raise file.error(
                number, "number, name, value and reduced cost are expected"
            )
        file.add(words[1], words[2], number)
    return file


def read_miplib(lines: Sequence[str], source: str) -> SolutionFile:
    """Return the values in MIPLIB's format: a line ``=obj=``, then names and values."""
    file = SolutionFile(source, "miplib", zeros_left_out=True)
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if words[0] in ("=infeas=", "=unbd=", "=unkn="):
            raise file.empty(number, line)
        if words[0] == "=obj=":
            file.state_objective(words[1] if len(words) == 2 else "", number)
        else:
            _add_pair(file, line, number)
    return file


def read_xpress(lines: Sequence[str], source: str) -> SolutionFile:
    """Return the values in Xpress' format, as in an MPS file: ``C``, name and value."""
    file = SolutionFile(source, "xpress", zeros_left_out=False)
    for number, line in enumerate(lines[1:], start=2):
        words = line.split()
        if words == ["ENDATA"]:
            return file
        if not words or line.startswith("*"):
            continue
        if len(words) != 3 or words[0] not in ("C", "R"):
            raise file.error(
                number, f"C, a name and a value are expected, not {line[:60]!r}"
            )
        if words[0] == "C":  # R is a row
            file.add(words[1], words[2], number)
    raise file.error(len(lines), "no ENDATA: the file is cut short")


def _add_pair(file: SolutionFile, line: str, number: int) -> None:
    words = line.split()
    if len(words) != 2:
        raise file.error(number, f"a name and a value are expected, not {line[:60]!r}")
    file.add(words[0], words[1], number)
