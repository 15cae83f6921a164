"""Divide the data lines of MPS files into words, in free and in fixed format."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from optkit.core.files.numbers import parse_decimal, parse_decimal_or_infinity

WITHOUT_NUMBER = ("FR", "MI", "PL", "BV")
WITH_NUMBER = ("UP", "LO", "FX", "UI", "LI")

Pairs = Sequence[tuple[str, str]]


class LineError(Exception):
    """One line is wrong; the text says how."""


class SetLine(NamedTuple):
    """A line of RHS or RANGES: its set (empty if left out), and rows with numbers."""

    set_name: str
    pairs: Pairs


class BoundLine(NamedTuple):
    """A line of BOUNDS; ``set_name`` is empty if left out, ``value`` 0 if not needed."""

    kind: str
    set_name: str
    column: str
    value: float


_FORTRAN = re.compile(r"([0-9.])[dD]([+-]?[0-9]+)$")


def number(word: str, *, infinite: bool = False) -> float:
    """Return a number; refuse everything else by name, and infinity unless allowed.

    Files written by Fortran programs have exponents with D.
    """
    plain = _FORTRAN.sub(r"\1e\2", word)
    value = parse_decimal_or_infinity(plain) if infinite else parse_decimal(plain)
    if value is None:
        raise LineError(f"{word!r} is not a number")
    return value


class FreeLines:
    """Free format: words divided by blanks and tabs; names hold neither."""

    def row(self, line: str) -> tuple[str, str]:
        """Return sense and name of a row."""
        words = _split(line)
        if len(words) != 2:
            raise LineError("a row is one of N, L, G, E and a name")
        return words[0].upper(), words[1]

    def column(self, line: str) -> tuple[str, Pairs]:
        """Return a column's name, and rows with coefficients."""
        name, *rest = _split(line)
        return name, _pairs(rest)

    def sides(self, line: str) -> SetLine:
        """Return a line of RHS or RANGES; the set's name may be left out."""
        words = _split(line)
        if len(words) % 2:
            return SetLine(words[0], _pairs(words[1:]))
        return SetLine("", _pairs(words))

    def bound(self, line: str, columns: Collection[str]) -> BoundLine:
        """Return a line of BOUNDS; the set's name may be left out."""
        kind, *rest = _split(line)
        kind = _bound_kind(kind)
        if kind in WITH_NUMBER:
            if len(rest) not in (2, 3):
                raise LineError("a bound is a type, a set, a column and a number")
            set_name = rest[0] if len(rest) == 3 else ""
            return BoundLine(kind, set_name, rest[-2], number(rest[-1], infinite=True))
        if not 1 <= len(rest) <= 3:
            raise LineError("a bound of this type is the type, a set and a column")
        if len(rest) == 1:
            return BoundLine(kind, "", rest[0], 0.0)
        if len(rest) == 2 and rest[1] not in columns and rest[0] in columns:
            number(rest[1], infinite=True)  # a number that the type does not need
            return BoundLine(kind, "", rest[0], 0.0)
        if len(rest) == 2 and set(rest) <= {*columns} and _is_number(rest[1]):
            raise LineError(
                f"column {rest[0]!r} and a number, or set and column {rest[1]!r}? Name"
                " the set"
            )
        if len(rest) == 3:
            number(rest[2], infinite=True)
        return BoundLine(kind, rest[0], rest[1], 0.0)


class FixedLines:
    """Fixed format: six fields at set positions; names may hold blanks."""

    def row(self, line: str) -> tuple[str, str]:
        """Return sense and name of a row."""
        sense, name, *_ = _fields(line, 2)
        if not name:
            raise LineError("a row is one of N, L, G, E and a name")
        return sense.upper(), name

    def column(self, line: str) -> tuple[str, Pairs]:
        """Return a column's name, and rows with coefficients."""
        _, name, *rest = _fields(line)
        if not name:
            raise LineError("the column's name is missing")
        return name, _field_pairs(rest)

    def sides(self, line: str) -> SetLine:
        """Return a line of RHS or RANGES."""
        _, set_name, *rest = _fields(line)
        return SetLine(set_name, _field_pairs(rest))

    def bound(self, line: str, columns: Collection[str]) -> BoundLine:
        """Return a line of BOUNDS."""
        kind, set_name, column, word, *_ = _fields(line, 4)
        kind = _bound_kind(kind)
        value = number(word, infinite=True) if kind in WITH_NUMBER or word else 0.0
        return BoundLine(kind, set_name, column, value)


BLANKS = " \t\r\f\v"
"""Only these divide words; ``str.split`` would divide names at others as well."""

_WORD = re.compile(f"[^{BLANKS}]+")

_FIELDS = ((1, 3), (4, 12), (14, 22), (24, 36), (39, 47), (49, 61))
"""The six fields of fixed format, as slices of a line."""

_BETWEEN = ((0, 1), (3, 4), (12, 14), (22, 24), (36, 39), (47, 49))


def split_words(line: str) -> list[str]:
    """Return the words of a line, divided by ASCII blanks."""
    return _WORD.findall(line)


def _split(line: str) -> list[str]:
    words = split_words(line)
    if not words:
        raise LineError("no word")
    return words


def _fields(line: str, count: int = 6) -> list[str]:
    """Return the fields of a line; text outside of the first ``count`` is an error."""
    # Otherwise a number that is too long for its field would be cut in silence.
    outside = [line[a:b] for a, b in _BETWEEN] + [line[_FIELDS[count - 1][1] :]]
    if "\t" in line or "".join(outside).strip():
        raise LineError("text outside of the fields of fixed format")
    return [line[a:b].strip() for a, b in _FIELDS]


def _field_pairs(fields: list[str]) -> Pairs:
    first, second = (fields[0], fields[1]), (fields[2], fields[3])
    if not all(first) or any(second) != all(second):
        raise LineError("one or two pairs of a row and a number are expected")
    return [first, second] if all(second) else [first]


def _pairs(words: list[str]) -> Pairs:
    if len(words) not in (2, 4):
        raise LineError("one or two pairs of a row and a number are expected")
    return [*zip(words[::2], words[1::2], strict=True)]


def _bound_kind(word: str) -> str:
    kind = word.upper()
    if kind not in WITH_NUMBER + WITHOUT_NUMBER:
        raise LineError(f"bounds of type {word!r} are not read")
    return kind


def _is_number(word: str) -> bool:
    return parse_decimal_or_infinity(_FORTRAN.sub(r"\1e\2", word)) is not None
