"""What is kept of a run: one line of the journal, whatever became of the run."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from optkit.core.files.document import Part
from optkit.core.files.fields import Identifier, NonNegative, Number, Truth
from optkit.core.solving.result import Reason, Status


def _printable(text: Any) -> Any:
    """Spell out what is not text in UTF-8, as names of files may hold it."""
    if isinstance(text, str):
        return text.encode(errors="backslashreplace").decode()
    return text


def _moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


Moment = Annotated[str, AfterValidator(_moment)]
"""A time stamp, ISO 8601."""

Printable = Annotated[str, BeforeValidator(_printable)]
"""Text from anywhere, made to be written."""


class Outcome(StrEnum):
    """What became of a run; all but the first are failures, and rows like any other."""

    DONE = "done"
    """The solver returned; what it found is in the other columns."""
    FAILED_CHECK = "failed-check"
    """It returned a solution that does not pass the check."""
    CONTRADICTION = "contradiction"
    """Its own claims cannot all be true."""
    ERROR = "error"
    """It raised an error."""
    CRASH = "crash"
    """Its process ended without a word."""
    KILLED_TIME = "killed-time"
    """It was killed, long after its time limit."""
    KILLED_MEMORY = "killed-memory"
    """It was killed for the memory it took."""
    UNSUPPORTED = "unsupported"
    """It does not take this instance, or these limits; the reason says which."""
    UNAVAILABLE = "unavailable"
    """It cannot run on this machine, for want of an extra, say."""


NOT_TRIED = frozenset({Outcome.UNSUPPORTED, Outcome.UNAVAILABLE})
"""Outcomes of runs that never began: exclusions, not failures of the solver."""


class InstanceEntry(Part):
    """Which instance was solved."""

    family: Identifier
    name: Identifier
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class SolverEntry(Part):
    """Which solver ran, and how."""

    name: Identifier
    label: Identifier
    kind: str
    version: str
    options: dict[str, Any]
    seed: int
    deterministic: Truth
    variant: str = ""
    partial_bound: Truth = False


class Timing(Part):
    """Where the time of a run went, in seconds, and the memory it took, in MiB.

    Parameters
    ----------
    wall
        From entry to return of the solve call.
    build, solve, check
        Its parts, as the harness measures them.
    processor
        Processor time of the run's process and of the processes it waited for.
    whole
        From the start of the process to its end: interpreter, reading, warm-up.
    warm_up, load
        Parts of that.
    memory_mib
        Largest resident memory of the run's process.
    """

    wall: NonNegative | None = None
    build: NonNegative | None = None
    solve: NonNegative | None = None
    check: NonNegative | None = None
    processor: NonNegative | None = None
    whole: NonNegative | None = None
    warm_up: NonNegative | None = None
    load: NonNegative | None = None
    memory_mib: NonNegative | None = None


class Record(Part):
    """One run; see :class:`Outcome` for what became of it.

    Parameters
    ----------
    key
        Digest of everything that decides the run: instance, solver and version, options,
        seed, limits, repetition.
    at
        When it ended, ISO 8601 in UTC.
    verified
        Whether the check passed; None where there was nothing to check.
    machine, versions
        Where it ran, and with what.
    """

    schema_: Literal["optkit/run"] = Field("optkit/run", alias="schema")
    schema_version: Literal[1] = 1
    key: Identifier
    at: Moment
    instance: InstanceEntry
    solver: SolverEntry
    limits: dict[str, Annotated[int, Field(strict=True)] | Number]
    repetition: int = 0
    outcome: Outcome
    detail: Printable = ""
    status: Status | None = None
    reason: Reason | None = None
    objective: Number | None = None
    bound: Number | None = None
    bound_source: str | None = None
    gap: NonNegative | None = None
    verified: bool | None = None
    metrics: dict[str, Any] = Field(default_factory=dict)
    timing: Timing = Timing()
    trajectory: tuple[tuple[NonNegative, Number | None, Number | None], ...] = ()
    machine: dict[str, str] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)

    @property
    def solved(self) -> bool:
        """Whether the run ended with a proof: of an optimum, or that there is none."""
        return (
            self.outcome is Outcome.DONE
            and self.status in (Status.OPTIMAL, Status.INFEASIBLE)
            and not self.solver.partial_bound
        )

    @property
    def answered(self) -> bool:
        """Whether the run ended with a verified solution, or a proof that there is none."""
        return self.outcome is Outcome.DONE and self.status in (
            Status.OPTIMAL,
            Status.FEASIBLE,
            Status.INFEASIBLE,
        )

    def line(self) -> bytes:
        """Return the record as a line of a journal.

        Raises
        ------
        ValueError
            If it holds what JSON in UTF-8 does not, such as NaN.
        """
        text = json.dumps(self.document(), ensure_ascii=False, allow_nan=False)
        return text.encode() + b"\n"

    def document(self) -> dict[str, Any]:
        """Return the record as a JSON-ready mapping."""
        return self.model_dump(mode="json", by_alias=True)
