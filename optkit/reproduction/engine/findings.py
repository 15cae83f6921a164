"""What a reproduction finds: claims with verdicts, tables, pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from optkit.core.display.tables import Table
from optkit.plotting.pictures import Picture


class Verdict(StrEnum):
    """What became of a claim."""

    HOLDS = "holds"
    """Measured again, and so it is."""
    IN_PART = "holds in part"
    """In some settings and not in others, or most of the time and not always."""
    FAILS = "does not hold"
    """Measured again, and so it is not."""
    UNTESTED = "cannot be tested"
    """What the paper leaves out would have to be known."""


def combined(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on a claim of several parts.

    Parts that cannot be tested count only where none can.
    """
    tested = {verdict for verdict in verdicts if verdict is not Verdict.UNTESTED}
    if not tested:
        return Verdict.UNTESTED
    return tested.pop() if len(tested) == 1 else Verdict.IN_PART


@dataclass(frozen=True)
class Claim:
    """One claim of a paper.

    Parameters
    ----------
    statement
        The claim in our words.
    paper
        What the paper reports, with its numbers and the place.
    measured
        What was measured here, with an interval where there is randomness.
    verdict
        What became of it.
    reason
        Why, in one sentence.
    """

    statement: str
    paper: str
    measured: str
    verdict: Verdict
    reason: str

    def document(self) -> dict[str, str]:
        """Return the claim as a JSON-ready mapping."""
        return {
            "statement": self.statement,
            "paper": self.paper,
            "measured": self.measured,
            "verdict": str(self.verdict),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Findings:
    """Everything that a reproduction found.

    Parameters
    ----------
    claims
        The paper's claims one by one.
    parameters
        With what it was computed, name by name, for the reader.
    tables
        Tables worth reading, by file name; also written as CSV.
    data
        Every single measurement, by file name; written as CSV only.
    pictures
        The pictures.
    notes
        What a reader has to know besides, a paragraph each.
    """

    claims: tuple[Claim, ...]
    parameters: Mapping[str, Any]
    tables: Mapping[str, Table] = field(default_factory=dict)
    data: Mapping[str, Table] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()
