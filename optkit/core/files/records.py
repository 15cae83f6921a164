"""Many records with the same numbers, such as the metrics of every server, as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.files.columns import floats


class Records:
    """Records by their keys, as one column per number.

    Parameters
    ----------
    keys
        The key of each record.
    columns
        The numbers by name, one per record; None where the records have null.
    """

    def __init__(
        self, keys: Sequence[str], columns: Mapping[str, Floats | None]
    ) -> None:
        self.keys, self.columns = keys, columns

    @classmethod
    def of(cls, records: Mapping[str, Mapping[str, float | None]]) -> Records:
        """Return plain records, which have the same numbers each, as columns."""
        names = tuple(next(iter(records.values()), ()))
        columns = {name: [row[name] for row in records.values()] for name in names}
        return cls(
            list(records),
            {
                name: None if None in column else np.array(column, dtype=np.float64)
                for name, column in columns.items()
            },
        )

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.keys)

    def lists(self, group: slice = slice(None)) -> list[list[float | None]]:
        """Return the columns, or a part of each, as lists."""
        empty: list[float | None] = [None] * len(self.keys[group])
        return [
            empty if column is None else column[group].tolist()
            for column in self.columns.values()
        ]

    def document(self) -> dict[str, dict[str, float | None]]:
        """Return the records as objects."""
        names = tuple(self.columns)
        rows = zip(*self.lists(), strict=True)
        return {
            key: dict(zip(names, row, strict=True))
            for key, row in zip(self.keys, rows, strict=True)
        }

    def columns_of(self, claimed: Any) -> dict[str, Floats | None] | None:
        """Return plain records as columns; None if keys, names or kinds are not these."""
        if not isinstance(claimed, dict) or list(claimed) != list(self.keys):
            return None
        rows = list(claimed.values())
        if set(map(type, rows)) != {dict} or set(map(len, rows)) != {len(self.columns)}:
            return None
        columns: dict[str, Floats | None] = {}
        for name, own in self.columns.items():
            try:
                column = list(map(itemgetter(name), rows))
            except KeyError:
                return None
            values = floats(column) if own is not None else None
            if values is None and (own is not None or set(column) != {None}):
                return None
            columns[name] = values
        return columns

    def is_finite(self) -> bool:
        """Return whether all numbers are finite."""
        return all(
            column is None or bool(np.all(np.isfinite(column)))
            for column in self.columns.values()
        )


class LazyRecords(dict[str, Any]):
    """A dictionary in which some values are records that are made when first looked at.

    Whoever reads it in any ordinary way sees plain dictionaries. :meth:`columns` gives
    the columns without making them.
    """

    def columns(self, key: str) -> Records | None:
        """Return the records at a key as columns; None if they are plain objects."""
        value = super().get(key)
        return value if isinstance(value, Records) else None

    def with_records(self) -> dict[str, Any]:
        """Return all entries, records as they are kept."""
        return dict(super().items())

    def without_records(self) -> dict[str, Any]:
        """Return the entries that are not kept as columns."""
        return {k: v for k, v in super().items() if not isinstance(v, Records)}

    def _make(self) -> None:
        for key, value in super().items():
            if isinstance(value, Records):
                super().__setitem__(key, value.document())

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, Records):
            self._make()
            value = super().__getitem__(key)
        return value

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key."""
        return self[key] if key in self else default  # noqa: SIM401

    def __iter__(self) -> Iterator[str]:
        # An own iterator keeps dict() from copying what has not been made.
        return super().__iter__()

    def items(self) -> Any:
        """Return keys and values."""
        self._make()
        return super().items()

    def values(self) -> Any:
        """Return the values."""
        self._make()
        return super().values()

    def copy(self) -> dict[str, Any]:
        """Return a plain dictionary of the same content."""
        return dict(self.items())

    def __eq__(self, other: object) -> bool:
        self._make()
        return dict.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __or__(self, other: Any) -> Any:
        return self.copy() | other

    def __repr__(self) -> str:
        return repr(self.copy())

    def __reduce__(self) -> Any:
        return dict, (self.copy(),)

    __hash__ = None
