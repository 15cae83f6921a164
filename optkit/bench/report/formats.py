"""Numbers of a report as text."""

from __future__ import annotations

import math
from datetime import UTC, datetime

MISSING = "–"


def timestamp(stamp: str) -> str:
    """Return a time stamp of the journal in a readable form."""
    return f"{datetime.fromisoformat(stamp).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def number(value: float | None, digits: int = 6) -> str:
    """Return a number with so many significant digits; a dash if it is missing."""
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞"
    return f"{value:.{digits}g}"


def percent(value: float | None) -> str:
    """Return a share in percent; a tiny one is never shown as zero."""
    if value is None or math.isnan(value):
        return MISSING
    if 0 < value < 5e-7:
        return "< 0.0001 %"
    return f"{100 * value:.3g} %"


def seconds(value: float | None) -> str:
    """Return seconds, to the millisecond at most: smaller differences are noise."""
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def sort_key(value: float | None) -> str:
    """Return the number that a column is sorted by; missing values come last."""
    missing = value is None or math.isnan(value)
    return "1e999" if missing else repr(float(value or 0.0))
