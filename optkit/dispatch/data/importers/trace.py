"""Recorded arrivals, as every format gives them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trace:
    """Arrivals, one entry per job in every list.

    Parameters
    ----------
    seconds
        When it arrives, trace time in s; in any order.
    kinds
        Its type, from 0; or a text to be hashed.
    sources
        Who sent it: a text to be hashed.
    summary
        What was read and left out, for the provenance.
    """

    seconds: list[float]
    kinds: list[int] | list[str]
    sources: list[str]
    summary: str
