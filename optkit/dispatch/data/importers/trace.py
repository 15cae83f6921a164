"""Recorded arrivals, as every format gives them."""

from __future__ import annotations

from dataclasses import dataclass, field

from optkit.core.files.left_out import LeftOut


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
        What was read, for the provenance.
    left_out
        What was left out.
    """

    seconds: list[float]
    kinds: list[int] | list[str] | list[int | str]
    sources: list[str]
    summary: str
    left_out: LeftOut = field(default_factory=LeftOut)
