"""What is taken from recorded arrivals."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trace:
    """Arrivals, one entry a job in every list.

    Parameters
    ----------
    seconds
        When it arrives, trace time in s; in any order.
    kinds
        Its type, from 0; or a text to be hashed.
    sources
        Whom it came from: a text to be hashed.
    told
        What was read and left out, for the provenance.
    """

    seconds: list[float]
    kinds: list[int] | list[str]
    sources: list[str]
    told: str
