"""Times as tables write them."""

from __future__ import annotations

import pytest

from optkit.core.files.timestamps import Instant, parse_timestamp

HOUR = 3600 * 10**9


@pytest.mark.parametrize(
    ("text", "nanoseconds", "offset_known"),
    [
        ("2000-01-01 00:00:00", 0, False),
        ("2000-01-01T01:00:00Z", HOUR, True),
        ("2000-01-01 09:00:00+08:00", HOUR, True),
        ("2000-01-01 09:00:00.25+0800", HOUR + 250_000_000, True),
        ("1999-12-31 20:00:00.5-05:00", HOUR + 500_000_000, True),
        ("1999-12-31 23:59:59.9999999999", -1, False),
        ("2000-01-01 01:00:00.000000001 Z", HOUR + 1, True),
    ],
)
def test_times_are_read(text: str, nanoseconds: int, offset_known: bool) -> None:
    """Offsets are applied, and fractions are exact to a nanosecond."""
    assert parse_timestamp(text) == Instant(nanoseconds, offset_known)


@pytest.mark.parametrize(
    "text",
    ["", "noon", "2000-01-01", "2000-13-01 00:00:00", "2000-01-01 00:00:00+25:00",
     "２０００-01-01 00:00:00", "2000-01-01 00:00:60", "2000-01-01 00:00:00+01:00:00.5",
     "2000-01-01 00:00:00.5.5", "2000-01-01.00:00:00"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    """A date without a time and impossible times are None."""
    assert parse_timestamp(text) is None
