"""The record of a run: one line of the journal, whatever its outcome."""

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
    """Escape what is not valid UTF-8, as file names may contain it."""
    if isinstance(text, str):
        return text.encode(errors="backslashreplace").decode()
    return text


def _timestamp(text: str) -> str:
    datetime.fromisoformat(text)
    return text


Timestamp = Annotated[str, AfterValidator(_timestamp)]
"""A time stamp, ISO 8601."""

Printable = Annotated[str, BeforeValidator(_printable)]
"""Text from anywhere, escaped so that it can always be written."""


class Outcome(StrEnum):
    """How a run ended; every outcome is recorded, and all but the first are failures."""

    DONE = "done"
    """The solver returned; its result is in the other columns."""
    FAILED_CHECK = "failed-check"
    """It returned a solution that fails the check."""
    CONTRADICTION = "contradiction"
    """Its own objective, bound and status contradict each other."""
    ERROR = "error"
    """It raised an error."""
    CRASH = "crash"
    """Its process ended without returning anything."""
    KILLED_TIME = "killed-time"
    """It was killed because it ran long past its time limit."""
    KILLED_MEMORY = "killed-memory"
    """It was killed because it used too much memory."""
    UNSUPPORTED = "unsupported"
    """It does not support this instance or these limits; the detail says which."""
    UNAVAILABLE = "unavailable"
    """It cannot run on this machine, for example because an extra is missing."""


NOT_TRIED = frozenset({Outcome.UNSUPPORTED, Outcome.UNAVAILABLE})
"""Outcomes of runs that never started: exclusions, not failures of the solver."""


class InstanceEntry(Part):
    """The instance of a run."""

    family: Identifier
    name: Identifier
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class SolverEntry(Part):
    """The solver of a run, with its settings."""

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
    """The time of a run, in seconds, and the memory it used, in MiB.

    Parameters
    ----------
    wall
        The solve call, from entry to return, without ``bound``.
    build, solve, check
        Its parts, as the harness measures them.
    bound
        The family's bounds, which come after the solver and its time limit.
    processor
        Processor time of the run's process and of its finished child processes.
    whole
        The process from start to end, including interpreter, reading and warm-up.
    warm_up, load
        Parts of ``whole``.
    memory_mib
        Largest resident memory of the run's process.
    """

    wall: NonNegative | None = None
    build: NonNegative | None = None
    solve: NonNegative | None = None
    check: NonNegative | None = None
    bound: NonNegative | None = None
    processor: NonNegative | None = None
    whole: NonNegative | None = None
    warm_up: NonNegative | None = None
    load: NonNegative | None = None
    memory_mib: NonNegative | None = None


class Record(Part):
    """The record of one run.

    Parameters
    ----------
    key
        Digest of everything that decides the run: instance, solver and version, options,
        seed, limits, repetition.
    at
        When the run ended, ISO 8601 in UTC.
    outcome
        How it ended.
    verified
        Whether the check passed; None if there was nothing to check.
    machine, versions
        The machine it ran on, and the versions of the packages that compute.
    """

    schema_: Literal["optkit/run"] = Field("optkit/run", alias="schema")
    schema_version: Literal[1] = 1
    key: Identifier
    at: Timestamp
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
        """Whether the run proved an optimum, or that there is no solution."""
        return (
            self.outcome is Outcome.DONE
            and self.status in (Status.OPTIMAL, Status.INFEASIBLE)
            and not self.solver.partial_bound
        )

    @property
    def answered(self) -> bool:
        """Whether the run has a verified solution, or a proof that there is none."""
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
            If it contains something that JSON in UTF-8 cannot express, such as NaN.
        """
        text = json.dumps(self.document(), ensure_ascii=False, allow_nan=False)
        return text.encode() + b"\n"

    def document(self) -> dict[str, Any]:
        """Return the record as a JSON-ready mapping."""
        return self.model_dump(mode="json", by_alias=True)
