"""The journal of a study: one JSON line per finished run, appended and never changed.

A line is written by one system call, under a lock, and is on the disk before the run
counts as finished. So whatever kills a worker costs at most the run it was working on. A
line that was cut off in the middle, as a failing disk may leave it, is skipped and
reported, and its run is made again.
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
        The file; the first line creates it.

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
        self._records: dict[str, Record] = {}
        self._unreported: list[Record] = []

    def append(self, record: Record) -> bool:
        """Append a record as one line, and wait until it is on the disk.

        Returns
        -------
        bool
            False if the journal already has the run, from a worker that was thought dead.
            A recorded failure is replaced by the later line.

        Raises
        ------
        UsageError
            If the file cannot be written.
        """
        data = record.line()
        try:
            with locked(self.path.with_name(f".{self.path.name}.lock")):
                self._unreported += self._read()
                before = self._records.get(record.key)
                if before is not None and not is_failure(before):
                    return False
                self._write(data)
        except OSError as error:
            raise UsageError(
                f"{self.path}: cannot be written: {error.strerror or error}. Free some"
                " space or name another folder, and start the study again: finished runs"
                " are kept."
            ) from None
        return True

    def read_new(self) -> list[Record]:
        """Return the records that any worker appended since the last call.

        Raises
        ------
        InvalidFileError
            If the file exists and cannot be read.
        """
        records = [*self._unreported, *self._read()]
        self._unreported = []
        return records

    def __contains__(self, key: str) -> bool:
        return key in self._records

    def records(self) -> dict[str, Record]:
        """Return all records that have been read, by key."""
        return dict(self._records)

    def _write(self, data: bytes) -> None:
        """Append whole lines by one call, after a newline if the last line lacks one."""
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
        complete, newline, _ = data.rpartition(b"\n")
        if not newline:
            return []
        self._offset += len(complete) + 1
        records = []
        for line in complete.split(b"\n"):
            self._line += 1
            if not line.strip():
                continue
            try:
                record = Record.model_validate_json(line)
            except ValidationError:
                self.damaged.append(self._line)
                continue
            before = self._records.get(record.key)
            if before is None or is_failure(before):
                self._records[record.key] = record
                records.append(record)
        return records


def is_failure(record: Record) -> bool:
    """Return whether a run did not end as runs should, so that it may be made again."""
    return record.outcome is not Outcome.DONE


def _is_cut_off(descriptor: int) -> bool:
    """Return whether the last line lacks its newline."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def damage_message(path: Path, lines: Sequence[int]) -> str:
    """Return a sentence that names the lines of a journal that cannot be read."""
    shown = ", ".join(map(str, lines[:10])) + (" …" if len(lines) > 10 else "")
    return f"{path}: cut off, damaged, or of another version of optkit: line {shown}."


def read_journal(path: Path) -> list[Record]:
    """Return every record of a journal, one per run, in the order of their first lines."""
    journal = Journal(path)
    journal.read_new()
    return list(journal.records().values())
