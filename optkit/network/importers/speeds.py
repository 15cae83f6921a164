"""Link speeds as files write them, turned into Gbit/s."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

MIN_GBPS = 1e-9
"""Least plausible rate, in Gbit/s: one bit per second."""

MAX_GBPS = 1e9
"""Largest plausible rate, in Gbit/s: 1e18 bit/s."""

_POWERS = {"": 0, "K": 3, "M": 6, "G": 9, "T": 12}
_UNIT = re.compile(
    r"([KMGT])(?:B|BIT|BITS)?(?:PS|PERSEC|/S)?|BITS?(?:PS|PERSEC|/S)|BPS"
)


@dataclass(frozen=True)
class Speed:
    """The speed that a file states for one link.

    Parameters
    ----------
    gbps
        The rate, Gbit/s; None where the file states none that can be used.
    unusable
        Whether the file states something that cannot be a speed: zero, negative, no number.
    """

    gbps: float | None = None
    unusable: bool = False


NOT_STATED = Speed()
UNUSABLE = Speed(unusable=True)


def finite_number(text: str) -> float | None:
    """Return ``text`` as a finite number, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def power_of(unit: str) -> int | None:
    """Return the power of ten of a unit of bit/s (``MBITPERSEC``: 6), or None."""
    match = _UNIT.fullmatch(unit.strip().upper())
    return _POWERS[match.group(1) or ""] if match else None


def parse_speed(text: str, power: int) -> Speed:
    """Return the speed of ``text`` times ten to the ``power`` bit/s."""
    value = finite_number(text)
    # Multiplying and then dividing by exact powers gives 155 Mbit/s as 0.155 exactly.
    return plausible_speed(value * 10.0**power / 1e9) if value is not None else UNUSABLE


def plausible_speed(gbps: float) -> Speed:
    """Return ``gbps`` as a stated speed if it is plausible."""
    return Speed(gbps) if MIN_GBPS <= gbps <= MAX_GBPS else UNUSABLE
