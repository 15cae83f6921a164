"""The result of a reproduction: claims with verdicts, tables, pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from optkit.core.display.tables import Table
from optkit.plotting.pictures import Picture

Study = TypeVar("Study")


class Verdict(StrEnum):
    """The verdict on a claim."""

    HOLDS = "holds"
    """Confirmed by our measurements."""
    IN_PART = "holds in part"
    """Confirmed in some settings only, or most of the time but not always."""
    FAILS = "does not hold"
    """Contradicted by our measurements."""
    UNTESTED = "cannot be tested"
    """Testing it would need something that the paper leaves out, or that is not here."""


def combined(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on a claim of several parts.

    Parts that cannot be tested are ignored, unless no part can be tested.
    """
    tested = {verdict for verdict in verdicts if verdict is not Verdict.UNTESTED}
    if not tested:
        return Verdict.UNTESTED
    return tested.pop() if len(tested) == 1 else Verdict.IN_PART


@dataclass(frozen=True)
class Claim:
    """One claim of a paper, judged.

    Parameters
    ----------
    statement
        The claim in our words.
    paper
        What the paper reports, with its numbers and the place.
    measured
        What was measured here, with an interval where there is randomness.
    verdict
        The verdict.
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
class Statement(Generic[Study]):
    """A statement of a paper, and how to judge it by the measurements of a study.

    Parameters
    ----------
    words
        The statement in our words.
    paper
        What the paper reports, and where.
    judge
        Returns what was measured, in words, and the verdict. None if nothing can be
        measured, whatever data there are.
    reason
        Why, or how it was judged.
    """

    words: str
    paper: str
    judge: Callable[[Study], tuple[str, Verdict]] | None
    reason: str

    def judged(self, study: Study) -> Claim:
        """Judge the statement."""
        if self.judge is None:
            return self.untested("")
        measured, verdict = self.judge(study)
        return Claim(self.words, self.paper, measured, verdict, self.reason)

    def untested(self, why: str) -> Claim:
        """Return the claim if there are no measurements, and why there are none."""
        reason = self.reason if self.judge is None else why
        return Claim(
            self.words, self.paper, "Nothing was run.", Verdict.UNTESTED, reason
        )


@dataclass(frozen=True)
class Findings:
    """All results of a reproduction.

    Parameters
    ----------
    claims
        The paper's claims one by one.
    parameters
        Parameters of the computation by name, in words for the reader.
    tables
        Tables for the page, by file name; also written as CSV.
    data
        Every single measurement, by file name; written as CSV only.
    pictures
        The pictures.
    notes
        Further notes for the reader, one per paragraph.
    """

    claims: tuple[Claim, ...]
    parameters: Mapping[str, Any]
    tables: Mapping[str, Table] = field(default_factory=dict)
    data: Mapping[str, Table] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()
