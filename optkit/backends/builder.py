"""Put mixed-integer linear programs together column by column and row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from optkit.core.arrays import Floats, Ints

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from optkit.backends.linear import LinearModel


@dataclass(eq=False)
class ModelBuilder:
    """A program under construction: minimise cost·x + offset, lower ≤ A x ≤ upper.

    Parameters
    ----------
    name
        Name of the program, for messages.
    offset
        Constant term of the objective.
    """

    name: str
    offset: float = 0.0
    _costs: list[Floats] = field(default_factory=list)
    _lower: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)
    _integer: list[bool] = field(default_factory=list)
    _blocks: list[tuple[Ints, Floats, Ints]] = field(default_factory=list)
    _sides: list[tuple[Floats, Floats]] = field(default_factory=list)

    @property
    def columns(self) -> int:
        """Number of columns so far."""
        return len(self._integer)

    @property
    def rows(self) -> int:
        """Number of rows so far."""
        return sum(len(lower) for lower, _ in self._sides)

    def add_columns(
        self,
        costs: ArrayLike,
        *,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = 1.0,
        integer: bool,
    ) -> Ints:
        """Add a column per cost; return their indices, in the shape of ``costs``."""
        cost = np.asarray(costs, dtype=float)
        first = self.columns
        self._costs.append(cost.ravel())
        self._lower.append(
            np.broadcast_to(np.asarray(lower, float), cost.shape).ravel()
        )
        self._upper.append(
            np.broadcast_to(np.asarray(upper, float), cost.shape).ravel()
        )
        self._integer += [integer] * cost.size
        return np.arange(first, first + cost.size).reshape(cost.shape)

    def add_row(
        self,
        columns: Sequence[int] | Ints,
        factors: ArrayLike,
        lower: float = -np.inf,
        upper: float = np.inf,
    ) -> None:
        """Add a row.

        Parameters
        ----------
        columns
            Indices of its columns. Factors of a column that is named twice add up.
        factors
            Coefficients: one number for all columns, or one per column.
        lower, upper
            Sides of the row.
        """
        index = np.asarray(columns, dtype=np.int64)
        values = np.broadcast_to(np.asarray(factors, dtype=float), index.shape)
        self._blocks.append((index, values, np.array([len(index)])))
        self._sides.append((np.array([lower]), np.array([upper])))

    def add_rows(
        self,
        columns: Ints,
        factors: ArrayLike,
        lower: float = -np.inf,
        upper: float = np.inf,
    ) -> None:
        """Add a row per row of ``columns``, all with the same factors and sides.

        Parameters
        ----------
        columns
            Indices of the columns, shape (rows, width).
        factors
            Coefficients: one number, or one per position in a row, shape (width,).
        lower, upper
            Sides of each row.
        """
        count, width = columns.shape
        values = np.broadcast_to(np.asarray(factors, dtype=float), (count, width))
        self._blocks.append((columns.ravel(), values.ravel(), np.full(count, width)))
        self._sides.append((np.full(count, lower), np.full(count, upper)))

    def model(self) -> LinearModel:
        """Return the program in the form that the backends solve."""
        from scipy.sparse import csr_array

        from optkit.backends.linear import LinearModel, NamedComponent

        widths = _joined([width for *_, width in self._blocks]).astype(np.int64)
        rows = len(widths)
        row_of_entry = np.repeat(np.arange(rows), widths)
        columns = _joined([index for index, *_ in self._blocks]).astype(np.int64)
        values = _joined([values for _, values, _ in self._blocks])
        lower, upper = _joined(self._lower), _joined(self._upper)
        matrix: Any = csr_array(
            (values, (row_of_entry, columns)),
            shape=(rows, self.columns),
        )
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return LinearModel(
            name=self.name,
            matrix=matrix,
            row_lower=_joined([lower for lower, _ in self._sides]),
            row_upper=_joined([upper for _, upper in self._sides]),
            column_lower=lower,
            column_upper=upper,
            integer=np.array(self._integer, dtype=bool),
            cost=_joined(self._costs),
            offset=self.offset,
            sign=1,
            variables=[
                NamedComponent(f"column {j}", bounds)
                for j, bounds in enumerate(
                    zip(lower.tolist(), upper.tolist(), strict=True)
                )
            ],
            constraints=[NamedComponent(f"row {i}") for i in range(rows)],
        )


def _joined(parts: Sequence[Any]) -> Floats:
    return np.concatenate([np.zeros(0), *parts])
