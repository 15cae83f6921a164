"""Reads the rows of foreign tables: CSV, plain or gzipped, a file or a folder of parts."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files import paths
from optkit.core.files.lines import text_lines
from optkit.core.files.numbers import parse_decimal

MOST_ISSUES = 20
"""Number of wrong fields after which reading stops."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")

ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Parameters
    ----------
    file
        The file it is from.
    line
        Its line number, from 1.
    fields
        The text of each column.
    first
        Whether it is the first row of its file, where a heading may stand.
    """

    file: Path
    line: int
    fields: list[str]
    first: bool = False


class RowReader:
    """Reads the rows of a source and collects what is wrong with them.

    Parameters
    ----------
    source
        A file, or a folder whose files are read in the order of their names.
    expected
        What the source should be, in words, for messages.
    delimiters
        Characters that may separate fields; each file uses the one in its first row. If
        empty, spaces, tabs and commas separate words.
    endings
        Endings of the names of the files in a folder that are read.
    comment
        What a line begins with that is skipped; empty if there are no such lines.
    """

    def __init__(
        self,
        source: Path,
        expected: str,
        delimiters: str = ",",
        endings: tuple[str, ...] = (".csv", ".csv.gz"),
        comment: str = "",
    ) -> None:
        self.source = source
        self.expected = expected
        self.delimiters = delimiters
        self.comment = comment
        self._issues: list[Issue] = []
        self.files = _files(source, expected, endings)

    def rows(self) -> Iterator[Row]:
        """Yield every line that is neither empty nor a comment."""
        for path in self.files:
            yield from self.rows_of(path)

    def rows_of(self, path: Path) -> Iterator[Row]:
        """Yield the rows of one file.

        Raises
        ------
        InvalidFileError
            If the file cannot be read or has no rows.
        """
        first = True
        delimiter = self.delimiters[:1]
        for number, line in enumerate(text_lines(path), 1):
            if self.comment and line.lstrip().startswith(self.comment):
                continue
            if first:
                used = [mark for mark in self.delimiters if mark in line]
                delimiter = used[0] if used else delimiter
            fields = self._fields(path, number, line, delimiter)
            if any(fields):
                yield Row(path, number, fields, first)
                first = False
        if first:
            self.finish()
            raise InvalidFileError(
                str(path), [f"the file is empty; {self.expected} are expected"]
            )

    def _fields(self, path: Path, number: int, line: str, delimiter: str) -> list[str]:
        if not self.delimiters:
            return line.replace(",", " ").split()
        if '"' not in line:
            return [field.strip() for field in line.split(delimiter)]
        try:
            # No format here has a line's end within a field: a quote that is not closed
            # is a damaged line, which must not swallow the next ones.
            fields = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            self.wrong(
                Row(path, number, [line]),
                1,
                "quotes",
                "has a quote that is not closed, or text after one: correct the line",
            )
            return []
        return [field.strip() for field in fields]

    def wrong(self, row: Row, column: int, name: str, why: str) -> None:
        """Record a wrong field; columns count from 1.

        Raises
        ------
        InvalidFileError
            If there are too many already.
        """
        where = f"{row.file.name}, " if len(self.files) > 1 else ""
        text = row.fields[column - 1][:40] if column <= len(row.fields) else ""
        self._issues.append(
            Issue(
                f"{where}line {row.line}, column {column} ({name})", f"{text!r} {why}"
            )
        )
        if len(self._issues) >= MOST_ISSUES:
            self.finish()

    def finish(self) -> None:
        """Raise an error if any field was wrong.

        Raises
        ------
        InvalidFileError
            With every wrong field.
        """
        if self._issues:
            raise InvalidFileError(str(self.source), self._issues)

    def width(self, row: Row, layouts: Sequence[int]) -> bool:
        """Return whether a row has as many columns as one of the layouts; record if not."""
        if len(row.fields) in layouts:
            return True
        allowed = " or ".join(map(str, layouts))
        self.wrong(
            row,
            min(len(row.fields), max(layouts)),
            "last",
            f"ends a line of {len(row.fields)} columns; {self.expected} have {allowed}:"
            " fetch the file again, or name another format",
        )
        return False

    def parsed(
        self,
        row: Row,
        column: int,
        name: str,
        parse: Callable[[str], ValueT | None],
        unit: str,
    ) -> ValueT | None:
        """Return what ``parse`` makes of a column, counted from 1; record a wrong one.

        Parameters
        ----------
        parse
            Returns None for a text that is wrong.
        unit
            What the text should be, for the message.
        """
        value = parse(row.fields[column - 1])
        if value is None:
            self.wrong(row, column, name, f"is not {unit}: correct or remove the line")
        return value

    def number(self, row: Row, column: int, name: str, unit: str) -> float | None:
        """Return the finite number in a column, counted from 1; record a wrong one."""
        return self.parsed(row, column, name, parse_decimal, unit)

    def whole(self, row: Row, column: int, name: str, unit: str) -> int | None:
        """Return the whole number in a column, counted from 1; record a wrong one."""
        return self.parsed(row, column, name, _integer, unit)


def _integer(text: str) -> int | None:
    return int(text) if _INTEGER.fullmatch(text) else None


def _files(source: Path, expected: str, endings: tuple[str, ...]) -> list[Path]:
    if not paths.is_folder(source):
        return [source]
    files = sorted(
        path
        for path in source.iterdir()
        if paths.is_file(path) and path.name[0] != "." and path.name.endswith(endings)
    )
    named = " " + " or ".join(endings) if all(endings) else ""
    if not files:
        raise InvalidFileError(
            str(source), [f"the folder holds no{named} files of {expected}"]
        )
    return files
