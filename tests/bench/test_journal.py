"""The journal: no finished run is lost, and none is there twice."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from optkit.bench.journal import Journal, read_journal
from optkit.core.errors import InvalidFileError
from tests.bench.records import record


def test_appended_records_are_read_back(tmp_path: Path) -> None:
    """Records are the same after writing and reading, and in order."""
    journal = Journal(tmp_path / "journal.jsonl")
    records = [record(f"k{i}", objective=1.0 + i / 3, bound=None) for i in range(3)]
    for line in records:
        assert journal.append(line)
    assert read_journal(journal.path) == records


def test_a_cut_off_line_costs_that_line_only(tmp_path: Path) -> None:
    """After a crash in the middle of a line, the lines before and after are readable."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.append(record("first"))
    line = path.read_bytes()
    path.write_bytes(line + line[: len(line) // 2])
    again = Journal(path)
    assert [r.key for r in again.read_new()] == ["first"]
    again.append(record("second"))
    assert [r.key for r in read_journal(path)] == ["first", "second"]
    last = Journal(path)
    last.read_new()
    assert last.damaged == [2]


def test_a_run_is_not_written_twice(tmp_path: Path) -> None:
    """If two workers made the same run, the first line stays."""
    first, second = Journal(tmp_path / "j"), Journal(tmp_path / "j")
    assert first.append(record("k", objective=1.0))
    assert not second.append(record("k", objective=2.0, bound=None))
    assert [r.objective for r in read_journal(tmp_path / "j")] == [1.0]
    # A record that was read while appending is still new to the reader.
    assert [r.key for r in second.read_new()] == ["k"]


def test_a_failure_is_replaced_by_a_later_run(tmp_path: Path) -> None:
    """A failed run that was made again counts as its later line says."""
    journal = Journal(tmp_path / "j")
    failed = record("k", outcome="crash", status=None, objective=None, bound=None)
    assert journal.append(failed)
    assert journal.append(record("k"))
    assert [r.outcome for r in read_journal(tmp_path / "j")] == ["done"]


def test_an_unreadable_journal_is_an_error(tmp_path: Path) -> None:
    """A folder in place of the journal is an error, not an empty study."""
    with pytest.raises(InvalidFileError, match="cannot be read"):
        read_journal(tmp_path)


def test_invalid_lines_are_reported(tmp_path: Path) -> None:
    """Text as a limit, NaN, another version and a wrong time stamp are damaged lines."""
    text = record("k").line().decode()
    path = tmp_path / "j"
    path.write_text(
        text.replace('{"time": 10.0}', '{"time": "x"}')
        + text.replace('"objective": 1.0', '"objective": NaN')
        + text.replace('"schema_version": 1', '"schema_version": 2')
        + text.replace("2026-01-01T", "yesterday ")
        + text
    )
    journal = Journal(path)
    assert [r.key for r in journal.read_new()] == ["k"]
    assert journal.damaged == [1, 2, 3, 4]


def test_a_detail_can_always_be_written() -> None:
    """A file name that is not UTF-8 is escaped."""
    assert b"a\\\\udcff" in record(detail="a\udcff").line()


def _append_many(path: Path, start: int) -> None:
    journal = Journal(path)
    for i in range(start, start + 100):
        journal.append(record(f"k{i}"))


def test_two_processes_append_at_the_same_time(tmp_path: Path) -> None:
    """Lines of two workers never mix."""
    path = tmp_path / "j"
    context = multiprocessing.get_context("fork")
    workers = [
        context.Process(target=_append_many, args=(path, start)) for start in (0, 50)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(path.read_text().splitlines()) == 150
    assert {r.key for r in read_journal(path)} == {f"k{i}" for i in range(150)}
