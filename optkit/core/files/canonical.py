"""Canonical JSON (RFC 8785), mostly by the C encoder of the standard library.

The C encoder, with sorted keys and without spaces, differs from RFC 8785 in three ways:
floats that are whole, very small or very large are spelled otherwise; keys are sorted by
code points and not by UTF-16; and values outside the standard are written instead of
refused. Such floats are replaced before, and documents with such keys or values go to the
package :mod:`rfc8785`, which is the definition. The tests compare the two.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import rfc8785

from optkit.core.files.columns import Columns

GROUP = 4096
"""Entries of a long array that are encoded at once; more would only take more memory."""

_LARGEST_INTEGER = 2**53 - 1
_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode

# Stands before a number that is written as a text, until its quotes are taken away.
_MARK = "\0"
_MARKED = '"\\u0000'
_MARKED_NUMBER = re.compile(r'"\\u0000([^"]*)"')
_BEYOND_16_BITS = re.compile("[\U00010000-\U0010ffff]")


class _UnusualError(Exception):
    """The document has something that only :mod:`rfc8785` decides."""


def canonical_json(document: dict[str, Any]) -> bytes:
    """Return a document as canonical JSON.

    Parameters
    ----------
    document
        The document. At its top level, :class:`~optkit.core.files.columns.Columns` may
        stand for an array.

    Raises
    ------
    rfc8785.CanonicalizationError
        If it holds anything that RFC 8785 cannot express.
    UnicodeEncodeError
        If a key is not Unicode text.
    """
    try:
        return b"".join(_pieces(document))
    except (_UnusualError, UnicodeEncodeError):
        return rfc8785.dumps(_without_columns(document))


def canonical_sha256(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a document as canonical JSON; see :func:`canonical_json`."""
    digest = hashlib.sha256()
    try:
        for piece in _pieces(document):
            digest.update(piece)
    except (_UnusualError, UnicodeEncodeError):
        digest = hashlib.sha256(rfc8785.dumps(_without_columns(document)))
    return digest.hexdigest()


def _without_columns(document: Any) -> Any:
    if type(document) is not dict:
        return document
    return {
        key: value.document() if isinstance(value, Columns) else value
        for key, value in document.items()
    }


def _pieces(document: dict[str, Any]) -> Iterator[bytes]:
    if type(document) is not dict or not all(type(key) is str for key in document):
        raise _UnusualError
    separator = b"{"
    for key in sorted(document):
        yield separator + _text(key) + b":"
        separator = b","
        value = document[key]
        if isinstance(value, Columns):
            yield from value.canonical()
        elif type(value) is list and len(value) > GROUP:
            opening = b"["
            for begin in range(0, len(value), GROUP):
                yield opening + _text(value[begin : begin + GROUP])[1:-1]
                opening = b","
            yield b"]"
        else:
            yield _text(value)
    yield b"}" if document else b"{}"


def _text(value: Any) -> bytes:
    marked: dict[float, str] = {}
    text = _encode(_replaced(value, marked))
    if not text.isascii() and _BEYOND_16_BITS.search(text):
        raise _UnusualError
    if _MARKED in text:
        text = _MARKED_NUMBER.sub(r"\1", text)
    return text.encode()


def _replaced(value: Any, marked: dict[float, str]) -> Any:
    """Return a value with those floats replaced that the C encoder spells otherwise."""
    kind = type(value)
    if kind is float:
        size = abs(value)
        if size < 1e15 and value.is_integer():
            return int(value)
        if 1e-4 <= size < 1e15:
            return value
        if value not in marked:
            marked[value] = _MARK + rfc8785.dumps(value).decode()
        return marked[value]
    if kind is str:
        if _MARK in value:
            raise _UnusualError
        return value
    if kind is dict:
        if not all(type(key) is str and _MARK not in key for key in value):
            raise _UnusualError
        return {key: _replaced(item, marked) for key, item in value.items()}
    if kind is list:
        return [_replaced(item, marked) for item in value]
    if value is None or kind is bool:
        return value
    if kind is int and -_LARGEST_INTEGER <= value <= _LARGEST_INTEGER:
        return value
    raise _UnusualError
