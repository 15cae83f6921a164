"""Strict reading of JSON and TOML; files are written completely or not at all."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import re
import stat
import tomllib
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files import paths
from optkit.core.files.json_text import dump_json, json_pieces
from optkit.core.files.levels import levels
from optkit.core.files.opening import open_to_read
from optkit.core.runtime.collector import paused_collector

MAX_BYTES = 1 << 30
"""Largest file that is read, in bytes of JSON text (after decompression): 1 GiB."""

MAX_TOML_BYTES = 1 << 20
"""Largest suite or settings file that is read, in bytes: 1 MiB."""

MAX_PARTS = 5_000_000
"""Most objects and arrays in one JSON document. Each takes about 150 bytes of memory,
however few it takes in the file."""

MAX_VALUES = 50_000_000
"""Most values in one JSON document."""

MAX_DEPTH = 200
"""Deepest nesting of objects and arrays that is read."""


class _Duplicates(dict[str, Any]):
    """An object with a repeated key; :func:`_walk` reports where it is."""

    repeated: tuple[str, ...] = ()


def read_json(path: Path) -> Any:
    """Read one JSON document from ``path`` (UTF-8; gzip if it ends in ``.gz``).

    Raises
    ------
    InvalidFileError
        If the file cannot be read, is too large or has too many parts, is not UTF-8 or is
        not one JSON document with unique keys.
    """
    with paused_collector():
        return parse_json(_read_bytes(path), str(path))


def read_text(path: Path) -> str:
    """Read a file of another format as text; gzip if it ends in ``.gz``.

    It is decoded as UTF-8, or else as Latin-1, in which every byte is valid.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is too large.
    """
    data = _read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


_TOO_MANY_DIGITS = (
    "holds a whole number of thousands of digits; no number is that large"
)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    InvalidFileError
        If it cannot be read or is not TOML.
    """
    data = _read_bytes(path, MAX_TOML_BYTES)
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise InvalidFileError(str(path), ["nested too deeply to be read"]) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidFileError(str(path), [f"not TOML: {error}"]) from None
    except ValueError:
        raise InvalidFileError(str(path), [_TOO_MANY_DIGITS]) from None


def parse_json(data: bytes, source: str) -> Any:
    """Parse one JSON document; see :func:`read_json` for the rules."""
    if not data or data.isspace():
        raise InvalidFileError(source, ["the file is empty; a JSON object is expected"])
    _refuse_too_many_parts(data, source)
    try:
        # Pydantic's parser takes half the time of the standard library's.
        document = from_json(data, allow_inf_nan=False, cache_strings="keys")
    except ValueError:  # the standard library reads a little more, and explains
        document = _loads(_decoded(data, source), source)
    if not _is_sound(document, data):
        # Only now is it worth remembering where each key stands.
        document = _loads(_decoded(data, source), source, _pairs)
        issues = _walk(document)
        if issues:
            raise InvalidFileError(source, issues)
    return document


def _decoded(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFileError(
            source,
            [
                f"not UTF-8 text (byte {error.start} is 0x{data[error.start]:02x});"
                " save the file as UTF-8, or name it .json.gz if it is compressed"
            ],
        ) from None


def _loads(
    text: str,
    source: str,
    pairs_hook: Callable[[list[tuple[str, Any]]], dict[str, Any]] | None = None,
) -> Any:
    try:
        return json.loads(text, object_pairs_hook=pairs_hook)
    except json.JSONDecodeError as error:
        raise InvalidFileError(
            source,
            [f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"],
        ) from None
    except RecursionError:
        raise InvalidFileError(
            source, [f"nested too deeply; at most {MAX_DEPTH} levels are read"]
        ) from None
    except ValueError:
        raise InvalidFileError(source, [_TOO_MANY_DIGITS]) from None


def _is_sound(document: Any, text: bytes) -> bool:
    """Return whether no key is repeated and nothing is nested too deeply.

    A colon in the text follows a key or stands in a string. If the document has fewer
    keys and colons in strings than the text has colons, a key has been overwritten.
    Where no quote is escaped, counting quotes says the same in half the time.
    False only says that a closer look is needed.
    """
    if b"\\" not in text:
        return _has_every_string(document, text)
    if re.search(rb"\\u003[aA]", text):  # a colon in a string, and none in the text
        return False
    missing = text.count(b":")
    for depth, (objects, values) in enumerate(levels(document), 1):
        if depth > MAX_DEPTH:
            return False
        missing -= sum(map(len, objects))
        missing -= "".join([v for v in values if type(v) is str]).count(":")
        keys = set(map(tuple, objects))  # most objects have the same few keys
        if any(":" in key for names in keys for key in names):
            missing -= sum("".join(entry).count(":") for entry in objects)
    return missing == 0


def _has_every_string(document: Any, text: bytes) -> bool:
    """Do as :func:`_is_sound` does where nothing is escaped: count the strings."""
    depth, missing = 0, text.count(b'"') - 2 * (type(document) is str)
    containers = [document] if type(document) in (dict, list) else []
    while containers:
        depth += 1
        if depth > MAX_DEPTH:
            return False
        objects = [item for item in containers if type(item) is dict]
        arrays = [item for item in containers if type(item) is list]
        kinds = list(map(type, chain.from_iterable(map(dict.values, objects))))
        kinds += map(type, chain.from_iterable(arrays))
        missing -= 2 * (sum(map(len, objects)) + kinds.count(str))
        if not kinds.count(dict) + kinds.count(list):
            break
        values = chain(map(dict.values, objects), arrays)
        containers = [
            item for item in chain.from_iterable(values) if type(item) in (dict, list)
        ]
    return missing == 0


def _refuse_too_many_parts(data: bytes, source: str) -> None:
    """Refuse a document that would take far more memory than its text does.

    Marks inside strings count as well, so a text may hold fewer parts than are counted.
    """
    for marks, most, what in (
        ((b"{", b"["), MAX_PARTS, "objects and arrays"),
        ((b",",), MAX_VALUES, "values"),
    ):
        if len(data) > most and sum(map(data.count, marks)) > most:
            raise InvalidFileError(
                source,
                [f"more than {most:,} {what}, the most that is read; split the file"],
            )


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    counts = Counter(key for key, _ in pairs)
    marked = _Duplicates(plain)
    marked.repeated = tuple(key for key, count in counts.items() if count > 1)
    return marked


def _walk(document: Any) -> list[Issue]:
    """Return repeated keys and too deep nesting, with their paths."""
    issues: list[Issue] = []
    stack: list[tuple[str, Any, int]] = [("", document, 1)]
    while stack:
        path, value, depth = stack.pop()
        if depth > MAX_DEPTH:
            return [Issue("", f"nested too deeply; at most {MAX_DEPTH} levels")]
        if isinstance(value, _Duplicates):
            issues += [
                Issue(join_path(path, key), "the key appears more than once; keep one")
                for key in value.repeated
            ]
        if isinstance(value, dict):
            children = [
                (join_path(path, key), child, depth + 1)
                for key, child in value.items()
                if isinstance(child, dict | list)
            ]
        else:
            children = [
                (f"{path}[{index}]", child, depth + 1)
                for index, child in enumerate(value if isinstance(value, list) else ())
                if isinstance(child, dict | list)
            ]
        stack.extend(reversed(children))
    return issues


def join_path(path: str, key: str) -> str:
    """Return the path of ``key`` inside the object at ``path``, safe to print."""
    if not key.isprintable():
        key = json.dumps(key)
    return f"{path}.{key}" if path else key


def _read_bytes(path: Path, most: int | None = None) -> bytes:
    most = MAX_BYTES if most is None else most
    try:
        raw = open_to_read(path)
    except FileNotFoundError:
        raise InvalidFileError(
            str(path), ["no such file; check the name and the folder"]
        ) from None
    except IsADirectoryError:
        raise InvalidFileError(
            str(path), ["this is a folder; name a file in it"]
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidFileError(str(path), [f"cannot be opened: {reason}"]) from None
    with raw:
        try:
            if path.suffix == ".gz":
                with gzip.open(raw) as unpacked:
                    data = unpacked.read(most + 1)
            else:
                data = raw.read(most + 1)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InvalidFileError(
                str(path),
                [f"not a whole gzip file ({error}); compress it again, or drop .gz"],
            ) from None
        except OSError as error:
            raise InvalidFileError(
                str(path), [f"cannot be read: {error.strerror or error}"]
            ) from None
    if len(data) > most:
        raise InvalidFileError(
            str(path), [f"larger than {most} bytes, the most that is read"]
        )
    return data


def write_json(path: Path, document: Any) -> None:
    """Write ``document`` to ``path``, completely or not at all; see :func:`write_bytes`.

    The text is written while it is made, so that it is never in memory as a whole.
    """
    if path.suffix == ".gz":
        write_bytes(path, dump_json(document).encode())
        return
    try:
        with paused_collector():
            _replace(path, _encoded(json_pieces(document)))
    except _NoJsonError as error:
        raise error.reason from None


class _NoJsonError(Exception):
    """A document is no JSON, which is no fault of the file that it is written to."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


def _encoded(pieces: Iterable[str]) -> Iterator[bytes]:
    try:
        for piece in pieces:
            yield piece.encode()
    except Exception as error:
        raise _NoJsonError(error) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` (gzip if it ends in ``.gz``), completely or not at all.

    The bytes go to a temporary file in the same folder, which is then renamed: a reader
    of ``path`` sees the old content or the new, never a part, even after a crash. A file
    that exists keeps its mode. Of a link, the file that it leads to is written.

    Raises
    ------
    UsageError
        If the folder does not exist or cannot be written to, or if ``path`` exists and is
        no file, such as a device, which a rename would replace.
    """
    if path.suffix == ".gz":
        buffer = io.BytesIO()
        # No time stamp: the same content gives the same bytes.
        with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, filename="") as packed:
            packed.write(data)
        data = buffer.getvalue()
    _replace(path, [data])


def _replace(path: Path, pieces: Iterable[bytes]) -> None:
    """Write the pieces of a file to ``path``, completely or not at all."""
    with paths.writing(path):
        target = paths.destination(path)
        if not path.name or (target.exists() and not target.is_file()):
            raise OSError("it is no file")
        temporary = paths.temporary_name(target.parent)
        try:
            with temporary.open("xb") as stream:
                stream.writelines(pieces)
                stream.flush()
                with contextlib.suppress(
                    OSError
                ):  # none there, or no modes on this disk
                    os.fchmod(stream.fileno(), stat.S_IMODE(target.stat().st_mode))
                os.fsync(stream.fileno())
                written = os.fstat(stream.fileno()).st_mtime
            temporary.replace(target)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        paths.sweep(target.parent, written)
