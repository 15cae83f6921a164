"""Measurements, run by run, and columns of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optkit.core.display.tables import Cell, Column, Table

Setting = str | float
"""A category, or a place on the horizontal axis."""


@dataclass(frozen=True)
class Measurement:
    """One run.

    Parameters
    ----------
    setting
        What the figure varies: a topology, a threshold.
    method
        The method that was run.
    repetition
        Number of the draw; runs on one draw are paired.
    values
        The measurements, by name.
    """

    setting: Setting
    method: str
    repetition: int
    values: Mapping[str, float]

    def __post_init__(self) -> None:
        plain = {name: float(value) for name, value in self.values.items()}
        object.__setattr__(self, "values", plain)


class Measurements:
    """All runs of a study.

    Parameters
    ----------
    runs
        The runs, in any order.
    """

    def __init__(self, runs: Iterable[Measurement]) -> None:
        self.runs = tuple(runs)
        self._columns: dict[tuple[Setting, str], dict[int, Mapping[str, float]]] = {}
        for run in self.runs:
            column = self._columns.setdefault((run.setting, run.method), {})
            column[run.repetition] = run.values

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self.runs)

    @property
    def settings(self) -> list[Setting]:
        """The settings, in the order of their first run."""
        return list(dict.fromkeys(run.setting for run in self.runs))

    @property
    def methods(self) -> list[str]:
        """The methods, in the order of their first run."""
        return list(dict.fromkeys(run.method for run in self.runs))

    def of(
        self, quantity: str, setting: Setting, method: str
    ) -> npt.NDArray[np.float64]:
        """Return one quantity in each draw, (K,); columns of two methods are paired."""
        column = self._columns[setting, method]
        return np.array([column[k][quantity] for k in sorted(column)], dtype=float)

    def table(
        self, title: str, setting: Column, quantities: Mapping[str, Column]
    ) -> Table:
        """Return every run as a row.

        Parameters
        ----------
        title
            The table's title.
        setting
            The column of the settings.
        quantities
            The quantities to show, each with its column.
        """
        columns = (
            setting,
            Column("method"),
            Column("repetition", align="right"),
            *quantities.values(),
        )
        rows: list[tuple[Cell, ...]] = [
            (
                run.setting,
                run.method,
                run.repetition,
                *(run.values.get(name) for name in quantities),
            )
            for run in self.runs
        ]
        return Table(title, columns, rows)
