"""Read aux files, which say what part of an MPS file is the follower's.

MibS and its relatives write them in two ways, which may be mixed: lines of a key and a
value (N, M, LC, LR, LO, OS; the columns and rows by index or by name), and sections whose
tags begin with @. With IC and IB it is MibS's interdiction form, in which the MPS file
holds the follower's problem alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from optkit.bilevel.data.formats.mps_lines import split_words
from optkit.core.errors import InvalidFileError
from optkit.core.files.numbers import parse_decimal, parse_whole
from optkit.core.files.text import read_text


@dataclass
class AuxFile:
    """The contents of an aux file.

    Parameters
    ----------
    columns, rows
        The follower's columns and rows, by name or by index. Indices count from 0, those
        of rows without N rows.
    columns_named, rows_named
        Whether they are names, since a section lists them; after LC and LR both occur.
    objective
        The follower's objective coefficients, in the order of ``columns``.
    maximised
        Whether the follower maximises.
    costs, budget
        Interdiction: cost of each of the follower's columns, and the leader's budget.
    mps
        The MPS file it names.
    """

    columns: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    columns_named: bool = False
    rows_named: bool = False
    objective: list[float] = field(default_factory=list)
    maximised: bool = False
    costs: list[float] = field(default_factory=list)
    budget: float | None = None
    mps: str | None = None


def read_aux(path: Path) -> AuxFile:
    """Read an aux file of any form.

    Raises
    ------
    InvalidFileError
        If it is not an aux file; the error names the line.
    """
    parser = _Parser()
    source = str(path)
    for number, line in enumerate(read_text(path).split("\n"), 1):
        words = split_words(line)
        try:
            if words:
                parser.line(number, words)
        except _LineError as error:
            raise InvalidFileError(
                source, [f"line {number}: {error}: {' '.join(words)[:80]!r}"]
            ) from None
    try:
        return parser.finish()
    except _LineError as error:
        raise InvalidFileError(source, [str(error)]) from None


class _LineError(Exception):
    """One line is wrong; the text says how."""


_TAGS = {
    "@NUMVARS": "N", "@NUMVAR": "N",
    "@NUMCONSTRS": "M", "@NUMCONSTR": "M", "@NUMCONSTS": "M", "@NUMCONST": "M",
    "@OBJSENSE": "OS",
    "@VARSBEGIN": "@VARSBEGIN", "@VARBEGIN": "@VARSBEGIN",
    "@VARSEND": "@VARSEND", "@VAREND": "@VARSEND",
    "@CONSTRSBEGIN": "@CONSTRSBEGIN", "@CONSTRBEGIN": "@CONSTRSBEGIN",
    "@CONSTSBEGIN": "@CONSTRSBEGIN", "@CONSTBEGIN": "@CONSTRSBEGIN",
    "@CONSTRSEND": "@CONSTRSEND", "@CONSTREND": "@CONSTRSEND",
    "@CONSTSEND": "@CONSTRSEND", "@CONSTEND": "@CONSTRSEND",
    "@NAME": "@NAME", "@MPS": "@MPS", "@LP": "@LP",
}  # fmt: skip
"""Every spelling of a tag that is in use, and the key or tag that it stands for.

MibS's pages show some of them, its programs and data others.
"""

_LISTS = ("LC", "LR", "LO", "IC")
_SCALARS = ("N", "M", "OS", "IB", "@NAME", "@MPS", "@LP")
_FORMER = {"LS": "OS"}
_ENDS = {"@VARSEND": "@VARSBEGIN", "@CONSTRSEND": "@CONSTRSBEGIN"}

_MAXIMISED = {"MAX": True, "MAXIMIZE": True, "MAXIMISE": True}
_MINIMISED = {"MIN": False, "MINIMIZE": False, "MINIMISE": False}


class _Parser:
    """A single pass over a file, line by line."""

    def __init__(self) -> None:
        self.scalars: dict[str, tuple[str, int]] = {}
        self.lists: dict[str, list[str]] = {key: [] for key in _LISTS}
        self.numbers: dict[str, list[float]] = {"LO": [], "IC": []}
        self.opened: dict[str, int] = {}
        self.section = ""
        self.pending = ""
        self.empty = True

    def line(self, number: int, words: list[str]) -> None:
        """Read one line that is not blank."""
        tag = words[0].upper()
        if self.pending == "@NAME" and tag in _TAGS:
            self.pending = ""  # without a name
        if self.pending:
            self._scalar(self.pending, " ".join(words), number)
            self.pending = ""
        elif tag in _TAGS:
            # MibS counts the lines of a section, so its end may be left out.
            self._tag(tag, words, number)
        elif self.section:
            self._item(words)
        elif words[0].startswith(("*", "#")):
            return
        elif tag.startswith("@"):
            raise _LineError(f"the tag is unknown; known: {' '.join(_TAGS)}")
        else:
            self._pair(_FORMER.get(tag, tag), words, number)
        self.empty = False

    def _item(self, words: list[str]) -> None:
        """Read one line of a section."""
        if self.section == "@CONSTRSBEGIN":
            self.lists["LR"].append(" ".join(words))
            return
        if len(words) != 2:
            raise _LineError("a column and a number are expected")
        self.lists["LC"].append(words[0])
        self.numbers["LO"].append(_decimal(words[1]))

    def _tag(self, tag: str, words: list[str], number: int) -> None:
        key, section, self.section = _TAGS[tag], self.section, ""
        if key in _ENDS:
            if section != _ENDS[key]:
                raise _LineError(f"no {_ENDS[key]} stands before it")
            return
        if key in _SCALARS:
            if len(words) > 1:
                self._scalar(key, " ".join(words[1:]), number)
            else:
                self.pending = key
            return
        if len(words) > 1:
            raise _LineError(f"{tag} stands alone in its line")
        if key in self.opened:
            raise _LineError(
                f"line {self.opened[key]} opens the same section; keep one"
            )
        other = "LC" if key == "@VARSBEGIN" else "LR"
        if self.lists[other]:
            raise _LineError(f"{other} lists them already; keep one of the two lists")
        self.opened[key], self.section = number, key

    def _pair(self, key: str, words: list[str], number: int) -> None:
        if key not in _LISTS + _SCALARS[:4]:
            raise _LineError("the key is unknown; known: N M LC LR LO OS IC IB")
        if len(words) == 1 and key in _SCALARS:
            self.pending = key
            return
        if len(words) != 2:
            raise _LineError("a key and one value are expected")
        if key in _SCALARS:
            self._scalar(key, words[1], number)
        elif key in self.numbers:
            self.numbers[key].append(_decimal(words[1]))
        else:
            section = "@VARSBEGIN" if key == "LC" else "@CONSTRSBEGIN"
            if section in self.opened:
                raise _LineError(f"{section} lists them already; keep one of the two")
            self.lists[key].append(words[1])

    def _scalar(self, key: str, text: str, number: int) -> None:
        parse = _VALUES.get(key, str)
        first, line = self.scalars.setdefault(key, (text, number))
        if parse(first) != parse(text):
            raise _LineError(f"line {line} gives another value, {first!r}; keep one")

    def _value(self, key: str) -> str | None:
        return self.scalars[key][0] if key in self.scalars else None

    def finish(self) -> AuxFile:
        """Return the contents, after checking that the parts fit together."""
        if self.empty:
            raise _LineError("the file is empty; an aux file is expected")
        if self.pending:
            raise _LineError(
                f"the file ends after {self.pending}; its value is missing"
            )
        columns, rows = self.lists["LC"], self.lists["LR"]
        objective, costs = self.numbers["LO"], self.numbers["IC"]
        self._require_count("N", "columns", len(columns))
        self._require_count("M", "rows", len(rows))
        if len(objective) != len(columns):
            raise _LineError(
                f"LC lists {len(columns)} columns and LO {len(objective)} coefficients;"
                " each column has one"
            )
        sense, budget = self._value("OS"), self._value("IB")
        named = "@VARSBEGIN" in self.opened
        if sense is None and columns and not named:
            raise _LineError(
                "OS is missing, so the follower's sense is not known; add OS 1 (min) or"
                " OS -1 (max)"
            )
        if costs and budget is None:
            raise _LineError("IC is given without IB; add the budget")
        if budget is not None and len(costs) != len(columns):
            raise _LineError(
                f"LC lists {len(columns)} columns and IC {len(costs)} costs; each column"
                " has one"
            )
        return AuxFile(
            columns=columns,
            rows=rows,
            columns_named=named,
            rows_named="@CONSTRSBEGIN" in self.opened,
            objective=objective,
            maximised=sense is not None and _sense(sense),
            costs=costs,
            budget=None if budget is None else _decimal(budget),
            mps=self._mps_file(),
        )

    def _require_count(self, key: str, items: str, counted: int) -> None:
        """Refuse a file in which a stated count is not that of the lines."""
        stated = self._value(key)
        if stated is not None and _whole(stated) != counted:
            raise _LineError(
                f"{key} is {stated} (line {self.scalars[key][1]}), but {counted} {items}"
                " are listed; mend one"
            )

    def _mps_file(self) -> str | None:
        """Return the MPS file that is named; other tools name it after @LP as well."""
        model, lp = self._value("@MPS"), self._value("@LP")
        if model is None and lp is not None:
            if not lp.lower().removesuffix(".gz").endswith(".mps"):
                raise _LineError(
                    f"@LP names {lp!r}: LP files are not read; write the model as MPS, and"
                    " name it after @MPS"
                )
            return lp
        return model


def _decimal(word: str) -> float:
    value = parse_decimal(word)
    if value is None:
        raise _LineError(f"{word!r} is not a number")
    return value


def _whole(word: str) -> int:
    value = parse_whole(word)
    if value is None:
        raise _LineError(f"{word!r} is not a whole number")
    return value


def _sense(word: str) -> bool:
    """Return whether a sense is that of maximising."""
    words = _MAXIMISED | _MINIMISED
    if word.upper() in words:
        return words[word.upper()]
    value = parse_decimal(word)
    if value not in (1.0, -1.0):
        raise _LineError("the sense is 1 or MIN (min), -1 or MAX (max)")
    return value < 0


_VALUES: dict[str, Callable[[str], object]] = {
    "N": _whole,
    "M": _whole,
    "OS": _sense,
    "IB": _decimal,
}
