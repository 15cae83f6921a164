"""Rows of tables: lines, quotes, comments, and sources that are no files."""

from __future__ import annotations

import gzip
import os
import threading
from pathlib import Path

import pytest

from optkit.core.errors import InvalidFileError
from optkit.core.files import lines
from optkit.core.files.lines import text_lines
from optkit.core.files.rows import RowReader
from optkit.core.files.text import read_text


def fields(path: Path, **options: str) -> list[list[str]]:
    """Return the fields of all rows."""
    table = RowReader(path, "rows", **options)  # type: ignore[arg-type]
    rows = [row.fields for row in table.rows()]
    table.finish()
    return rows


def test_quoted_fields_and_comments(tmp_path: Path) -> None:
    """Quotes protect delimiters, and comments are skipped where a format has them."""
    path = tmp_path / "table.csv"
    path.write_text('# by hand\n"a,b", c\n\n1,2\n')
    assert fields(path, comment="#") == [["a,b", "c"], ["1", "2"]]
    path.write_text("a  b\tc\n1,2,3\n")
    assert fields(path, delimiters="") == [["a", "b", "c"], ["1", "2", "3"]]


def test_only_line_ends_end_lines(tmp_path: Path) -> None:
    """Separators of paragraphs and pages stand within a line."""
    path = tmp_path / "table.csv"
    path.write_bytes("a\u2028b,c\x0cd\r\ne,f\rg,h\n".encode())
    table = RowReader(path, "rows")
    assert [row.line for row in table.rows()] == [1, 2, 3]


def test_a_quote_ends_with_its_line(tmp_path: Path) -> None:
    """A quote that is not closed swallows no other line, and is said."""
    path = tmp_path / "table.csv"
    path.write_text('1,2\n"3,4\n5,6\n')
    with pytest.raises(InvalidFileError, match=r"line 2, .*quote that is not closed"):
        fields(path)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")
def test_a_pipe_without_a_writer_is_refused(tmp_path: Path) -> None:
    """Reading waits for no writer that never comes, but reads from one that is there."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    for read in (lambda: list(text_lines(path)), lambda: read_text(path)):
        with pytest.raises(InvalidFileError, match="nobody writes"):
            read()
    writer = threading.Thread(target=path.write_bytes, args=(gzip.compress(b"1,2\n"),))
    writer.start()
    assert list(text_lines(path)) == ["1,2"]
    writer.join()


def test_endless_sources_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device, a line without end and a text that is too long are refused early."""
    with pytest.raises(InvalidFileError, match="device"):
        list(text_lines(Path("/dev/zero")))
    path = tmp_path / "long"
    path.write_text("x" * (lines.LONGEST_LINE + 1))
    with pytest.raises(InvalidFileError, match="line 1: longer"):
        list(text_lines(path))
    monkeypatch.setattr(lines, "MAX_CHARACTERS", 10)
    path.write_text("12\n" * 9)
    with pytest.raises(InvalidFileError, match="larger than 10 characters"):
        list(text_lines(path))
