"""Readable JSON text, byte for byte that of ``json.dumps(indent=1)``.

With an indent, the standard library leaves its C encoder and becomes some ten times
slower. Here the C encoder writes whole groups of small objects, with a line break as
part of its separators. A JSON string holds no raw line break, so replacing separators
afterwards puts the indents in and touches nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

import numpy as np

from optkit.core.files.columns import quoted
from optkit.core.files.float_texts import json_texts
from optkit.core.files.levels import SCALARS
from optkit.core.files.records import Records

GROUP = 4096
"""Objects that are encoded at once; more would only take more memory."""

_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",\n", ":\n")
).encode


def dump_json(document: Any) -> str:
    """Return ``document`` as readable JSON text; NaN and infinity are refused.

    :class:`~optkit.core.files.records.Records` may stand for an object of objects.
    """
    return "".join(json_pieces(document))


def json_pieces(document: Any) -> Iterator[str]:
    """Yield the text of :func:`dump_json` piece by piece."""
    return chain(_pieces(document, 0), "\n")


def _pieces(value: Any, depth: int) -> Iterator[str]:
    """Yield the text of a value, which stands at so many levels of indent."""
    kind = type(value)
    if kind is Records and len(value):
        yield from _records(value, depth)
        return
    if kind is Records:
        value, kind = {}, dict
    if kind not in (dict, list) or not value:
        yield from _by_the_standard(value, depth)
        return
    inside, outside = "\n" + " " * (depth + 1), "\n" + " " * depth
    opening, closing = ("{", "}") if kind is dict else ("[", "]")
    yield opening + inside
    children = value.values() if kind is dict else value
    kinds = set(map(type, children))
    if kinds <= SCALARS:
        text = _encode(value)[1:-1]
        yield text.replace(",\n", "," + inside).replace(":\n", ": ")
    elif len(kinds) == 1 and kinds <= {dict, list} and _are_leaves(children, kinds):
        for number, group in enumerate(_groups(value)):
            yield "," + inside if number else ""
            yield _leaves(group, "{}" if kinds == {dict} else "[]", depth + 1)
    elif kind is dict:
        for number, (key, child) in enumerate(value.items()):
            yield "," + inside if number else ""
            yield _encode({key: None})[1:-5].replace(":\n", ": ")
            yield from _pieces(child, depth + 1)
    else:
        for number, child in enumerate(value):
            yield "," + inside if number else ""
            yield from _pieces(child, depth + 1)
    yield outside + closing


def _by_the_standard(value: Any, depth: int) -> Iterator[str]:
    """Yield the text of a scalar, an empty container, or one of an unusual type."""
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    yield text.replace("\n", "\n" + " " * depth)


def _are_leaves(children: Any, kinds: set[type]) -> bool:
    """Return whether all objects, or all arrays, hold scalars only, and at least one."""
    if not all(children):
        return False
    held = map(dict.values, children) if kinds == {dict} else children
    return set(map(type, chain.from_iterable(held))) <= SCALARS


def _groups(value: dict[Any, Any] | list[Any]) -> Iterator[dict[Any, Any] | list[Any]]:
    if isinstance(value, list):
        for begin in range(0, len(value), GROUP):
            yield value[begin : begin + GROUP]
        return
    items = iter(value.items())
    while group := dict(islice(items, GROUP)):
        yield group


def _leaves(group: dict[Any, Any] | list[Any], brackets: str, depth: int) -> str:
    """Return the entries of a container whose children are all flat and not empty."""
    outer, inner = "\n" + " " * depth, "\n" + " " * (depth + 1)
    opening, closing = tuple(brackets)
    text = _encode(group)[1:-2].replace(",\n", "," + inner)
    if isinstance(group, dict):
        # What follows a bracket that closes is the next key.
        text = text.replace(f"{closing},{inner}", f"{outer}{closing},{outer}")
        text = text.replace(f":\n{opening}", f": {opening}{inner}")
    else:
        text = (
            opening
            + inner
            + text[1:].replace(
                f"{closing},{inner}{opening}",
                f"{outer}{closing},{outer}{opening}{inner}",
            )
        )
    return text.replace(":\n", ": ") + outer + closing


def _records(records: Records, depth: int) -> Iterator[str]:
    """Yield the text of an object of objects, given as columns."""
    outer, inner = "\n" + " " * (depth + 1), "\n" + " " * (depth + 2)
    names = [_encode(name).replace("%", "%%") for name in records.columns]
    fields = ("," + inner).join(f"{name}: %s" for name in names)
    write = f"%s: {{{inner}{fields}{outer}}}".__mod__
    between = "," + outer
    yield "{" + outer
    for begin in range(0, len(records), GROUP):
        group = slice(begin, begin + GROUP)
        keys = quoted(records.keys[group])
        filled = [c[group] for c in records.columns.values() if c is not None]
        texts = iter(json_texts(np.concatenate(filled)) if filled else ())
        columns = [
            ["null"] * len(keys) if column is None else list(islice(texts, len(keys)))
            for column in records.columns.values()
        ]
        yield between if begin else ""
        yield between.join(map(write, zip(keys, *columns, strict=True)))
    yield "\n" + " " * depth + "}"
