"""The journal of a study: one JSON line a run, appended and never changed.

A line is written by one system call, under a lock, and is on the disk before the run
counts as done. So whatever kills a worker costs at most the run it was in. A line that was
cut off in the middle, as a failing disk may leave it, is passed over, named, and its run
made again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from optkit.bench.file_locks import locked
from optkit.bench.record import Outcome, Record
from optkit.core.errors import InvalidFileError, UsageError


class Journal:
    """The journal in a file.

    Parameters
    ----------
    path
        The file; it is made by the first line.

    Attributes
    ----------
    damaged
        Numbers of the lines that cannot be read, counted from 1.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged: list[int] = []
        self._offset = 0
        self._line = 0
        self._known: dict[str, Record] = {}
        self._untold: list[Record] = []

    def append(self, record: Record) -> bool:
        """Write a record behind the others, whole, and wait until it is on the disk.

        Returns
        -------
        bool
            False if the run is there already, from a worker that was thought dead; a
            failure that is there is replaced by the later line.

        Raises
        ------
        UsageError
            If the file cannot be written.
        """
        data = record.line()
        try:
            with locked(self.path.with_name(f".{self.path.name}.lock")):
                self._untold += self._read()
                before = self._known.get(record.key)
                if before is not None and not is_failure(before):
                    return False
                self._write(data)
        except OSError as error:
            raise UsageError(
                f"{self.path}: cannot be written: {error.strerror or error}; make room or"
                " name another folder, and start the study again: finished runs stay."
            ) from None
        return True

    def read_new(self) -> list[Record]:
        """Return the records that were appended since the last call, by whomever.

        Raises
        ------
        InvalidFileError
            If the file is there and cannot be read.
        """
        found = [*self._untold, *self._read()]
        self._untold = []
        return found

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def records(self) -> dict[str, Record]:
        """Return all that has been read, by key."""
        return dict(self._known)

    def _write(self, data: bytes) -> None:
        """Write whole lines at the end, by one call, behind a newline if need be."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        descriptor = os.open(self.path, flags, 0o644)
        try:
            if _is_cut_off(descriptor):
                data = b"\n" + data
            if os.write(descriptor, data) != len(data):
                raise OSError("the disk took only a part of the line")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _read(self) -> list[Record]:
        try:
            with self.path.open("rb") as stream:
                stream.seek(self._offset)
                data = stream.read()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InvalidFileError(
                str(self.path), [f"cannot be read: {error.strerror or error}"]
            ) from None
        whole, newline, _ = data.rpartition(b"\n")
        if not newline:
            return []
        self._offset += len(whole) + 1
        found = []
        for line in whole.split(b"\n"):
            self._line += 1
            if not line.strip():
                continue
            try:
                record = Record.model_validate_json(line)
            except ValidationError:
                self.damaged.append(self._line)
                continue
            before = self._known.get(record.key)
            if before is None or is_failure(before):
                self._known[record.key] = record
                found.append(record)
        return found


def is_failure(record: Record) -> bool:
    """Say whether a run may be made again: it did not end as runs should."""
    return record.outcome is not Outcome.DONE


def _is_cut_off(descriptor: int) -> bool:
    """Say whether the last line lacks its end."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def unreadable(path: Path, lines: Sequence[int]) -> str:
    """Say which lines of a journal cannot be read."""
    shown = ", ".join(map(str, lines[:10])) + (" …" if len(lines) > 10 else "")
    return f"{path}: cut off, damaged, or of another version of optkit: line {shown}."


def read_journal(path: Path) -> list[Record]:
    """Return every record of a journal in the order of first lines, one a run."""
    journal = Journal(path)
    journal.read_new()
    return list(journal.records().values())
