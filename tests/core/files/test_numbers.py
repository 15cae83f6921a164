"""Tests of the strict parsing of numbers in text files."""

from __future__ import annotations

import math

import pytest

from optkit.core.files.numbers import (
    parse_decimal,
    parse_decimal_or_infinity,
    parse_whole,
)

LENIENT = [
    "1_000",
    "\u0661\u0662",
    "\uff11",
    "\u00b2",
    "nan",
    "0x10",
    "1e999",
    "",
    " 1",
    "1,5",
    "--1",
    "1d3",
]
"""Words that Python's own functions or other readers take for numbers."""


@pytest.mark.parametrize("word", LENIENT)
def test_lenient_numbers_are_none(word: str) -> None:
    """Nothing but decimal notation in ASCII is a number."""
    assert parse_decimal(word) is None
    assert parse_decimal_or_infinity(word) is None
    assert parse_whole(word) is None


def test_numbers_are_read() -> None:
    """Every common notation is read; infinity only where it may stand."""
    words = ["1", "-5.", "+.5", "1e3", "-1.25E-2", "007"]
    assert [parse_decimal(word) for word in words] == [1, -5, 0.5, 1000, -0.0125, 7]
    assert parse_decimal("inf") is None
    assert parse_decimal_or_infinity("-Infinity") == -math.inf
    assert [parse_whole(word) for word in ("0", "12", "-1", "1.0")] == [
        0,
        12,
        None,
        None,
    ]
