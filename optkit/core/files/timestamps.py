"""Parse points in time as tables write them: date and time, fractions, offsets."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from optkit.core.files.rows import Row

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_DATE = 10
"""Characters of a date; no more than this is a date without a time."""

_FRACTION = re.compile(r"(?<=:[0-9]{2})[.,]([0-9]+)")
_SPACED_OFFSET = re.compile(r" +(?=(?:[+-][0-9:]+|Z)$)")


class Instant(NamedTuple):
    """A point in time.

    Parameters
    ----------
    nanoseconds
        Since the beginning of 2000; in UTC if the offset is known.
    offset_known
        Whether the text gives the offset from UTC.
    """

    nanoseconds: int
    offset_known: bool


def parse_timestamp(text: str) -> Instant | None:
    """Return the time in ISO 8601 that ``text`` is, or None.

    A space may stand for the ``T``. Fractions of a second may have any length; digits
    beyond the ninth are cut off. Offsets (``+08:00``, ``Z``) are applied.
    """
    if not text.isascii() or len(text) <= _DATE:
        return None
    text = _SPACED_OFFSET.sub("", text)
    digits = ""
    if found := _FRACTION.search(text):
        digits = found[1]
        before = text[: found.start()]
        if before.count(":") > 2 or "+" in before:  # a fraction of the offset
            return None
        text = before + text[found.end() :]
    if "." in text or "," in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        known = moment.tzinfo is not None
        since = (moment if known else moment.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, OverflowError):
        return None
    return Instant(
        since // timedelta(microseconds=1) * 1000 + int(digits.ljust(9, "0")[:9]), known
    )


def two_clocks(first: Row, instant: Instant) -> str:
    """Say why a time cannot be compared with that of the first row."""
    given, lacking = "an offset from UTC", "no offset from UTC"
    there, here = (given, lacking) if instant.offset_known else (lacking, given)
    return (
        f"has {here}, line {first.line} of {first.file.name} has {there}: write both"
        " alike"
    )
