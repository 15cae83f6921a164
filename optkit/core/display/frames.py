"""Solutions as columns, for data frames; families make them without pandas.

A family returns the frames of a solution by name, the main one first. Each is a mapping
from the name of a column, with its unit (``load_gbit``), to the values of its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from optkit.core.runtime.extras import needs

if TYPE_CHECKING:
    import pandas

Columns = Mapping[str, Sequence[Any]]
Frames = Mapping[str, Columns]


def from_rows(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Columns:
    """Return rows as columns.

    Parameters
    ----------
    names
        Names of the columns.
    rows
        Rows with one value per column.
    """
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for row in rows:
        for name, value in zip(names, row, strict=True):
            columns[name].append(value)
    return columns


def data_frame(columns: Columns) -> pandas.DataFrame:
    """Return columns as a data frame of pandas.

    Raises
    ------
    UnavailableError
        If pandas is not installed.
    """
    with needs("bench", "a data frame", "pandas"):
        import pandas
    return pandas.DataFrame(dict(columns))
