"""Plain tables: what a family has to say about an instance, ready for any reader.

The command line prints them on a terminal and puts them into pages; nothing here knows
how. A cell keeps its number, so that each reader rounds it to what it has room for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Cell = str | float | int | None
"""One cell; None where there is nothing to say."""

Align = Literal["left", "right"]


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    name
        Its heading.
    unit
        Unit of its numbers, such as ``"Gbit"``; empty where there is none.
    align
        Where its cells stand: numbers right, words left.
    """

    name: str
    unit: str = ""
    align: Align = "left"

    @property
    def heading(self) -> str:
        """Return the name with the unit, ``load (Gbit)``."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


@dataclass(frozen=True)
class Table:
    """One table.

    Parameters
    ----------
    title
        What it shows.
    columns
        Its columns.
    rows
        Its rows, each with one cell a column; the rows most worth reading first.
    """

    title: str
    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]]
