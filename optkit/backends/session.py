"""The interface between `solve_model` and a backend: requests, results, news on the way."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from optkit.backends.base import (
    Capability,
    OnProgress,
    Progress,
    StartReport,
    Termination,
)
from optkit.backends.tolerances import ACCEPTED_BREACH
from optkit.core.arrays import Floats
from optkit.core.consistency import relative_gap

if TYPE_CHECKING:
    from optkit.backends.linear import LinearModel
    from optkit.backends.starts import VerifiedStart


class Halt(StrEnum):
    """Why `solve_model`, not the solver, ended a solve."""

    TARGET = "target"
    """A solution reached the target."""
    GAP = "gap"
    """The requested gap was reached."""
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
        When to stop, on the clock of ``time.monotonic``, s; None for no limit.
    gap
        Relative gap at which to stop.
    seed
        From 0 to 2**31 - 1.
    threads
        Number of threads that may work.
    tolerance
        How far a point may break a row or bound.
    start
        A verified start; None if there is none to use.
    wants_incumbents
        Whether solutions must be reported on the way, even if that costs time.
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
        """Return the time that is left, s, at least a millisecond; None for no limit."""
        if self.deadline is None:
            return None
        return max(self.deadline - time.monotonic(), 1e-3)


@dataclass(frozen=True, eq=False)
class RawResult:
    """The result as the solver states it; nothing of it is verified yet.

    Parameters
    ----------
    termination
        Why it stopped.
    detail
        The same in the solver's words.
    values
        Its best point, shape (columns,), or None.
    bound
        A lower bound on the objective, or None.
    nodes
        Number of branch-and-bound nodes, or None.
    start
        What it did with the start; None if it has nothing to add.
    """

    termination: Termination
    detail: str
    values: Floats | None = None
    bound: float | None = None
    nodes: int | None = None
    start: StartReport | None = None


class Session(Protocol):
    """One solve of one backend."""

    def run(self) -> RawResult:
        """Solve; called once, in a thread of its own."""

    def interrupt(self) -> None:
        """Tell `run` to end; called from another thread."""


class Backend(Protocol):
    """A solver behind the common interface."""

    name: str
    package: str
    capabilities: frozenset[Capability]
    loose: bool
    """Whether rows may be broken by more than the tolerance that is asked for."""

    def refuse(self, model: LinearModel, tolerance: float) -> str | None:
        """Return why this backend must not solve the model; None if it may."""

    def open(self, request: Request, monitor: Monitor) -> Session:
        """Prepare a solve."""


class Monitor:
    """The best solution and bound of a running solve.

    Both the solver's thread and the caller's thread use it.

    Parameters
    ----------
    model
        The model being solved.
    gap
        Relative gap at which to stop; 0 for none.
    target
        Objective at which to stop, to be minimised; None for none.
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
        self.values: Floats | None = None
        self.objective: float | None = None
        self.bound: float | None = None
        self.first_point: Floats | None = None
        self._halt: Halt | None = None
        self._lock = threading.Lock()
        self._news: deque[Progress] = deque()

    @property
    def halted(self) -> Halt | None:
        """Why the solver must stop; None while it may go on."""
        return self._halt

    def halt(self, reason: Halt) -> None:
        """Decide that the solver must stop; the first reason is kept."""
        with self._lock:
            self._halt = self._halt or reason

    def offer(self, values: Floats, *, by_solver: bool = True) -> None:
        """Keep a point if it is feasible and better than the best so far.

        Solvers report points that they have not verified yet, so each is verified here.

        Parameters
        ----------
        values
            Shape (columns,).
        by_solver
            Whether the solver found it.
        """
        values = self.model.rounded(values)
        if by_solver and self.first_point is None:
            self.first_point = values
        objective = self.model.evaluate(values)
        with self._lock:
            if self.objective is not None and objective >= self.objective:
                return
        if self.model.worst_breach(values).amount > ACCEPTED_BREACH:
            return
        with self._lock:
            self.values, self.objective = values, objective
            self._add_news(values)
        self._check_goals()

    def raise_bound(self, bound: float) -> None:
        """Keep a lower bound if it is finite and better than the best so far."""
        if not math.isfinite(bound):
            return
        with self._lock:
            if self.bound is not None and bound <= self.bound:
                return
            self.bound = bound
            self._add_news(None)
        self._check_goals()

    def deliver(self, on_progress: OnProgress | None) -> None:
        """Pass the news to the caller, in the caller's thread."""
        while self._news:
            progress = self._news.popleft()
            if on_progress is not None:
                on_progress(progress)

    def _add_news(self, values: Floats | None) -> None:
        sense = self.model.in_sense_of_model
        self._news.append(
            Progress(
                seconds=time.monotonic() - self.began,
                objective=None if self.objective is None else sense(self.objective),
                bound=None if self.bound is None else sense(self.bound),
                values=values,
            )
        )

    def _check_goals(self) -> None:
        """Stop the solver once the target or the gap is reached."""
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
