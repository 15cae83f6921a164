"""Readers of aux files: which part of an MPS file is the follower's.

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
class Auxiliary:
    """What an aux file says.

    Parameters
    ----------
    columns, rows
        The follower's, as indices or names; rows as indices do not count N rows.
    objective
        Its objective coefficients, in the order of ``columns``.
    maximised
        Whether it maximises.
    costs, budget
        Interdiction: cost of each of the follower's columns, and the leader's budget.
    mps
        The MPS file it names.
    named
        Whether columns and rows are named, not counted.
    """

    columns: list[int] | list[str] = field(default_factory=list)
    rows: list[int] | list[str] = field(default_factory=list)
    objective: list[float] = field(default_factory=list)
    maximised: bool = False
    costs: list[float] = field(default_factory=list)
    budget: float | None = None
    mps: str | None = None
    named: bool = False


def read_aux(path: Path) -> Auxiliary:
    """Read an aux file of any form.

    Raises
    ------
    InvalidFileError
        If it is no aux file; the error names the line.
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


def _by_index(lines: _Lines, source: str) -> Auxiliary:
    made = Auxiliary()
    counts: dict[str, int] = {}
    columns: list[int] = []
    rows: list[int] = []
    for number, words in lines:
        key = words[0].upper()
        if len(words) != 2:
            raise _wrong(source, number, words, "a key and a number are expected")
        if key in ("N", "M"):
            counts[key] = _whole(source, number, words)
        elif key == "LC":
            columns.append(_whole(source, number, words))
        elif key == "LR":
            rows.append(_whole(source, number, words))
        elif key == "LO":
            made.objective.append(_real(source, number, words))
        elif key in ("OS", "LS"):
            sense = _real(source, number, words)
            if sense not in (1.0, -1.0):
                raise _wrong(source, number, words, "the sense is 1 (min) or -1 (max)")
            made.maximised = sense < 0
        elif key == "IC":
            made.costs.append(_real(source, number, words))
        elif key == "IB":
            made.budget = _real(source, number, words)
        else:
            raise _wrong(
                source,
                number,
                words,
                "the key is unknown; known: N M LC LR LO OS IC IB",
            )
    made.columns, made.rows = columns, rows
    _count(source, "N", counts.get("N"), "LC", len(columns))
    _count(source, "M", counts.get("M"), "LR", len(rows))
    _count(source, "LC", len(columns), "LO", len(made.objective))
    if made.costs and made.budget is None:
        raise InvalidFileError(source, ["IC is given without IB; add the budget"])
    if made.budget is not None:
        _count(source, "LC", len(columns), "IC", len(made.costs))
    return made


def _by_name(lines: _Lines, source: str) -> Auxiliary:
    made = Auxiliary(named=True)
    columns: list[str] = []
    rows: list[str] = []
    single: dict[str, str] = {}
    section = ""
    for number, words in lines:
        if words[0].startswith("@"):
            section = words[0].upper()
            if section not in _TAGS:
                raise _wrong(
                    source,
                    number,
                    words,
                    f"the tag is unknown; known: {' '.join(_TAGS)}",
                )
        elif section == "@VARSBEGIN":
            if len(words) != 2:
                raise _wrong(
                    source, number, words, "a column and a number are expected"
                )
            columns.append(words[0])
            made.objective.append(_real(source, number, words))
        elif section == "@CONSTRSBEGIN":
            rows.append(" ".join(words))
        elif section in ("@VARSEND", "@CONSTRSEND", ""):
            raise _wrong(source, number, words, "this stands outside of any section")
        else:
            single[section] = " ".join(words)
    for tag, counted in (("@NUMVARS", len(columns)), ("@NUMCONSTRS", len(rows))):
        if tag in single:
            if not single[tag].isdigit():
                raise InvalidFileError(
                    source, [f"{tag}: {single[tag]!r} is not a whole number"]
                )
            _count(source, tag, int(single[tag]), "lists", counted)
    if "@LP" in single:
        raise InvalidFileError(
            source, ["@LP: LP files are not read; write the model as MPS"]
        )
    made.columns, made.rows, made.mps = columns, rows, single.get("@MPS")
    return made


_TAGS = (
    "@NUMVARS", "@NUMCONSTRS", "@VARSBEGIN", "@VARSEND", "@CONSTRSBEGIN",
    "@CONSTRSEND", "@NAME", "@MPS", "@LP",
)  # fmt: skip


def _whole(source: str, number: int, words: list[str]) -> int:
    if not words[1].isdigit():
        raise _wrong(source, number, words, "a whole number from 0 is expected")
    return int(words[1])


def _real(source: str, number: int, words: list[str]) -> float:
    try:
        value = float(words[1])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _wrong(source, number, words, "a finite number is expected")
    return value


def _wrong(source: str, number: int, words: list[str], what: str) -> InvalidFileError:
    return InvalidFileError(
        source, [f"line {number}: {what}: {' '.join(words)[:80]!r}"]
    )


def _count(source: str, one: str, first: int | None, other: str, second: int) -> None:
    if first is not None and first != second:
        raise InvalidFileError(
            source, [f"{one} is {first}, but {other} stands {second} times; mend one"]
        )
