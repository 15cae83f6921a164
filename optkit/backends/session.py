"""What the harness asks of a backend, and what a backend tells it."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from optkit.backends.base import (
    Capability,
    OnProgress,
    Progress,
    StartReport,
    Termination,
    relative_gap,
)
from optkit.backends.starts import ACCEPTED_BREACH

if TYPE_CHECKING:
    from optkit.backends.linear import LinearModel
    from optkit.backends.starts import VerifiedStart


class Halt(StrEnum):
    """Why the harness, not the solver, ended a solve."""

    TARGET = "target"
    """A solution reached the target."""
    GAP = "gap"
    """The gap asked for was reached."""
    TIME = "time"
    """The time was over."""
    ASKED = "asked"
    """``should_stop`` returned true."""
    KEYBOARD = "keyboard"
    """Ctrl-C was pressed."""


@dataclass(frozen=True, eq=False)
class Request:
    """One solve, as a backend sees it; everything is minimised.

    Parameters
    ----------
    model
        What to solve.
    deadline
        When to stop, on the clock of ``time.monotonic``, s; None for never.
    gap
        Relative gap at which to stop.
    seed
        From 0 to 2**31 - 1.
    threads
        How many threads may work.
    tolerance
        How far a point may break a row or bound.
    start
        A verified start; None if there is none to use.
    wants_incumbents
        Whether solutions must be reported on the way, though it cost time.
    """

    model: LinearModel
    deadline: float | None
    gap: float
    seed: int
    threads: int
    tolerance: float
    start: VerifiedStart | None
    wants_incumbents: bool

    def remaining(self) -> float | None:
        """Return the time that is left, s; never less than a millisecond."""
        if self.deadline is None:
            return None
        return max(self.deadline - time.monotonic(), 1e-3)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a solver claims at its end; nothing of it is verified yet.

    Parameters
    ----------
    claim
        Why it stopped, in its own opinion.
    detail
        Its own words.
    values
        Its best point, shape (columns,), or None.
    bound
        A lower bound on the objective, or None.
    nodes
        Branch-and-bound nodes, or None.
    start
        What it made of the start; None if it has nothing to add.
    """

    claim: Termination
    detail: str
    values: NDArray[np.float64] | None = None
    bound: float | None = None
    nodes: int | None = None
    start: StartReport | None = None


class Session(Protocol):
    """One solve of one backend."""

    def run(self) -> Outcome:
        """Solve; called once, in a thread of its own."""

    def interrupt(self) -> None:
        """Tell `run` to come to an end; called from another thread."""


class Backend(Protocol):
    """A solver behind the common interface."""

    name: str
    package: str
    capabilities: frozenset[Capability]

    def refuse(self, model: LinearModel, tolerance: float) -> str | None:
        """Say why this backend must not solve the model; None if it may."""

    def open(self, request: Request, monitor: Monitor) -> Session:
        """Prepare a solve."""


class Monitor:
    """What is known while a solver runs: shared by its thread and the caller's.

    Parameters
    ----------
    model
        The model being solved.
    gap
        Relative gap at which to stop; 0 for never.
    target
        Objective at which to stop, to be minimised; None for never.
    began
        When the call began, on the clock of ``time.monotonic``, s.
    """

    def __init__(
        self, model: LinearModel, gap: float, target: float | None, began: float
    ) -> None:
        self.model = model
        self.gap = gap
        self.target = target
        self.began = began
        self.values: NDArray[np.float64] | None = None
        self.objective: float | None = None
        self.bound: float | None = None
        self.first: NDArray[np.float64] | None = None
        self._halt: Halt | None = None
        self._lock = threading.Lock()
        self._news: deque[Progress] = deque()

    @property
    def halted(self) -> Halt | None:
        """Why the solver shall stop; None while it may go on."""
        return self._halt

    def halt(self, reason: Halt) -> None:
        """Decide that the solver shall stop; the first reason stands."""
        with self._lock:
            self._halt = self._halt or reason

    def offer(self, values: NDArray[np.float64], *, by_solver: bool = True) -> None:
        """Take a point for the best so far, if it is feasible and better.

        Solvers report points of which they are not sure yet, so each is verified.
        """
        values = self.model.rounded(values)
        if by_solver and self.first is None:
            self.first = values
        objective = self.model.evaluate(values)
        with self._lock:
            if self.objective is not None and objective >= self.objective:
                return
        if self.model.worst_breach(values).amount > ACCEPTED_BREACH:
            return
        with self._lock:
            self.values, self.objective = values, objective
            self._tell(values)
        self._judge()

    def raise_bound(self, bound: float) -> None:
        """Take a lower bound for the best so far, if it is finite and better."""
        if not math.isfinite(bound):
            return
        with self._lock:
            if self.bound is not None and bound <= self.bound:
                return
            self.bound = bound
            self._tell(None)
        self._judge()

    def deliver(self, on_progress: OnProgress | None) -> None:
        """Hand the news to the caller, in the caller's thread."""
        while self._news:
            progress = self._news.popleft()
            if on_progress is not None:
                on_progress(progress)

    def _tell(self, values: NDArray[np.float64] | None) -> None:
        sense = self.model.in_sense_of_model
        self._news.append(
            Progress(
                seconds=time.monotonic() - self.began,
                objective=None if self.objective is None else sense(self.objective),
                bound=None if self.bound is None else sense(self.bound),
                values=values,
            )
        )

    def _judge(self) -> None:
        objective, bound = self.objective, self.bound
        if objective is None:
            return
        if self.target is not None and reaches(objective, self.target):
            self.halt(Halt.TARGET)
        if self.gap == 0 or bound is None:
            return
        if bound >= objective or relative_gap(objective, bound) <= self.gap:
            self.halt(Halt.GAP)


def reaches(objective: float, target: float) -> bool:
    """Say whether an objective is as good as a target, rounding aside."""
    return objective <= target + 1e-9 * max(1.0, abs(target))
