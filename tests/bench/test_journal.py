"""The journal: nothing that was finished is lost, and no run is there twice."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from optkit.bench.journal import Journal, read_journal
from optkit.core.errors import InvalidFileError
from tests.bench.records import record


def test_what_is_appended_is_read_back(tmp_path: Path) -> None:
    """A record survives the way to the disk and back, in order."""
    journal = Journal(tmp_path / "journal.jsonl")
    given = [record(f"k{i}", objective=1.0 + i / 3, bound=None) for i in range(3)]
    for one in given:
        assert journal.append(one)
    assert read_journal(journal.path) == given


def test_a_line_that_was_cut_off_costs_that_line_only(tmp_path: Path) -> None:
    """A crash in the middle of a line leaves the others, and the next one readable."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.append(record("first"))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    again = Journal(path)
    assert [r.key for r in again.read_new()] == ["first"]
    again.append(record("second"))
    assert [r.key for r in read_journal(path)] == ["first", "second"]
    last = Journal(path)
    last.read_new()
    assert last.damaged == [2]


def test_a_run_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    """Of two workers that made the same run, one line stays."""
    one, other = Journal(tmp_path / "j"), Journal(tmp_path / "j")
    assert one.append(record("k", objective=1.0))
    assert not other.append(record("k", objective=2.0, bound=None))
    assert [r.objective for r in read_journal(tmp_path / "j")] == [1.0]
    # What was read while appending is told all the same.
    assert [r.key for r in other.read_new()] == ["k"]


def test_a_failure_is_replaced_by_a_later_run(tmp_path: Path) -> None:
    """A run that was made again after it failed counts as its last line says."""
    journal = Journal(tmp_path / "j")
    failed = record("k", outcome="crash", status=None, objective=None, bound=None)
    assert journal.append(failed)
    assert journal.append(record("k"))
    assert [r.outcome for r in read_journal(tmp_path / "j")] == ["done"]


def test_a_journal_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A folder in its place is an error with its path, and no study of nothing."""
    with pytest.raises(InvalidFileError, match="cannot be read"):
        read_journal(tmp_path)


def test_lines_that_make_no_sense_are_named(tmp_path: Path) -> None:
    """A limit that is text, NaN and a line of another version are damage, not figures."""
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
    """A name of a file that is no UTF-8 is spelt out."""
    assert b"a\\\\udcff" in record(detail="a\udcff").line()


def _append_many(path: Path, start: int) -> None:
    journal = Journal(path)
    for i in range(start, start + 100):
        journal.append(record(f"k{i}"))


def test_two_processes_append_at_once(tmp_path: Path) -> None:
    """Lines of two workers never run into each other."""
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
