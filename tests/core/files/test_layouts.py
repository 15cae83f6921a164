"""Tables that come in several layouts."""

from __future__ import annotations

from pathlib import Path

import pytest

from optkit.core.errors import InvalidFileError
from optkit.core.files.layouts import rows_by_layout
from optkit.core.files.rows import RowReader


def table(folder: Path, text: str) -> RowReader:
    """Return a table of a file with ``text`` in it."""
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return RowReader(path, "pairs or triples")


def test_each_row_comes_with_its_layout(tmp_path: Path) -> None:
    """Widths tell layouts apart, and a heading is skipped in the first line alone."""
    rows = rows_by_layout(
        table(tmp_path, "Time,value\n1,2\n3,4,5\ntime,6\n"),
        {2: "pair", 3: "triple"},
        ("time",),
    )
    assert [(row.line, layout) for row, layout in rows] == [
        (2, "pair"),
        (3, "triple"),
        (4, "pair"),
    ]


def test_other_widths_are_noted(tmp_path: Path) -> None:
    """Rows of no layout are left out, and reported at the end with the widths allowed."""
    source = table(tmp_path, "1\n1,2\n")
    assert [layout for _, layout in rows_by_layout(source, {3: 0, 2: 1})] == [1]
    with pytest.raises(
        InvalidFileError, match="1 columns; pairs or triples have 2 or 3"
    ):
        source.finish()


def test_rows_may_be_given(tmp_path: Path) -> None:
    """A caller that has looked at the first rows hands on the rest."""
    source = table(tmp_path, "9\n1,2\n")
    rows = source.rows()
    next(rows)
    assert [row.fields for row, _ in rows_by_layout(source, {2: None}, rows=rows)] == [
        ["1", "2"]
    ]
    source.finish()
