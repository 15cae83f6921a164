"""How many orders there are, also where nobody could write the number down."""

from __future__ import annotations

import math


def log10_factorial(servers: int) -> float:
    """Return log10 of the number of orders of ``servers`` servers."""
    return math.lgamma(servers + 1) / math.log(10)


def orders(servers: int) -> float:
    """Return the number of orders of ``servers`` servers; infinite past doubles."""
    return float(math.factorial(servers)) if servers <= 170 else math.inf


def in_words(log10: float) -> str:
    """Return the number whose log10 is given: exact where it is short."""
    return f"{round(10**log10)}" if log10 < 12 else f"10^{log10:.0f}"
