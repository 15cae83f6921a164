"""Read MPS files strictly, in fixed and free format.

The readers of solvers are too lenient for bilevel files. HiGHS' ignores a misspelt row in
COLUMNS, and takes a misspelt column in BOUNDS for a new one; it mixes several sets of
right-hand sides, and does not say which row was the objective. Here everything that is not
understood is an error that names the line, and of what is given twice both lines are named.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from optkit.bilevel.data.formats.mps_bounds import GivenBounds
from optkit.bilevel.data.formats.mps_lines import (
    BLANKS,
    BoundLine,
    FixedLines,
    FreeLines,
    LineError,
    SetLine,
    number,
    split_words,
)
from optkit.bilevel.instance import INFINITE
from optkit.core.errors import InvalidFileError
from optkit.core.files.text import read_text

_SECTIONS = (
    "NAME", "OBJSENSE", "ROWS", "COLUMNS", "RHS", "RANGES", "BOUNDS", "ENDATA",
)  # fmt: skip
_MAXIMISE = {"MAX", "MAXIMIZE", "MAXIMISE"}
_MINIMISE = {"MIN", "MINIMIZE", "MINIMISE"}


@dataclass
class MpsModel:
    """The contents of an MPS file, with its objective to be minimised.

    Parameters
    ----------
    name
        From the NAME line.
    columns
        Index of each column by name, in the order of COLUMNS.
    rows
        Index of each row by name, in the order of ROWS, without N rows.
    lower, upper, integer
        Bounds (infinite where there is none) and integrality of each column.
    low, high
        Sides of each row, infinite where there is none.
    entries
        Coefficients of each row by column index.
    cost, constant
        Objective coefficients by column index, and constant term; negated if the file
        maximises.
    objective
        Name of the objective row.
    maximised
        Whether the file maximises.
    """

    name: str = ""
    columns: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    entries: list[dict[int, float]] = field(default_factory=list)
    cost: dict[int, float] = field(default_factory=dict)
    constant: float = 0.0
    objective: str | None = None
    maximised: bool = False


def read_mps(path: Path) -> MpsModel:
    """Read an MPS file, which is compressed if its name ends in ``.gz``.

    Free format is tried first. A file with blanks in names must keep the columns of fixed
    format.

    Raises
    ------
    InvalidFileError
        If it is not an MPS file; the error names the line.
    """
    return parse_mps(read_text(path), str(path))


def parse_mps(text: str, source: str) -> MpsModel:
    """Parse the text of an MPS file; see :func:`read_mps`."""
    try:
        return _Parser(FreeLines()).parse(text, source)
    except InvalidFileError as error:
        try:
            return _Parser(FixedLines()).parse(text, source)
        except InvalidFileError:
            raise error from None


class _Parser:
    """A single pass over a file.

    Parameters
    ----------
    lines
        How lines are divided: free or fixed format.
    """

    def __init__(self, lines: FreeLines | FixedLines) -> None:
        self.lines = lines
        self.number = 0
        self.model = MpsModel()
        self.sense_line: int | None = None
        self.sense: dict[str, str] = {}
        self.ignored: set[str] = set()
        self.sides: dict[str, dict[str, tuple[float, int]]] = {"RHS": {}, "RANGES": {}}
        self.sets: dict[str, tuple[str, int]] = {}
        self.marked: list[bool] = []
        self.bounds = GivenBounds()
        self.in_integers = False

    def parse(self, text: str, source: str) -> MpsModel:
        """Read every line, then compute the sides and bounds."""
        section = ""
        try:
            # Not splitlines: it also ends lines at characters that may stand in names.
            for self.number, ended in enumerate(text.split("\n"), 1):
                line = ended.rstrip(BLANKS)
                if not line or line.startswith("*"):
                    continue
                if line[0] in " \t":
                    self._data(section, line)
                else:
                    section = self._header(line)
                    if section == "ENDATA":
                        break
        except LineError as error:
            raise InvalidFileError(
                source, [f"line {self.number}: {error}: {line.strip()[:80]!r}"]
            ) from None
        if section != "ENDATA":
            raise InvalidFileError(
                source, ["no ENDATA: the file is cut short, or is no MPS file"]
            )
        try:
            self._finish()
        except LineError as error:
            raise InvalidFileError(source, [str(error)]) from None
        return self.model

    def _header(self, line: str) -> str:
        section, *rest = words = split_words(line)
        section = section.upper()
        if section not in _SECTIONS:
            raise LineError(
                f"section {words[0]!r} is not read (known: {', '.join(_SECTIONS)})"
            )
        if section == "NAME":
            # FREE after the name says that the format is free.
            if len(rest) > 1 and rest[-1].upper() == "FREE":
                del rest[-1]
            self.model.name = " ".join(rest)
        elif section == "OBJSENSE" and rest:
            self._sense(rest)
        elif rest:
            raise LineError(
                f"{section} opens a section and stands alone; put a blank before data"
            )
        return section

    def _sense(self, words: list[str]) -> None:
        word = " ".join(words)
        if word.upper() not in _MAXIMISE | _MINIMISE:
            raise LineError(f"{word!r} is no sense; give MIN or MAX")
        maximised = word.upper() in _MAXIMISE
        if self.sense_line is not None and maximised != self.model.maximised:
            raise LineError(f"line {self.sense_line} gives the other sense; keep one")
        self.sense_line, self.model.maximised = self.number, maximised

    def _data(self, section: str, line: str) -> None:
        if section == "OBJSENSE":
            self._sense(line.split())
        elif section == "ROWS":
            self._row(*self.lines.row(line))
        elif section == "COLUMNS":
            self._column(line)
        elif section in self.sides:
            self._side(section, self.lines.sides(line))
        elif section == "BOUNDS":
            self._bound(self.lines.bound(line, self.model.columns))
        else:
            raise LineError("data outside of a section that holds any")

    def _row(self, sense: str, name: str) -> None:
        if sense not in ("N", "L", "G", "E"):
            raise LineError("a row is one of N, L, G, E and a name")
        if name in self.sense:
            raise LineError(f"row {name!r} stands more than once")
        self.sense[name] = sense
        if sense != "N":
            self.model.rows[name] = len(self.model.rows)
            self.model.entries.append({})
        elif self.model.objective is None:
            self.model.objective = name
        else:
            self.ignored.add(name)

    def _column(self, line: str) -> None:
        words = line.split()
        if "'MARKER'" in words:
            if words[-1] not in ("'INTORG'", "'INTEND'"):
                raise LineError("a marker is 'INTORG' or 'INTEND'")
            self.in_integers = words[-1] == "'INTORG'"
            return
        name, pairs = self.lines.column(line)
        model = self.model
        j = model.columns.setdefault(name, len(model.columns))
        if j == len(model.integer):
            model.integer.append(self.in_integers)
            self.marked.append(self.in_integers)
        elif j != len(model.integer) - 1:
            raise LineError(f"column {name!r} stands in two places")
        for row, word in pairs:
            value = number(word)
            if row in self.ignored:
                continue
            coefficients = self._coefficients(row)
            if j in coefficients:
                raise LineError(f"row {row!r} stands twice in column {name!r}")
            coefficients[j] = value

    def _coefficients(self, row: str) -> dict[int, float]:
        if row == self.model.objective:
            return self.model.cost
        return self.model.entries[self._row_index(row)]

    def _row_index(self, row: str) -> int:
        if row not in self.model.rows:
            raise LineError(f"row {row!r} is not in ROWS")
        return self.model.rows[row]

    def _require_one_set(self, section: str, name: str) -> None:
        """Refuse a second set of a section; a line without a set's name is of the first.

        By the format's rule the first set counts, but other readers mix all of them.
        """
        if not name:
            return
        first, line = self.sets.setdefault(section, (name, self.number))
        if name != first:
            raise LineError(
                f"{section} holds two sets, {first!r} (line {line}) and {name!r}; keep the"
                " lines of one"
            )

    def _side(self, section: str, given: SetLine) -> None:
        self._require_one_set(section, given.set_name)
        into = self.sides[section]
        for row, word in given.pairs:
            value = number(word, infinite=True)
            if row in self.ignored:
                continue
            if row != self.model.objective:
                self._row_index(row)
            elif section == "RANGES" or abs(value) >= INFINITE:
                raise LineError(f"the objective {row!r} has no such side")
            if row in into:
                raise LineError(
                    f"row {row!r} has two values, here and in line {into[row][1]}; keep one"
                )
            into[row] = value, self.number

    def _bound(self, given: BoundLine) -> None:
        if given.column not in self.model.columns:
            raise LineError(f"column {given.column!r} is not in COLUMNS")
        self._require_one_set("BOUNDS", given.set_name)
        j = self.model.columns[given.column]
        self.bounds.give(j, given.kind, given.value, self.number)
        if given.kind in ("UI", "LI", "BV"):
            self.model.integer[j] = True

    def _finish(self) -> None:
        model = self.model
        for j, marked in enumerate(self.marked):
            low, high = self.bounds.resolve(j, marked)
            model.lower.append(low)
            model.upper.append(high)
        right, spans = self.sides["RHS"], self.sides["RANGES"]
        for name in model.rows:
            low, high = _row_sides(
                self.sense[name],
                right.get(name, (0.0, 0))[0],
                spans[name][0] if name in spans else None,
            )
            if low >= INFINITE or high <= -INFINITE:
                lines = [given[name][1] for given in (right, spans) if name in given]
                raise LineError(
                    f"line {lines[0]}: row {name!r} has an infinite side that no value"
                    " meets; an L row may have +inf, a G row -inf"
                )
            model.low.append(_finite(low))
            model.high.append(_finite(high))
        if model.objective in right:
            model.constant = -right[model.objective][0] + 0.0
        if model.maximised:
            model.cost = {j: -value for j, value in model.cost.items()}
            model.constant = -model.constant + 0.0


def _row_sides(sense: str, right: float, span: float | None) -> tuple[float, float]:
    """Return the sides of a row; the rule of RANGES depends on the row's sense."""
    if sense == "L":
        return (-math.inf if span is None else right - abs(span)), right
    if sense == "G":
        return right, (math.inf if span is None else right + abs(span))
    if span is None:
        return right, right
    return (right, right + span) if span > 0 else (right + span, right)


def _finite(value: float) -> float:
    return math.copysign(math.inf, value) if abs(value) >= INFINITE else value
