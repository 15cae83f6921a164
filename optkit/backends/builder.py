"""Mixed-integer programs put together column by column and row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from optkit.core.arrays import Floats, Ints

if TYPE_CHECKING:
    from optkit.backends import LinearModel


@dataclass(frozen=True)
class _Named:
    """What stands for a Pyomo component in a backend's messages."""

    name: str


@dataclass(eq=False)
class ModelBuilder:
    """Minimise cost·x + offset under rows lower ≤ A x ≤ upper.

    Parameters
    ----------
    name
        For messages.
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

    def add_columns(
        self,
        costs: ArrayLike,
        *,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = 1.0,
        integer: bool,
    ) -> Ints:
        """Add columns with these costs; return their numbers, in the shape of ``costs``."""
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
        """Add a row; ``factors`` is one number for all columns or one for each.

        A column may stand in it more than once; its factors add up.
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
        """Add a row for each row of ``columns``, with the same factors and sides.

        Parameters
        ----------
        columns
            Shape (rows, width).
        factors
            One number, or one for each place in a row, shape (width,).
        """
        count, width = columns.shape
        values = np.broadcast_to(np.asarray(factors, dtype=float), (count, width))
        self._blocks.append((columns.ravel(), values.ravel(), np.full(count, width)))
        self._sides.append((np.full(count, lower), np.full(count, upper)))

    def model(self) -> LinearModel:
        """Return the program as the backends take it."""
        from scipy.sparse import csr_array

        from optkit.backends import LinearModel

        widths = _joined([width for *_, width in self._blocks]).astype(np.int64)
        rows = len(widths)
        where = np.repeat(np.arange(rows), widths)
        columns = _joined([index for index, *_ in self._blocks]).astype(np.int64)
        matrix: Any = csr_array(
            (_joined([values for _, values, _ in self._blocks]), (where, columns)),
            shape=(rows, self.columns),
        )
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return LinearModel(
            name=self.name,
            matrix=matrix,
            row_lower=_joined([lower for lower, _ in self._sides]),
            row_upper=_joined([upper for _, upper in self._sides]),
            column_lower=_joined(self._lower),
            column_upper=_joined(self._upper),
            integer=np.array(self._integer, dtype=bool),
            cost=_joined(self._costs),
            offset=self.offset,
            sign=1,
            variables=[_Named(f"column {j}") for j in range(self.columns)],
            constraints=[_Named(f"row {i}") for i in range(rows)],
        )


def _joined(parts: Sequence[Any]) -> Floats:
    return np.concatenate([np.zeros(0), *parts])
