"""Tables of one format that come in several layouts, told apart by their width."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from optkit.core.files.rows import Row, RowReader

LayoutT = TypeVar("LayoutT")


def rows_by_layout(
    table: RowReader,
    layouts: Mapping[int, LayoutT],
    headings: Collection[str] = (),
    rows: Iterable[Row] | None = None,
) -> Iterator[tuple[Row, LayoutT]]:
    """Yield each row with its layout; skip heading lines and note rows of other widths.

    Parameters
    ----------
    table
        The table.
    layouts
        By number of columns: whatever the caller needs to know to read such a row.
    headings
        What the first field of a heading line may be, in lower case.
    rows
        The rows to go through, if not all of the table's.
    """
    widths = sorted(layouts)
    for row in table.rows() if rows is None else rows:
        if row.first and row.fields[0].lower() in headings:
            continue
        if table.width(row, widths):
            yield row, layouts[len(row.fields)]
