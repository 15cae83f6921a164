"""The contents of a model file: a linear model with names, as it is written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from optkit.backends.linear import LinearModel
from optkit.backends.model_files.names import component_names
from optkit.core.arrays import Bools, Floats


@dataclass(frozen=True, eq=False)
class ModelContents:
    """A linear model, to be minimised, with a name for each row and column.

    Parameters
    ----------
    name
        The model's name.
    columns, rows
        Names, unique among themselves.
    matrix
        Coefficients, CSR, shape (rows, columns).
    row_lower, row_upper, column_lower, column_upper
        Sides and bounds, infinite where there is none.
    integer
        Which columns are integer.
    cost, constant
        The objective, to be minimised.
    maximised
        Whether the original is maximised, so that ``cost`` and ``constant`` are negated.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[str]
    matrix: Any
    row_lower: Floats
    row_upper: Floats
    column_lower: Floats
    column_upper: Floats
    integer: Bools
    cost: Floats
    constant: float = 0.0
    maximised: bool = False


@dataclass(frozen=True)
class ModelFile:
    """A written model file.

    Parameters
    ----------
    text
        Its text.
    notes
        What differs from the model: renamed columns, a negated objective, a column that
        carries the constant.
    columns
        Original name of each column by its name in the file.
    """

    text: str
    notes: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return self.text.encode()


def contents(model: LinearModel) -> ModelContents:
    """Return the contents of the file of a compiled model; idle variables are left out."""
    return ModelContents(
        name=model.name,
        columns=_unique(component_names(model.variables)),
        rows=_unique(component_names(model.constraints)),
        matrix=model.matrix,
        row_lower=model.row_lower,
        row_upper=model.row_upper,
        column_lower=model.column_lower,
        column_upper=model.column_upper,
        integer=model.integer,
        cost=model.cost,
        constant=model.offset,
        maximised=model.sign < 0,
    )


def _unique(names: Sequence[str]) -> list[str]:
    """Return the names; those that stand twice get a number."""
    if len(set(names)) == len(names):
        return list(names)
    return [f"{name}#{k}" for k, name in enumerate(names)]


def notes(
    model: ModelContents, columns: dict[str, str], rows: dict[str, str]
) -> list[str]:
    """Return what has to be said about a file: a negated objective, and renamed parts."""
    said = []
    if model.maximised:
        said.append(
            "the model maximises; its objective is negated, so that every reader minimises"
        )
    for kind, changed in (("columns", columns), ("rows", rows)):
        if changed:
            new, old = next(iter(changed.items()))
            said.append(
                f"{len(changed)} {kind} are renamed, such as {old!r} to {new!r}; comments"
                " at the head of the file list them"
            )
    return said


def entries(matrix: Any, major: int) -> Iterator[tuple[int, float]]:
    """Yield index and value of each entry of a row of CSR, or a column of CSC."""
    part = slice(matrix.indptr[major], matrix.indptr[major + 1])
    return zip(matrix.indices[part].tolist(), matrix.data[part].tolist(), strict=True)


class Texts(dict[float, str]):
    """The text of each number; a model has many coefficients and few values of them."""

    def __missing__(self, value: float) -> str:
        self[value] = text(value)
        return self[value]


def text(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    if value == math.floor(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value))
