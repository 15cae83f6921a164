"""Read the lines of a text file one by one, plain or gzipped, within limits."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files.opening import open_to_read

MAX_CHARACTERS = 256 * 2**20
"""Longest text that is read, after decompression."""

LONGEST_LINE = 2**20
"""Longest line that is read, in characters."""

_GZIP = b"\x1f\x8b"


def text_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file without their ends.

    Raises
    ------
    InvalidFileError
        If the file cannot be read, is no text in UTF-8, or is too large.
    """
    source = str(path)
    total = number = 0
    try:
        with open_to_read(path) as raw:
            packed = raw.peek(2)[:2] == _GZIP
            data = gzip.GzipFile(fileobj=raw) if packed else raw
            text = io.TextIOWrapper(cast(BinaryIO, data), encoding="utf-8-sig")
            while line := text.readline(LONGEST_LINE + 1):
                number += 1
                total += len(line)
                if len(line) > LONGEST_LINE:
                    raise InvalidFileError(
                        source,
                        [
                            Issue(
                                f"line {number}",
                                f"longer than {LONGEST_LINE} characters, the most that"
                                " is read; name a table",
                            )
                        ],
                    )
                if total > MAX_CHARACTERS:
                    raise InvalidFileError(
                        source,
                        [
                            f"larger than {MAX_CHARACTERS} characters, the most that is"
                            " read; divide it into parts"
                        ],
                    )
                yield line.rstrip("\r\n")
    except FileNotFoundError:
        raise InvalidFileError(
            source, ["no such file; check the name and the folder"]
        ) from None
    except UnicodeDecodeError:
        raise InvalidFileError(
            source,
            [f"not a text file in UTF-8 (after line {number}); name a text table"],
        ) from None
    except (OSError, EOFError, ValueError, zlib.error) as error:
        if isinstance(error, InvalidFileError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidFileError(
            source, [f"cannot be read: {reason}; fetch it again"]
        ) from None
