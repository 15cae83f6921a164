"""Parse the values of options."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from cyclopts import CycloptsError, Token, convert

from optkit.core.errors import UsageError


def parse_duration(_: object, tokens: Sequence[Token]) -> float:
    """Parse a duration: ``30``, ``30s``, ``10m``, ``1h30m``; return seconds.

    Raises
    ------
    ValueError
        If it is not one.
    """
    (token,) = tokens
    try:
        value = float(token.value)
    except ValueError:
        try:
            value = convert(timedelta, [token.value]).total_seconds()
        except CycloptsError:
            raise ValueError(
                f"{token.value!r} is not a duration; give 30, 30s, 10m or 2h"
            ) from None
    return _finite(value, token.value)


def parse_float(_: object, tokens: Sequence[Token]) -> float:
    """Parse a finite number.

    Raises
    ------
    ValueError
        If it is not one.
    """
    (token,) = tokens
    try:
        value = float(token.value)
    except ValueError:
        raise ValueError(f"{token.value!r} is not a number") from None
    return _finite(value, token.value)


def _finite(value: float, text: str) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not a finite number")
    return value


def parse_int(_: object, tokens: Sequence[Token]) -> int:
    """Parse a whole number; other numbers are refused, not rounded.

    Raises
    ------
    ValueError
        If it is not one.
    """
    (token,) = tokens
    try:
        return int(token.value)
    except ValueError:
        raise ValueError(f"{token.value!r} is not a whole number") from None


def parse_ints(_: object, tokens: Sequence[Token]) -> tuple[int, ...]:
    """Parse whole numbers, one per use of a flag.

    Raises
    ------
    ValueError
        If one of them is not a whole number.
    """
    return tuple(parse_int(_, [token]) for token in tokens)


def parse_assignments(words: Iterable[str]) -> dict[str, Any]:
    """Parse ``KEY=VALUE`` words; a value is parsed as JSON, or else taken as text.

    Raises
    ------
    UsageError
        If a word is not of this form, or a key is given twice.
    """
    values: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        key = key.strip().replace("-", "_")
        if not key or not equals:
            raise UsageError(f"--set {word}: not of the form KEY=VALUE.")
        if key in values:
            raise UsageError(f"--set {word}: {key} is set twice; keep one.")
        try:
            values[key] = json.loads(value)
        except ValueError:
            values[key] = value
    return values
