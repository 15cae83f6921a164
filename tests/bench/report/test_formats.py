"""Numbers of a report as text."""

from __future__ import annotations

import pytest

from optkit.bench.report.formats import number, percent, seconds, sort_key, timestamp


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (number(None), "–"),
        (number(float("nan")), "–"),
        (number(1 / 3), "0.333333"),
        (percent(1e-9), "< 0.0001 %"),
        (percent(0.0), "0 %"),
        (percent(0.25), "25 %"),
        (seconds(float("inf")), "∞"),
        (seconds(0.0123), "0.012"),
        (sort_key(None), "1e999"),
        (timestamp("2026-01-31T23:05:09+00:00"), "2026-01-31 23:05 UTC"),
    ],
)
def test_numbers_are_rounded(shown: str, text: str) -> None:
    """A missing number is a dash, and a tiny one is not shown as zero."""
    assert shown == text
