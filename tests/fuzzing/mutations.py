"""Alter files by their structure: bytes, lines, words, table cells, JSON values."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable
from typing import Any

HOSTILE_WORDS = (
    "", " ", "0", "-1", "1", "1.5", "1e308", "1e999", "-1e-320", "nan", "NaN", "inf",
    "-Infinity", "1_000", "²", "٣", "１", "0x10", "1e", "--1", "+", "9" * 40, "9" * 5000,
    "true", "null", "None", "#", "*", "'", '"', '"a', "\\", ",", ";", "\t", "\x00",
    "\x1b[31m",
    "\u202e", "\ufeff", "é", "😀", "a" * 300, "a" * 70000, "../../etc/passwd", "&amp;",
    "<", ">",
    "]]>", "(", ")", "[", "]", "{", "}", "=", "@VARSBEGIN", "ENDATA", "ROWS", "N", "MARKER",
    "2024-02-30 00:00:00", "2024-05-12T00:00:00+25:00", "1969-12-31 23:59:59",
    "0001-01-01 00:00:00",
    "9999-12-31 23:59:59.999999999", "18446744073709551616", "-9223372036854775809",
)  # fmt: skip

HOSTILE_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1.5, 1e308, -1e-320, 10**19, 10**400, float("nan"),
    float("inf"), "", " ", "a", "nan", "\ud800", "\x1b[31m", "a" * 70000, [], {}, [[]],
    [None],
    {"": None}, {"id": "a"}, [0] * 1000, ["a"] * 50,
)  # fmt: skip

_WORD = re.compile(rb"[^\s,;=<>()\[\]\"]+")


def mutate(content: bytes, rng: random.Random) -> bytes:
    """Return the content with one to four alterations."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        if content[:1] == b"{" and rng.random() < 0.8:
            content = _json(content, rng)
        else:
            content = rng.choice(_ALTERATIONS)(content, rng)
    return content


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _flip(content: bytes, rng: random.Random) -> bytes:
    if not content:
        return b"\xff"
    altered = bytearray(content)
    for _ in range(rng.choice((1, 3))):
        altered[rng.randrange(len(altered))] = rng.randrange(256)
    return bytes(altered)


def _remove_bytes(content: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(content) + 1)
    return content[:start] + content[start + rng.choice((1, 2, 7, 40)) :]


def _word(content: bytes, rng: random.Random) -> bytes:
    """Replace, remove, double or exchange a word."""
    words = list(_WORD.finditer(content))
    if not words:
        return content + b" x"
    word = rng.choice(words)
    other = rng.choice(words)
    new = rng.choice(
        (
            rng.choice(HOSTILE_WORDS).encode(),
            b"",
            word[0] + b" " + word[0],
            other[0],
            b"-" + word[0],
            word[0] + b"e400",
        )
    )
    return content[: word.start()] + new + content[word.end() :]


def _line(content: bytes, rng: random.Random) -> bytes:
    """Remove, double, move, join, break or repeat a line."""
    lines = content.split(b"\n")
    k = rng.randrange(len(lines))
    kind = rng.randrange(7)
    if kind == 0:
        del lines[k]
    elif kind == 1:
        lines.insert(k, lines[k])
    elif kind == 2:
        lines.insert(rng.randrange(len(lines)), lines.pop(k))
    elif kind == 3 and k + 1 < len(lines):
        lines[k : k + 2] = [lines[k] + lines[k + 1]]
    elif kind == 4:
        middle = rng.randrange(len(lines[k]) + 1)
        lines[k : k + 1] = [lines[k][:middle], lines[k][middle:]]
    elif kind == 5:
        lines[k : k + 1] = [lines[k]] * rng.choice((20, 500))
    else:
        lines.insert(k, rng.choice(HOSTILE_WORDS).encode())
    return b"\n".join(lines)


def _cell(content: bytes, rng: random.Random) -> bytes:
    """Remove, add, exchange or replace a cell of a table's line."""
    separator = max((b",", b";\t", b"\t", b" "), key=content.count)
    lines = content.split(b"\n")
    k = rng.randrange(len(lines))
    cells = lines[k].split(separator)
    c = rng.randrange(len(cells))
    kind = rng.randrange(4)
    if kind == 0:
        del cells[c]
    elif kind == 1:
        cells.insert(c, rng.choice(HOSTILE_WORDS).encode())
    elif kind == 2:
        other = rng.randrange(len(cells))
        cells[c], cells[other] = cells[other], cells[c]
    else:
        cells[c] = rng.choice(HOSTILE_WORDS).encode()
    lines[k] = separator.join(cells)
    return b"\n".join(lines)


def _encoding(content: bytes, rng: random.Random) -> bytes:
    """Change the encoding, the line ends, the compression or the separators."""
    kind = rng.randrange(8)
    if kind == 0:
        return content.replace(b"\n", b"\r\n")
    if kind == 1:
        return content.replace(b"\n", b"\r")
    if kind == 2:
        return b"\xef\xbb\xbf" + content
    if kind == 3:
        return content.decode("utf-8", "replace").encode("utf-16")
    if kind == 4:
        packed = gzip.compress(content)
        return packed[: rng.randrange(len(packed) + 1)]
    if kind == 5:
        return gzip.compress(content)
    if kind == 6:
        return content.replace(b",", b";")
    return content.replace(b" ", b"\t")


def _brackets(content: bytes, rng: random.Random) -> bytes:
    """Nest deeper, or drop brackets."""
    pair = rng.choice(
        ((b"[", b"]"), (b"(", b")"), (b"{", b"}"), (b"<a>", b"</a>"), (b'"', b'"'))
    )
    start = rng.randrange(len(content) + 1)
    depth = rng.choice((1, 3, 3000))
    if rng.random() < 0.5:
        return content[:start] + pair[0] * depth + content[start:]
    return content[:start] + pair[0] * depth + pair[1] * depth + content[start:]


def _json(content: bytes, rng: random.Random) -> bytes:
    """Alter a value of a JSON document at a random place."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return _flip(content, rng)
    parent: Any = None
    place: Any = None
    node = document
    while (
        isinstance(node, dict | list)
        and node
        and (parent is None or rng.random() < 0.8)
    ):
        place = rng.choice(list(node) if isinstance(node, dict) else range(len(node)))
        parent, node = node, node[place]
    if parent is None:
        return content
    kind = rng.randrange(5)
    if kind == 0:
        del parent[place]
    elif kind == 1 and isinstance(parent, list):
        parent.insert(place, node)
    elif kind == 1:
        parent[rng.choice(("x", "id", "schema", "\x1b", "name"))] = node
    elif kind == 2:
        parent[place] = [node] if rng.random() < 0.5 else {"a": node}
    elif kind == 3 and type(node) in (int, float) and abs(node) < 1e300:
        parent[place] = rng.choice(
            (-node, node * 1e300, node + 0.5, node * 0, str(node))
        )
    else:
        parent[place] = rng.choice(HOSTILE_VALUES)
    try:
        return json.dumps(document).encode()
    except (ValueError, OverflowError):
        return content


_Alteration = Callable[[bytes, random.Random], bytes]

_ALTERATIONS: tuple[_Alteration, ...] = (
    _cut,
    _flip,
    _remove_bytes,
    _word,
    _word,
    _word,
    _line,
    _line,
    _cell,
    _cell,
    _cell,
    _encoding,
    _brackets,
)
