"""Reads the rows of foreign tables: CSV, plain or gzipped, a file or a folder of parts."""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files import paths

MAX_BYTES = 256 * 2**20
"""Largest file that is read, in bytes after decompression: 256 MiB."""

MOST_ISSUES = 20
"""Number of wrong fields after which reading stops."""


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
    """

    file: Path
    line: int
    fields: list[str]


class RowReader:
    """Reads the rows of a source and collects what is wrong with them.

    Parameters
    ----------
    source
        A file, or a folder whose files are read in the order of their names.
    expected
        What the source should be, in words, for messages.
    delimiters
        Characters that may separate fields; each file uses the one in its first line.
    endings
        Endings of the names of the files in a folder that are read.
    """

    def __init__(
        self,
        source: Path,
        expected: str,
        delimiters: str = ",",
        endings: tuple[str, ...] = (".csv", ".csv.gz"),
    ) -> None:
        self.source = source
        self.expected = expected
        self.delimiters = delimiters
        self._issues: list[Issue] = []
        self.files = _files(source, expected, endings)

    def rows(self) -> Iterator[Row]:
        """Yield every line that is not empty."""
        for path in self.files:
            empty = True
            lines = _text(path).splitlines()
            used = [mark for mark in self.delimiters if lines and mark in lines[0]]
            delimiter = used[0] if used else self.delimiters[0]
            rows = csv.reader(lines, delimiter=delimiter)
            for line, fields in enumerate(rows, 1):
                if any(field.strip() for field in fields):
                    empty = False
                    yield Row(path, line, [field.strip() for field in fields])
            if empty:
                raise InvalidFileError(
                    str(path), [f"the file is empty; {self.expected} are expected"]
                )

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

    def number(
        self, row: Row, column: int, name: str, make: Callable[[str], float], unit: str
    ) -> float | None:
        """Return the number in a column, counted from 1; record a wrong one."""
        try:
            value = make(row.fields[column - 1])
            if math.isfinite(value):
                return value
        except (ValueError, OverflowError):
            pass
        self.wrong(row, column, name, f"is not {unit}: correct or remove the line")
        return None


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


def _text(path: Path) -> str:
    source = str(path)
    try:
        with path.open("rb") as raw:
            data = raw.read(MAX_BYTES + 1)
        if data.startswith(b"\x1f\x8b"):
            with gzip.open(path) as unpacked:
                data = unpacked.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        raise InvalidFileError(
            source, ["no such file; check the name and the folder"]
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidFileError(
            source, [f"cannot be read: {reason}; fetch it again"]
        ) from None
    except UnicodeDecodeError as error:
        raise InvalidFileError(
            source, [f"not a text file (byte {error.start}); name a CSV table"]
        ) from None
    if len(data) > MAX_BYTES:
        raise InvalidFileError(
            source, [f"larger than {MAX_BYTES} bytes, the most that is read"]
        )
    return text
