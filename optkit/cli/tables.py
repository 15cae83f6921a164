"""Print tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.measure import Measurement
from rich.table import Table as Grid
from rich.text import Text

from optkit.cli.terminal import UNLIMITED_WIDTH

if TYPE_CHECKING:
    from rich.console import Console

    from optkit.core.display.tables import Cell, Table

MAX_ROWS = 20
"""Rows that are printed unless ``--all`` is given."""

DIGITS = 6
"""Significant digits of a number."""

FEWER_DIGITS = 4
"""Significant digits where the terminal is narrow."""

LONGEST_WORD = 24
"""Longest word that is never broken over lines, in characters."""

NEW_LINE = "\n"


def render_pairs(rows: Iterable[tuple[str, str]]) -> Grid:
    """Return names with their values, one pair per line."""
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(Text(name), Text(value))
    return grid


def render_table(
    table: Table, console: Console, max_rows: int | None = MAX_ROWS
) -> Grid:
    """Return a table that fits the terminal.

    Parameters
    ----------
    table
        The table.
    console
        Where it will be printed. If that is too narrow, the table gets fewer digits, then
        fewer columns; the caption names the columns left out.
    max_rows
        The most rows to show; None for all. The caption counts the rows left out.
    """
    count = len(table.columns)
    grid = _grid(table, max_rows, DIGITS, count)
    if _fits(grid, console):
        return grid
    for kept in range(count, 1, -1):
        grid = _grid(table, max_rows, FEWER_DIGITS, kept)
        if _fits(grid, console):
            break
    return grid


def _fits(grid: Grid, console: Console) -> bool:
    unbounded = console.options.update(max_width=UNLIMITED_WIDTH)
    return Measurement.get(console, unbounded, grid).minimum <= console.width


def _grid(table: Table, max_rows: int | None, digits: int, kept: int) -> Grid:
    grid = Grid(
        title=Text(table.title, style="bold"),
        title_justify="left",
        caption=_caption(table, max_rows, kept),
        caption_justify="left",
        box=SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    narrow = digits < DIGITS
    shown = table.rows[:max_rows]
    for index, column in enumerate(table.columns[:kept]):
        # With the unit on a line of its own, the column can be narrower.
        heading = column.name if narrow else column.heading
        if narrow and any(part.unit for part in table.columns):
            heading = f"{column.name.replace(' ', NEW_LINE)}{NEW_LINE}{column.unit}"
        cells = [format_cell(row[index], digits) for row in shown]
        unbroken = all(map(_is_short_word, cells))
        lines = [*heading.splitlines(), *cells]
        grid.add_column(
            Text(heading),
            justify=column.align,
            overflow="fold",
            no_wrap=unbroken,
            min_width=max(map(cell_len, lines)) if unbroken else None,
        )
    for row in shown:
        grid.add_row(*(Text(format_cell(cell, digits)) for cell in row[:kept]))
    return grid


def _is_short_word(cell: str) -> bool:
    """Return whether a cell is a single word that is short enough not to be broken."""
    return " " not in cell and len(cell) <= LONGEST_WORD


def _caption(table: Table, max_rows: int | None, kept: int) -> Text | None:
    """Return a note on the rows and columns that are left out."""
    parts = []
    rows = 0 if max_rows is None else max(0, len(table.rows) - max_rows)
    if rows:
        parts.append(f"{rows} more row{'s'[: rows != 1]}; --all prints every one.")
    columns = [column.name for column in table.columns[kept:]]
    if columns:
        parts.append(f"No room for: {', '.join(columns)}.")
    return Text(" ".join(parts)) if parts else None


def format_cell(cell: Cell, digits: int = DIGITS) -> str:
    """Return a cell as text; empty for None.

    Parameters
    ----------
    cell
        The cell.
    digits
        Significant digits of a float.
    """
    if cell is None:
        return ""
    return format_number(cell, digits) if isinstance(cell, float) else str(cell)


def format_number(value: float, digits: int = DIGITS) -> str:
    """Return a number with so many significant digits."""
    return f"{value:.{digits}g}"
