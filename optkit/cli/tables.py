"""Tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.measure import Measurement
from rich.table import Table as Grid
from rich.text import Text

from optkit.cli.terminal import UNFOLDED

if TYPE_CHECKING:
    from rich.console import Console

    from optkit.core.display.tables import Cell, Table

MOST_ROWS = 20
"""Rows that are printed unless all are asked for."""

DIGITS = 6
"""Significant digits of a number."""

FEWER_DIGITS = 4
"""Significant digits where there is little room."""

LONGEST_WORD = 24
"""Characters of a word that is never broken over lines."""

NEW_LINE = "\n"


def pairs(rows: Iterable[tuple[str, str]]) -> Grid:
    """Return names with their values."""
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(Text(name), Text(value))
    return grid


def table(content: Table, console: Console, most: int | None = MOST_ROWS) -> Grid:
    """Return a family's table, made to fit.

    Parameters
    ----------
    content
        The table.
    console
        Where it will stand. Where that is too narrow, the table is given fewer digits,
        then fewer columns; what is left out is named below.
    most
        Rows that are shown; None for all. What is left out is counted below.
    """
    count = len(content.columns)
    grid = _grid(content, most, DIGITS, count)
    if _fits(grid, console):
        return grid
    for kept in range(count, 1, -1):
        grid = _grid(content, most, FEWER_DIGITS, kept)
        if _fits(grid, console):
            break
    return grid


def _fits(grid: Grid, console: Console) -> bool:
    unbounded = console.options.update(max_width=UNFOLDED)
    return Measurement.get(console, unbounded, grid).minimum <= console.width


def _grid(content: Table, most: int | None, digits: int, kept: int) -> Grid:
    grid = Grid(
        title=Text(content.title, style="bold"),
        title_justify="left",
        caption=_caption(content, most, kept),
        caption_justify="left",
        box=SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    narrow = digits < DIGITS
    shown = content.rows[:most]
    for index, column in enumerate(content.columns[:kept]):
        # The unit on a line of its own leaves the width to the numbers.
        heading = column.name if narrow else column.heading
        if narrow and any(part.unit for part in content.columns):
            heading = f"{column.name.replace(' ', NEW_LINE)}{NEW_LINE}{column.unit}"
        words = [text(row[index], digits) for row in shown]
        unbroken = all(map(_is_word, words))
        lines = [*heading.splitlines(), *words]
        grid.add_column(
            Text(heading),
            justify=column.align,
            overflow="fold",
            no_wrap=unbroken,
            min_width=max(map(cell_len, lines)) if unbroken else None,
        )
    for row in shown:
        grid.add_row(*(Text(text(cell, digits)) for cell in row[:kept]))
    return grid


def _is_word(cell: str) -> bool:
    """Say whether a cell is broken by nothing but force, and is short enough not to be."""
    return " " not in cell and len(cell) <= LONGEST_WORD


def _caption(content: Table, most: int | None, kept: int) -> Text | None:
    """Return what the table leaves out."""
    parts = []
    rows = 0 if most is None else max(0, len(content.rows) - most)
    if rows:
        parts.append(f"{rows} more row{'s'[: rows != 1]}; --all prints every one.")
    columns = [column.name for column in content.columns[kept:]]
    if columns:
        parts.append(f"No room for: {', '.join(columns)}.")
    return Text(" ".join(parts)) if parts else None


def text(cell: Cell, digits: int = DIGITS) -> str:
    """Return a cell as it is read, nothing for None.

    Parameters
    ----------
    cell
        The cell.
    digits
        Significant digits of a number that is not whole.
    """
    if cell is None:
        return ""
    return number(cell, digits) if isinstance(cell, float) else str(cell)


def number(value: float, digits: int = DIGITS) -> str:
    """Return a number with that many significant digits."""
    return f"{value:.{digits}g}"
