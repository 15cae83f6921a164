"""Long arrays of small objects as columns, read and checked a whole column at a time.

An instance may have a million servers. Each as an object of its own takes half a
kilobyte and some microseconds; as entries of arrays, they take a tenth of that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar, get_type_hints

import numpy as np
from pydantic import BaseModel, TypeAdapter

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.files import fields
from optkit.core.files.float_texts import canonical_texts

PartT = TypeVar("PartT", bound=BaseModel)

GROUP = 4096
"""Entries that are spelled at once; more would only take more memory."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_MOST_CHARACTERS = 200
_LARGEST_INTEGER = 2**53


def _is_quantity(values: Floats) -> Bools:
    inside: Bools = (values >= fields.SMALLEST) & (values <= fields.LARGEST)
    return inside


def _is_quantity_or_zero(values: Floats) -> Bools:
    allowed: Bools = (values == 0.0) | _is_quantity(values)
    return allowed


_NUMBERS: Mapping[Any, Callable[[Floats], Bools]] = {
    fields.Quantity: _is_quantity,
    fields.QuantityOrZero: _is_quantity_or_zero,
    fields.Number: np.isfinite,
}
"""The types of numbers that columns may have, and which values each allows."""


class References(Sequence[str]):
    """A column of ids that are those of other entries: numbers instead of texts.

    Parameters
    ----------
    ids
        The ids.
    numbers
        The number of the id in each entry.
    """

    def __init__(self, ids: Sequence[str], numbers: Ints) -> None:
        self.ids, self.numbers = ids, numbers

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.numbers)

    def __getitem__(self, index: Any) -> Any:
        """Return the id in an entry, or those of a slice."""
        if isinstance(index, slice):
            return list(map(self.ids.__getitem__, self.numbers[index].tolist()))
        return self.ids[self.numbers[index]]


class Columns(Generic[PartT]):
    """The entries of an array of flat objects, field by field.

    Parameters
    ----------
    part
        The class of the objects; each field is an identifier or a number.
    texts, numbers
        The columns by field: sequences of texts, and arrays.
    """

    def __init__(
        self,
        part: type[PartT],
        texts: dict[str, Sequence[str]],
        numbers: dict[str, Floats],
    ) -> None:
        self.part, self.texts, self.numbers = part, texts, numbers

    @classmethod
    def read(cls, part: type[PartT], entries: Any) -> Columns[PartT] | None:
        """Return the entries of a parsed array, or None if a closer look is needed.

        Parameters
        ----------
        part
            The class of the objects.
        entries
            The array. None is returned unless every entry is valid by itself.
        """
        kinds = _kinds(part)
        if type(entries) is not list or set(map(type, entries)) != {dict}:
            return None
        if set(map(len, entries)) != {len(kinds)}:
            return None
        texts: dict[str, Sequence[str]] = {}
        numbers: dict[str, Floats] = {}
        for name, is_allowed in kinds.items():
            try:
                column = list(map(itemgetter(name), entries))
            except KeyError:
                return None
            if is_allowed is None:
                if not are_identifiers(column):
                    return None
                texts[name] = column
            else:
                values = floats(column)
                if values is None or not np.all(is_allowed(values)):
                    return None
                numbers[name] = values
        return cls(part, texts, numbers)

    @classmethod
    def of(cls, part: type[PartT], parts: Sequence[PartT]) -> Columns[PartT]:
        """Return the columns of objects."""
        texts: dict[str, Sequence[str]] = {}
        numbers: dict[str, Floats] = {}
        for name, is_allowed in _kinds(part).items():
            column = list(map(attrgetter(name), parts))
            if is_allowed is None:
                texts[name] = column
            else:
                numbers[name] = np.array(column, dtype=np.float64)
        return cls(part, texts, numbers)

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(next(iter([*self.numbers.values(), *self.texts.values()])))

    def parts(self) -> tuple[PartT, ...]:
        """Return the entries as objects."""
        made: tuple[PartT, ...] = _adapter(self.part).validate_python(self.document())
        return made

    def document(self) -> list[dict[str, Any]]:
        """Return the entries as they stand in a JSON document."""
        names = tuple(self.part.model_fields)
        columns = [
            self.numbers[name].tolist() if name in self.numbers else self.texts[name][:]
            for name in names
        ]
        return [
            dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)
        ]

    def canonical(self) -> Iterator[bytes]:
        """Yield the array as canonical JSON (RFC 8785), piece by piece."""
        names = sorted(self.part.model_fields)
        entry = ",".join(f'"{name}":%s' for name in names)
        write = f"{{{entry}}}".__mod__
        opening = b"["
        for begin in range(0, len(self), GROUP):
            group = slice(begin, begin + GROUP)
            columns = [
                canonical_texts(self.numbers[name][group])
                if name in self.numbers
                else quoted(self.texts[name][group])
                for name in names
            ]
            yield opening + ",".join(map(write, zip(*columns, strict=True))).encode()
            opening = b","
        yield b"]"


def are_identifiers(values: Sequence[Any]) -> bool:
    """Return whether all values are valid :data:`~optkit.core.files.fields.Identifier`."""
    if set(map(type, values)) != {str}:
        return False
    lengths = set(map(len, values))
    if min(lengths) < 1 or max(lengths) > _MOST_CHARACTERS:
        return False
    text = "".join(values)
    return not _CONTROL.search(text) and is_unicode(text)


def is_unicode(text: str) -> bool:
    """Return whether a text has no lone half of a surrogate pair."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def floats(values: Sequence[Any]) -> Floats | None:
    """Return JSON numbers as an array; None if there are other values or huge integers."""
    kinds = set(map(type, values))
    if not kinds <= {float, int}:
        return None
    if int in kinds and any(
        type(value) is int and abs(value) > _LARGEST_INTEGER for value in values
    ):
        return None
    return np.array(values, dtype=np.float64)


def quoted(texts: Sequence[str]) -> list[str]:
    """Return texts as JSON strings."""
    if _ESCAPED.search("".join(texts)):
        return [json.dumps(text, ensure_ascii=False) for text in texts]
    return [f'"{text}"' for text in texts]


@cache
def _kinds(part: type[BaseModel]) -> dict[str, Callable[[Floats], Bools] | None]:
    """Return what each field allows: a rule for its numbers, or None for identifiers."""
    hints = get_type_hints(part, include_extras=True)
    kinds: dict[str, Callable[[Floats], Bools] | None] = {}
    for name in part.model_fields:
        if hints[name] == fields.Identifier:
            kinds[name] = None
        else:
            kinds[name] = _NUMBERS[hints[name]]
    return kinds


@cache
def _adapter(part: type[BaseModel]) -> TypeAdapter[tuple[Any, ...]]:
    return TypeAdapter(tuple[part, ...])  # type: ignore[valid-type]
