"""Tables about an instance and its solution, independent of how they are shown.

The command line prints them on a terminal or puts them into pages. A cell keeps the exact
number; whatever shows it rounds it to the room there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, overload

if TYPE_CHECKING:
    from optkit.core.solving.result import Verification

InstanceT = TypeVar("InstanceT")
SolutionT = TypeVar("SolutionT")
KeyT = TypeVar("KeyT")

Cell = str | float | int | None
"""One cell; None if it is empty."""

Align = Literal["left", "right"]


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    name
        Its heading.
    unit
        Unit of its numbers, such as ``"Gbit"``; empty if they have none.
    align
        Alignment of its cells: right for numbers, left for words.
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
        Its rows, with one cell per column; the most important rows first. A long table
        has :class:`LazyRows`.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]


class LazyRows(Sequence[tuple[Cell, ...]], Generic[KeyT]):
    """Rows that are made when they are looked at, because few of many are shown.

    Parameters
    ----------
    keys
        What each row is about, in the order of the rows.
    make
        Makes the row of a key.
    """

    def __init__(
        self, keys: Sequence[KeyT], make: Callable[[KeyT], tuple[Cell, ...]]
    ) -> None:
        self._keys, self._make = keys, make

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> tuple[Cell, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> list[tuple[Cell, ...]]: ...
    def __getitem__(
        self, index: int | slice
    ) -> tuple[Cell, ...] | list[tuple[Cell, ...]]:
        """Make one row, or those of a slice."""
        if isinstance(index, slice):
            return [self._make(key) for key in self._keys[index]]
        return self._make(self._keys[index])

    def __eq__(self, other: object) -> bool:
        """Return whether the rows are those of another sequence."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def quantities(title: str, rows: Sequence[tuple[Cell, ...]]) -> Table:
    """Return a table of single quantities: name, value and unit."""
    columns = (Column("quantity"), Column("value", align="right"), Column("unit"))
    return Table(title, columns, list(rows))


def violations(verification: Verification) -> Table:
    """Return a table of the violations that a checker found."""
    return Table(
        "Violations",
        (Column("kind"), Column("where"), Column("what")),
        [
            (broken.kind, broken.path, broken.message)
            for broken in verification.violations
        ],
    )


def sections(
    instance: InstanceT,
    solution: SolutionT | None,
    verification: Verification | None,
    *,
    check: Callable[[InstanceT, SolutionT], Verification],
    of_solution: Callable[[SolutionT, Verification], Sequence[Table]],
    of_instance: Sequence[Table],
) -> list[Table]:
    """Return violations first, then the tables of a solution, then those of its instance.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it; None if there is only the instance to show.
    verification
        What the checker says of the solution, if it has run.
    check
        The checker; runs if there is no verification yet.
    of_solution
        Makes the solution's tables; called if the checker could compute an objective.
    of_instance
        The instance's tables.
    """
    tables: list[Table] = []
    if solution is not None:
        verification = verification or check(instance, solution)
        if verification.violations:
            tables.append(violations(verification))
        if verification.objective is not None:
            tables += of_solution(solution, verification)
    return [*tables, *of_instance]
