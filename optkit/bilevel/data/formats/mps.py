"""Read MPS files strictly, in fixed and free format.

The readers of solvers are too lenient for bilevel files. HiGHS' ignores a misspelt row in
COLUMNS, and takes a misspelt column in BOUNDS for a new one; none says which row was the
objective. Here everything that is not understood is an error that names the line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from optkit.bilevel.instance import INFINITE
from optkit.core.errors import InvalidFileError
from optkit.core.files.text import read_text

_SECTIONS = (
    "NAME", "OBJSENSE", "ROWS", "COLUMNS", "RHS", "RANGES", "BOUNDS", "ENDATA",
)  # fmt: skip
_MAXIMISE = {"MAX", "MAXIMIZE", "MAXIMISE"}
_MINIMISE = {"MIN", "MINIMIZE", "MINIMISE"}
_WITHOUT_NUMBER = {"FR", "MI", "PL", "BV"}
_WITH_NUMBER = {"UP", "LO", "FX", "UI", "LI"}
_FIXED = ((1, 3), (4, 12), (14, 22), (24, 36), (39, 47), (49, 61))
"""The six fields of fixed format, as slices of a line."""


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


class _LineError(Exception):
    """One line is wrong; the text says how."""


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
        return _Parser(fixed=False).parse(text, source)
    except InvalidFileError as error:
        try:
            return _Parser(fixed=True).parse(text, source)
        except InvalidFileError:
            raise error from None


class _Parser:
    """A single pass over a file.

    Parameters
    ----------
    fixed
        Whether to read fixed format.
    """

    def __init__(self, fixed: bool) -> None:
        self.fixed = fixed
        self.model = MpsModel()
        self.sense: dict[str, str] = {}
        self.ignored: set[str] = set()
        self.rhs: dict[str, float] = {}
        self.ranges: dict[str, float] = {}
        self.marked: list[bool] = []
        self.bounded: list[bool] = []
        self.in_integers = False

    def parse(self, text: str, source: str) -> MpsModel:
        """Read every line, then compute the sides."""
        section, ended = "", False
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("*"):
                continue
            try:
                if not line[0].isspace():
                    section = self._header(line)
                    ended = section == "ENDATA"
                    if ended:
                        break
                else:
                    self._data(section, line)
            except _LineError as error:
                raise InvalidFileError(
                    source, [f"line {number}: {error}: {line.strip()[:80]!r}"]
                ) from None
        if not ended:
            raise InvalidFileError(
                source, ["no ENDATA: the file is cut short, or is no MPS file"]
            )
        self._finish()
        return self.model

    def _header(self, line: str) -> str:
        words = line.split()
        section = words[0].upper()
        if section not in _SECTIONS:
            raise _LineError(
                f"section {words[0]!r} is not read (known: {', '.join(_SECTIONS)})"
            )
        if section == "NAME":
            self.model.name = " ".join(words[1:])
        elif section == "OBJSENSE" and len(words) > 1:
            self._sense(words[1])
        return section

    def _sense(self, word: str) -> None:
        if word.upper() not in _MAXIMISE | _MINIMISE:
            raise _LineError(f"{word!r} is no sense; give MIN or MAX")
        self.model.maximised = word.upper() in _MAXIMISE

    def _data(self, section: str, line: str) -> None:
        read = {
            "OBJSENSE": lambda words: self._sense(words[0]),
            "ROWS": self._row,
            "COLUMNS": self._column,
            "RHS": lambda words: self._sides(words, self.rhs),
            "RANGES": lambda words: self._sides(words, self.ranges),
            "BOUNDS": self._bound,
        }.get(section)
        if read is None:
            raise _LineError("data outside of a section that holds any")
        read(self._words(section, line))

    def _words(self, section: str, line: str) -> list[str]:
        if not self.fixed or section == "OBJSENSE":
            return line.split()
        fields = [line[a:b].strip() for a, b in _FIXED]
        if section == "ROWS":
            return [fields[0], fields[1]]
        if section == "BOUNDS":
            return [word for word in fields[:4] if word]
        return [word for word in fields[1:] if word]

    def _row(self, words: list[str]) -> None:
        if len(words) != 2 or words[0].upper() not in ("N", "L", "G", "E"):
            raise _LineError("a row is one of N, L, G, E and a name")
        sense, name = words[0].upper(), words[1]
        if name in self.sense:
            raise _LineError(f"row {name!r} stands more than once")
        self.sense[name] = sense
        if sense != "N":
            self.model.rows[name] = len(self.model.rows)
            self.model.entries.append({})
        elif self.model.objective is None:
            self.model.objective = name
        else:
            self.ignored.add(name)

    def _column(self, words: list[str]) -> None:
        if "'MARKER'" in words:
            if words[-1] not in ("'INTORG'", "'INTEND'"):
                raise _LineError("a marker is 'INTORG' or 'INTEND'")
            self.in_integers = words[-1] == "'INTORG'"
            return
        model, name = self.model, words[0]
        j = model.columns.setdefault(name, len(model.columns))
        if j == len(model.lower):
            model.lower.append(0.0)
            model.upper.append(math.inf)
            model.integer.append(self.in_integers)
            self.marked.append(self.in_integers)
            self.bounded.append(False)
        elif j != len(model.lower) - 1:
            raise _LineError(f"column {name!r} stands in two places")
        for row, value in self._pairs(words[1:]):
            if row in self.ignored:
                continue
            coefficients = self._coefficients(row)
            if j in coefficients:
                raise _LineError(f"row {row!r} stands twice in column {name!r}")
            coefficients[j] = value

    def _coefficients(self, row: str) -> dict[int, float]:
        if row == self.model.objective:
            return self.model.cost
        return self.model.entries[self._row_index(row)]

    def _row_index(self, row: str) -> int:
        if row not in self.model.rows:
            raise _LineError(f"row {row!r} is not in ROWS")
        return self.model.rows[row]

    def _pairs(self, words: list[str]) -> Iterator[tuple[str, float]]:
        if len(words) % 2 or len(words) > 4:
            raise _LineError("one or two pairs of a row and a number are expected")
        for row, number in zip(words[::2], words[1::2], strict=True):
            yield row, _number(number)

    def _sides(self, words: list[str], into: dict[str, float]) -> None:
        # The name of the set may be left out.
        for row, value in self._pairs(words[1:] if len(words) % 2 else words):
            if row in self.ignored:
                continue
            if row != self.model.objective:
                self._row_index(row)
            if row in into:
                raise _LineError(f"row {row!r} has two values; keep one")
            into[row] = value

    def _bound(self, words: list[str]) -> None:
        kind, rest = words[0].upper(), words[1:]
        if kind not in _WITH_NUMBER | _WITHOUT_NUMBER:
            raise _LineError(f"bounds of type {words[0]!r} are not read")
        columns = self.model.columns
        if kind in _WITHOUT_NUMBER:
            named = [word for word in rest[:2] if word in columns]
            name = named[-1] if named else rest[min(1, len(rest) - 1)] if rest else ""
            value = 0.0
        else:
            if len(rest) not in (2, 3):
                raise _LineError("a bound is a type, a set, a column and a number")
            name, value = rest[-2], _number(rest[-1])
        if name not in columns:
            raise _LineError(f"column {name!r} is not in COLUMNS")
        self._set(columns[name], kind, value)

    def _set(self, j: int, kind: str, value: float) -> None:
        lower, upper = self.model.lower, self.model.upper
        self.bounded[j] = True
        if kind in ("UP", "UI"):
            upper[j] = _finite(value)
            # By convention a negative upper bound without a lower one removes the lower.
            if value < 0.0 and lower[j] == 0.0:
                lower[j] = -math.inf
        elif kind in ("LO", "LI"):
            lower[j] = _finite(value)
        elif kind == "FX":
            lower[j] = upper[j] = value
        elif kind == "FR":
            lower[j], upper[j] = -math.inf, math.inf
        elif kind == "MI":
            lower[j] = -math.inf
        elif kind == "PL":
            upper[j] = math.inf
        else:
            lower[j], upper[j] = 0.0, 1.0
        if kind in ("UI", "LI", "BV"):
            self.model.integer[j] = True

    def _finish(self) -> None:
        model = self.model
        for j, marked in enumerate(self.marked):
            # By convention an integer column between markers without bounds is binary.
            if marked and not self.bounded[j]:
                model.upper[j] = 1.0
        for name in model.rows:
            low, high = _row_sides(
                self.sense[name], self.rhs.get(name, 0.0), self.ranges.get(name)
            )
            model.low.append(low)
            model.high.append(high)
        if model.objective is not None:
            model.constant = -self.rhs.get(model.objective, 0.0) + 0.0
        if model.maximised:
            model.cost = {j: -value for j, value in model.cost.items()}
            model.constant = -model.constant + 0.0


def _row_sides(sense: str, right: float, span: float | None) -> tuple[float, float]:
    """Return the sides of a row; the rule of RANGES depends on the row's sense."""
    if sense == "L":
        return (-math.inf if span is None else right - abs(span)), _finite(right)
    if sense == "G":
        return _finite(right), (math.inf if span is None else right + abs(span))
    if span is None:
        return right, right
    return (right, right + span) if span > 0 else (right + span, right)


def _finite(value: float) -> float:
    return math.copysign(math.inf, value) if abs(value) >= INFINITE else value


def _number(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        raise _LineError(f"{word!r} is not a number") from None
    if math.isnan(value):
        raise _LineError(f"{word!r} is not a number")
    return value
