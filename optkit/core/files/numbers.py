"""Parse numbers in text files strictly: ASCII digits only, as file formats define them.

``float`` and ``int`` also take ``1_000``, the digits of other scripts, and ``nan``; and
``str.isdigit`` takes superscripts that ``int`` then refuses. No file format knows these.
"""

from __future__ import annotations

import math
import re

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[0-9]{1,18}")
_INFINITE = re.compile(r"([+-]?)inf(?:inity)?", re.IGNORECASE)


def parse_decimal(word: str) -> float | None:
    """Return the finite number that ``word`` is in decimal notation, or None."""
    if not _DECIMAL.fullmatch(word):
        return None
    value = float(word)
    return value if math.isfinite(value) else None


def parse_decimal_or_infinity(word: str) -> float | None:
    """Return a number as :func:`parse_decimal` does, or ±inf for ``inf``."""
    infinite = _INFINITE.fullmatch(word)
    if infinite:
        return -math.inf if infinite[1] == "-" else math.inf
    return parse_decimal(word)


def parse_whole(word: str) -> int | None:
    """Return the whole number from 0 that ``word`` is, of at most 18 digits, or None."""
    return int(word) if _WHOLE.fullmatch(word) else None
