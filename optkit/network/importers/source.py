"""Reading the bytes of a network file: plain, gzip, or one member of a tar archive."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.suggest import nearest

MAX_BYTES = 256 * 2**20
"""Largest file that is read, in bytes after decompression: 256 MiB."""

_SHOWN = 12


@dataclass(frozen=True)
class NetworkFile:
    """A network file that has been read.

    Parameters
    ----------
    data
        The bytes, decompressed.
    name
        Name of the file for provenance: without folders, and with the archive member where
        there is one.
    stem
        The name without folder and endings.
    """

    data: bytes
    name: str
    stem: str


def read_source(path: Path, member: str | None = None) -> NetworkFile:
    """Read a whole network file; gzip and tar are recognised by content.

    Parameters
    ----------
    path
        The file.
    member
        Which file of an archive to read; needed if it holds more than one.

    Raises
    ------
    InvalidFileError
        If the file cannot be read, is empty, or is larger than ``MAX_BYTES``.
    UsageError
        If ``member`` is missing, unknown, or given for a file that is not an archive.
    """
    source = str(path)
    data = _decompressed(_raw(path), source)
    if data[257:262] == b"ustar":
        name, data = _member(data, source, member)
        opened = NetworkFile(data, f"{path.name}, member {name}", _stem(name))
    elif member is not None:
        raise UsageError(
            f"option member: {source} is not a tar archive; leave the option out."
        )
    else:
        opened = NetworkFile(data, path.name, _stem(path.name))
    if not opened.data.strip():
        raise InvalidFileError(source, ["the file is empty; a network is expected"])
    return opened


def _raw(path: Path) -> bytes:
    source = str(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise InvalidFileError(source, ["this is a folder; name a file in it"])
        # A pipe or a device could block, or never end.
        if not stat.S_ISREG(mode):
            raise InvalidFileError(source, ["not a regular file; name a file"])
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InvalidFileError(
            source, ["no such file; check the name and the folder"]
        ) from None
    except InvalidFileError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidFileError(source, [f"cannot be read: {reason}"]) from None
    return _refuse_large(data, source)


def _decompressed(data: bytes, source: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            return _refuse_large(stream.read(MAX_BYTES + 1), source)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidFileError(
            source, [f"not a whole gzip file ({error}); fetch or compress it again"]
        ) from None


def _refuse_large(data: bytes, source: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise InvalidFileError(
            source,
            [f"larger than {MAX_BYTES} bytes uncompressed, the most that is read"],
        )
    return data


def _member(data: bytes, source: str, wanted: str | None) -> tuple[str, bytes]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            files = {item.name: item for item in archive if item.isfile()}
            name = _choice(list(files), source, wanted)
            stream = archive.extractfile(files[name])
            # The length in a header cannot be trusted.
            content = stream.read(MAX_BYTES + 1) if stream else b""
    except (InvalidFileError, UsageError):
        raise
    except Exception as error:  # tarfile lets many kinds out of a broken header
        raise InvalidFileError(
            source, [f"not a whole tar archive ({error}); fetch it again"]
        ) from None
    return name, _refuse_large(content, source)


def _choice(names: list[str], source: str, wanted: str | None) -> str:
    if not names:
        raise InvalidFileError(source, ["the archive holds no files"])
    if wanted is None:
        if len(names) == 1:
            return names[0]
        listing = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        raise UsageError(
            f"{source} is an archive of {len(names)} files;"
            f" choose one with the option member: {listing}."
        )
    matching = [n for n in names if n == wanted] or [
        n for n in names if wanted in (_stem(n), PurePosixPath(n).name)
    ]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise UsageError(
            f"option member: {wanted!r} names {len(matching)} files in {source};"
            f" give the whole path: {', '.join(matching[:_SHOWN])}."
        )
    by_stem = {_stem(n).lower(): n for n in names}
    guess = nearest(_stem(wanted), by_stem)
    hint = f" Did you mean {by_stem[guess]!r}?" if guess else ""
    raise UsageError(f"option member: no file {wanted!r} in {source}.{hint}")


def _stem(name: str) -> str:
    base = PurePosixPath(name).name
    for ending in (".gz", ".gml", ".graphml", ".xml", ".txt", ".native"):
        base = base.removesuffix(ending)
    return base or "network"


def decode_text(data: bytes, source: str) -> str:
    """Decode a text file: UTF-8, or ISO-8859-1 where it is not.

    Raises
    ------
    InvalidFileError
        If the file is not text.
    """
    if b"\0" in data:
        raise InvalidFileError(
            source,
            [f"not a text file (byte {data.index(0)} is 0); save it as UTF-8 text"],
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("iso-8859-1")


def is_xml(data: bytes) -> bool:
    """Return whether the file looks like XML, whatever its encoding."""
    return data[:4].startswith((b"\xff\xfe", b"\xfe\xff")) or (
        data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    )


def refuse_other_formats(data: bytes, source: str, expected: str) -> None:
    """Refuse what is often saved by mistake instead of a network file.

    Raises
    ------
    InvalidFileError
        If the file is a web page or JSON; ``expected`` says what it should be.
    """
    head = data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise InvalidFileError(
            source,
            [f"this is a web page, not {expected}; download the file itself"],
        )
    if head.startswith((b"{", b"[")):
        raise InvalidFileError(
            source,
            [
                f"this looks like JSON, not {expected};"
                " an optkit instance needs no import"
            ],
        )
