"""Checks between the parts of a raw document: repeated ids, dangling references, shapes.

Families call them from :meth:`optkit.core.files.document.Document.cross_check`. They
assume nothing about types: whatever is malformed on its own is passed over here, because
the field's own validation reports it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from pydantic import BaseModel

from optkit.core.errors import Issue
from optkit.core.files.fields import LARGEST_WHOLE
from optkit.core.suggest import nearest

MOST_HINTS = 10
"""Dangling references for which the nearest right id is looked up, which takes time."""

MOST_CANDIDATES = 10_000
"""Ids among which the nearest right one is looked up."""


def array(value: Any) -> Sequence[Any]:
    """Return ``value`` if it is an array, otherwise an empty one."""
    return value if isinstance(value, list | tuple) else ()


def mapping(value: Any) -> Mapping[str, Any]:
    """Return ``value`` if it is an object, otherwise an empty one.

    A part of a part that was built before is an object, too.
    """
    if isinstance(value, BaseModel):
        return vars(value)
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in an array; an empty one replaces any that is malformed."""
    return [mapping(item) for item in array(value)]


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether ``value`` is a number; booleans are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def finite(value: Any) -> float | None:
    """Return ``value`` if it is a finite number, otherwise None."""
    if not is_number(value):
        return None
    try:
        number = float(value)
    except OverflowError:  # a whole number above the largest float
        return None
    return number if math.isfinite(number) else None


def whole(value: Any) -> int | None:
    """Return ``value`` if it is a whole number, otherwise None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def ids(entries: Iterable[Any]) -> dict[str, int]:
    """Return the index of the first entry with each id.

    Parameters
    ----------
    entries
        Ids, or objects that have an ``id``.
    """
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        name = entry.get("id") if isinstance(entry, Mapping) else entry
        if isinstance(name, str):
            first.setdefault(name, index)
    return first


def repeated_ids(group: str, entries: Sequence[Any]) -> Iterator[Issue]:
    """Yield every id that another entry of a group already has.

    Parameters
    ----------
    group
        Key of the array.
    entries
        Ids, or objects that have an ``id``.
    """
    first = ids(entries)
    for index, entry in enumerate(entries):
        keyed = isinstance(entry, Mapping)
        name = entry.get("id") if keyed else entry
        if isinstance(name, str) and first[name] != index:
            other = f"{'the id of ' if keyed else ''}{group}[{first[name]}]"
            yield Issue(
                f"{group}[{index}]{'.id' if keyed else ''}",
                f"{name!r} is already {other}; ids are unique",
            )


def dangling_references(
    references: Iterable[tuple[str, Any]], known: Collection[str], what: str
) -> Iterator[Issue]:
    """Yield every reference to an id that does not exist, with the nearest right one.

    Parameters
    ----------
    references
        Pairs of a path in the document and the id at that path.
    known
        The ids that exist.
    what
        What they are the ids of: ``"a server"``.
    """
    dangling = 0
    for path, name in references:
        if not isinstance(name, str) or name in known:
            continue
        dangling += 1
        helpful = dangling <= MOST_HINTS and len(known) <= MOST_CANDIDATES
        guess = nearest(name, known) if helpful else None
        hint = f"; did you mean {guess!r}?" if guess else ""
        yield Issue(path, f"{name[:60]!r} is not the id of {what}{hint}")


def faulty_links(
    links: Sequence[Mapping[str, Any]], no_loops: str, no_repeats: str
) -> Iterator[Issue]:
    """Yield links from a node to itself, and links between a pair that has one already.

    Parameters
    ----------
    links
        Objects with ``source`` and ``target``.
    no_loops, no_repeats
        Ends of the two messages: why a link may not be a loop, and what to do with a
        second link of a pair.
    """
    first: dict[tuple[str, str], int] = {}
    for index, link in enumerate(links):
        source, target = link.get("source"), link.get("target")
        if not (isinstance(source, str) and isinstance(target, str)):
            continue
        path = f"links[{index}]"
        if source == target:
            yield Issue(path, f"goes from {source!r} to itself; {no_loops}")
        other = first.setdefault((source, target), index)
        if other != index:
            yield Issue(
                path,
                f"{source!r} to {target!r} is already links[{other}]; {no_repeats}",
            )


@dataclass(frozen=True)
class Axis:
    """One axis of an array.

    Parameters
    ----------
    name
        Key in the document of what it runs over.
    size
        How many entries it has.
    counted
        Whether the document gives their number, and not a list of them.
    """

    name: str
    size: int
    counted: bool = False

    def __str__(self) -> str:
        return f"{self.name} {'is' if self.counted else 'has'} {self.size}"


def axis(document: Mapping[str, Any], name: str) -> Axis | None:
    """Return the axis that a key of a document describes; None if it is malformed."""
    value = document.get(name)
    if isinstance(value, list | tuple):
        return Axis(name, len(value))
    count = whole(value)
    if count is None or not 0 <= count <= LARGEST_WHOLE:
        return None  # the key's own check says so
    return Axis(name, count, counted=True)


def wrong_lengths(path: str, value: Any, *axes: Axis | None) -> Iterator[Issue]:
    """Yield every array, also inside arrays, that is not as long as its axis.

    Parameters
    ----------
    path
        Path of the array.
    value
        The array.
    axes
        Its axes from the outermost; nothing is checked from a malformed one on.
    """
    if not axes or axes[0] is None or not isinstance(value, list | tuple):
        return
    if len(value) != axes[0].size:
        yield Issue(path, f"has {len(value)} entries, but {axes[0]}; give one for each")
    if len(axes) > 1:
        for index, row in enumerate(value):
            yield from wrong_lengths(f"{path}[{index}]", row, *axes[1:])
