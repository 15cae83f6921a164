"""Read aux files, which say what part of an MPS file is the follower's.

Three forms are in use: by index (MibS), by name (BOBILib, idol, newer MibS), and MibS's
interdiction form, in which the MPS file holds the follower's problem alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from optkit.core.errors import InvalidFileError
from optkit.core.files.text import read_text


@dataclass
class AuxFile:
    """The contents of an aux file.

    Parameters
    ----------
    columns, rows
        The follower's columns and rows, as indices or names. Indices of rows do not count
        N rows.
    objective
        The follower's objective coefficients, in the order of ``columns``.
    maximised
        Whether the follower maximises.
    costs, budget
        Interdiction: cost of each of the follower's columns, and the leader's budget.
    mps
        The MPS file it names.
    named
        Whether columns and rows are given by name.
    """

    columns: list[int] | list[str] = field(default_factory=list)
    rows: list[int] | list[str] = field(default_factory=list)
    objective: list[float] = field(default_factory=list)
    maximised: bool = False
    costs: list[float] = field(default_factory=list)
    budget: float | None = None
    mps: str | None = None
    named: bool = False


def read_aux(path: Path) -> AuxFile:
    """Read an aux file of any form.

    Raises
    ------
    InvalidFileError
        If it is not an aux file; the error names the line.
    """
    text = read_text(path)
    lines = [
        (number, line.split())
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith(("*", "#"))
    ]
    if not lines:
        raise InvalidFileError(
            str(path), ["the file is empty; an aux file is expected"]
        )
    if lines[0][1][0].startswith("@"):
        return _by_name(lines, str(path))
    return _by_index(lines, str(path))


_Lines = list[tuple[int, list[str]]]


def _by_index(lines: _Lines, source: str) -> AuxFile:
    aux = AuxFile()
    counts: dict[str, int] = {}
    columns: list[int] = []
    rows: list[int] = []
    for number, words in lines:
        key = words[0].upper()
        if len(words) != 2:
            raise _line_error(source, number, words, "a key and a number are expected")
        if key in ("N", "M"):
            counts[key] = _parse_index(source, number, words)
        elif key == "LC":
            columns.append(_parse_index(source, number, words))
        elif key == "LR":
            rows.append(_parse_index(source, number, words))
        elif key == "LO":
            aux.objective.append(_parse_float(source, number, words))
        elif key in ("OS", "LS"):
            sense = _parse_float(source, number, words)
            if sense not in (1.0, -1.0):
                raise _line_error(
                    source, number, words, "the sense is 1 (min) or -1 (max)"
                )
            aux.maximised = sense < 0
        elif key == "IC":
            aux.costs.append(_parse_float(source, number, words))
        elif key == "IB":
            aux.budget = _parse_float(source, number, words)
        else:
            raise _line_error(
                source,
                number,
                words,
                "the key is unknown; known: N M LC LR LO OS IC IB",
            )
    aux.columns, aux.rows = columns, rows
    _require_count(source, "N", counts.get("N"), "LC", len(columns))
    _require_count(source, "M", counts.get("M"), "LR", len(rows))
    _require_count(source, "LC", len(columns), "LO", len(aux.objective))
    if aux.costs and aux.budget is None:
        raise InvalidFileError(source, ["IC is given without IB; add the budget"])
    if aux.budget is not None:
        _require_count(source, "LC", len(columns), "IC", len(aux.costs))
    return aux


def _by_name(lines: _Lines, source: str) -> AuxFile:
    aux = AuxFile(named=True)
    columns: list[str] = []
    rows: list[str] = []
    values: dict[str, str] = {}
    section = ""
    for number, words in lines:
        if words[0].startswith("@"):
            section = words[0].upper()
            if section not in _TAGS:
                raise _line_error(
                    source,
                    number,
                    words,
                    f"the tag is unknown; known: {' '.join(_TAGS)}",
                )
        elif section == "@VARSBEGIN":
            if len(words) != 2:
                raise _line_error(
                    source, number, words, "a column and a number are expected"
                )
            columns.append(words[0])
            aux.objective.append(_parse_float(source, number, words))
        elif section == "@CONSTRSBEGIN":
            rows.append(" ".join(words))
        elif section in ("@VARSEND", "@CONSTRSEND", ""):
            raise _line_error(
                source, number, words, "this stands outside of any section"
            )
        else:
            values[section] = " ".join(words)
    for tag, counted in (("@NUMVARS", len(columns)), ("@NUMCONSTRS", len(rows))):
        if tag in values:
            if not values[tag].isdigit():
                raise InvalidFileError(
                    source, [f"{tag}: {values[tag]!r} is not a whole number"]
                )
            _require_count(source, tag, int(values[tag]), "lists", counted)
    if "@LP" in values:
        raise InvalidFileError(
            source, ["@LP: LP files are not read; write the model as MPS"]
        )
    aux.columns, aux.rows, aux.mps = columns, rows, values.get("@MPS")
    return aux


_TAGS = (
    "@NUMVARS", "@NUMCONSTRS", "@VARSBEGIN", "@VARSEND", "@CONSTRSBEGIN",
    "@CONSTRSEND", "@NAME", "@MPS", "@LP",
)  # fmt: skip


def _parse_index(source: str, number: int, words: list[str]) -> int:
    if not words[1].isdigit():
        raise _line_error(source, number, words, "a whole number from 0 is expected")
    return int(words[1])


def _parse_float(source: str, number: int, words: list[str]) -> float:
    try:
        value = float(words[1])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _line_error(source, number, words, "a finite number is expected")
    return value


def _line_error(
    source: str, number: int, words: list[str], what: str
) -> InvalidFileError:
    return InvalidFileError(
        source, [f"line {number}: {what}: {' '.join(words)[:80]!r}"]
    )


def _require_count(
    source: str, key: str, stated: int | None, other: str, counted: int
) -> None:
    """Refuse a file in which a stated count is not that of another key's lines."""
    if stated is not None and stated != counted:
        raise InvalidFileError(
            source, [f"{key} is {stated}, but {other} stands {counted} times; mend one"]
        )
