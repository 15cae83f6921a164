"""Looks at a parsed JSON document one level at a time, so that C loops do the counting."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from typing import Any

SCALARS = frozenset({str, float, int, bool, type(None)})
"""Types of the values that hold no others."""


def levels(document: Any) -> Iterator[tuple[list[dict[Any, Any]], list[Any]]]:
    """Yield the objects on each level of a document, and the values below that level.

    Parameters
    ----------
    document
        Objects, arrays and scalars. Containers of other types count as scalars.

    Yields
    ------
    tuple
        The objects of the level, and everything that its objects and arrays hold.
    """
    containers = [document] if type(document) in (dict, list) else []
    while containers:
        objects = [item for item in containers if type(item) is dict]
        arrays = [item for item in containers if type(item) is list]
        values = list(chain.from_iterable(map(dict.values, objects)))
        values += chain.from_iterable(arrays)
        yield objects, values
        containers = [item for item in values if type(item) in (dict, list)]


def is_finite_json(document: Any) -> bool:
    """Return whether a document is plain JSON whose numbers are all finite.

    False only says that a closer look is needed.
    """
    if type(document) is float:
        return math.isfinite(document)
    for _, values in levels(document):
        if not SCALARS | {dict, list} >= set(map(type, values)):
            return False
        # The sum is finite only if every number is, and much quicker to look at.
        floats = [value for value in values if type(value) is float]
        if not math.isfinite(sum(floats)) and not all(map(math.isfinite, floats)):
            return False
    return type(document) in SCALARS | {dict, list}
