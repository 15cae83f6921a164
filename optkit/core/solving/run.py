"""The state of one run: time, counters, best solution, bound.

A solver gets a :class:`Run` and no other state. It reports solutions and bounds to the
run, asks it whether to stop, and takes its random numbers from it. So whatever ends the
run, the best solution reported up to then is kept.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np

from optkit.core.consistency import within_gap
from optkit.core.errors import UsageError
from optkit.core.instance import Solution
from optkit.core.solving import seeds
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.events import Event, EventKind, Listener
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import InitialReport, Reason
from optkit.core.solving.trajectory import Point

Make = Callable[[], Solution]
"""Function that builds a solution; called after the run, for the best one only."""


class Run:
    """The state of one run, which a solver gets beside the instance.

    Parameters
    ----------
    limits
        The limits in force.
    seed
        The main seed.
    stream
        Name of the solver, which is part of the names of its random streams.
    executor
        Runs parallel work; None if the work is to be done in this process.
    initial
        An initial solution that has passed the family's check; None if there is none.
    on_event
        Called with every event.
    reserve
        Seconds at the end of the time limit that the harness needs for its check.
    started
        When the run began, by :func:`time.perf_counter`; None for now.
    cost_of
        Computes the objective of a solution, in the solver's units; None if the family
        has no such function.
    factor
        The user's objective is this times the one that the solver computes with, where the
        instance was rewritten in other units. Everything here is in the solver's units
        (the target among the limits, too); trajectory and events are in the user's.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        seed: int = 0,
        stream: str = "solver",
        executor: Executor | None = None,
        initial: Solution | None = None,
        on_event: Listener | None = None,
        reserve: float = 0.0,
        started: float | None = None,
        factor: float = 1.0,
        cost_of: Callable[[Any], float] | None = None,
    ) -> None:
        self.factor = factor
        self._cost_of = cost_of
        self.limits = limits
        self.executor = executor
        self.initial = initial
        self.initial_report: InitialReport | None = None
        self.bound: float | None = None
        self.bound_source: str | None = None
        self.sources: set[str] = set()
        """What proved the bounds reported so far, also those that were no better."""
        self.bound_is_familys = False
        """Whether the bound is the family's, and not the solver's."""
        self.trajectory: list[Point] = []
        self.iterations = 0
        self.evaluations = 0
        self._best: tuple[float, Make] | None = None
        self._seed = seed
        self._stream = stream
        self._on_event = on_event
        self._started = time.perf_counter() if started is None else started
        self._reserve = reserve
        self._memory_read = -math.inf
        self._stopped: Reason | None = None
        self.build_seconds = 0.0
        self.bound_seconds = 0.0

    @property
    def objective(self) -> float | None:
        """Objective of the best solution so far; None before the first."""
        return None if self._best is None else self._best[0]

    @property
    def reported_objective(self) -> float | None:
        """The same in the user's units."""
        objective = self.objective
        return None if objective is None else objective * self.factor

    @property
    def reported_bound(self) -> float | None:
        """The best bound in the user's units; None where none is proven."""
        return None if self.bound is None else self.bound * self.factor

    # -- time and limits -----------------------------------------------------------

    def elapsed(self) -> float:
        """Return the seconds since the run began."""
        return time.perf_counter() - self._started

    def remaining(self) -> float:
        """Return how many seconds the solver has left; infinite without a limit."""
        if self.limits.time is None:
            return math.inf
        return max(0.0, self.limits.time - self._reserve - self.elapsed())

    def deadline(self, seconds: float = math.inf) -> Deadline:
        """Return a deadline ``seconds`` from now, or earlier if a limit of the run ends."""
        return Deadline(min(seconds, self.remaining()), self.should_stop)

    def share(self, fraction: float) -> Deadline:
        """Return a deadline after this fraction of the remaining time."""
        return self.deadline(fraction * self.remaining())

    def affords(self, seconds: float) -> bool:
        """Return whether there is time for a step of ``seconds`` that cannot be stopped."""
        return self.remaining() > seconds

    def stop_reason(self) -> Reason | None:
        """Return why the solver should stop; None if it should continue.

        The first reason stays, so that later calls give the same answer.
        """
        if self._stopped is None:
            self._stopped = self._limit_reached()
        return self._stopped

    def _limit_reached(self) -> Reason | None:
        limits = self.limits
        if self.remaining() <= 0.0:
            return Reason.TIME_LIMIT
        if limits.iterations is not None and self.iterations >= limits.iterations:
            return Reason.ITERATION_LIMIT
        if limits.evaluations is not None and self.evaluations >= limits.evaluations:
            return Reason.EVALUATION_LIMIT
        if self.objective is not None:
            if limits.target is not None and self.objective <= limits.target:
                return Reason.TARGET
            if limits.gap is not None and within_gap(
                self.objective, self.bound, limits.gap
            ):
                return Reason.GAP
        if limits.memory is not None and self._memory_exceeded(limits.memory):
            return Reason.MEMORY_LIMIT
        return None

    def should_stop(self) -> bool:
        """Return whether any limit is reached."""
        return self.stop_reason() is not None

    def _memory_exceeded(self, limit: float) -> bool:
        now = self.elapsed()
        if now - self._memory_read < 0.05:  # reading takes longer than most steps
            return False
        self._memory_read = now
        return resident_mib() >= limit

    # -- reports of the solver -----------------------------------------------------

    def incumbent(self, objective: float, make: Make) -> bool:
        """Report a solution; it is kept if it is better than all before.

        Parameters
        ----------
        objective
            Its objective.
        make
            Builds it; called after the run, for the best one only.

        Returns
        -------
        bool
            Whether it is the best so far.
        """
        objective = self._number("objective", objective)
        if not callable(make):
            raise UsageError(
                f"solver {self._stream!r} reported a {type(make).__name__}; give a function"
                " that makes the solution: lambda: solution."
            )
        if self.objective is not None and objective >= self.objective:
            return False
        # One assignment: Ctrl-C between two could pair an objective with another solution.
        self._best = (objective, make)
        self._changed(EventKind.INCUMBENT)
        return True

    def evaluate(self, solution: Solution) -> float:
        """Return the objective of a solution, so that a solver need not know the formula.

        The family computes it by the solvers' own code. Whether the solution keeps all
        rules is not looked at here; the checker does that after the run.

        Parameters
        ----------
        solution
            A solution of the family's own type.

        Raises
        ------
        UsageError
            If it is none, or too broken to have a cost.
        """
        if self._cost_of is None:
            raise UsageError(
                f"solver {self._stream!r}: the family offers no costs of solutions."
            )
        try:
            return float(self._cost_of(solution))
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
        ) as e:
            raise UsageError(
                f"solver {self._stream!r} asked for the cost of what is no sound solution"
                f" ({type(e).__name__}: {e}); optkit.check lists the rules that it breaks."
            ) from e

    def prove(self, bound: float, source: str) -> bool:
        """Report a proven lower bound; it is kept if it is better than all before.

        Parameters
        ----------
        bound
            The bound.
        source
            What proves it, in a few words.
        """
        bound = self._number("bound", bound)
        self.sources.add(source)
        if self.bound is not None and bound <= self.bound:
            return False
        self.bound, self.bound_source = bound, source
        self._changed(EventKind.BOUND)
        return True

    def _number(self, what: str, value: Any) -> float:
        """Return a reported value as a float of Python, not of numpy."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            hint = "; report none where none is known" if what == "bound" else ""
            raise UsageError(
                f"solver {self._stream!r} reported the {what} {value!r}; it has to be a"
                f" finite number{hint}."
            )
        return number

    def count(self, *, iterations: int = 0, evaluations: int = 0) -> None:
        """Count work that was done, for the limits."""
        self.iterations += iterations
        self.evaluations += evaluations

    def progress(self, detail: str = "", fraction: float | None = None) -> None:
        """Tell the listener how far the work has come."""
        self._emit(EventKind.PROGRESS, detail, fraction)

    def report_initial(self, used: bool, detail: str) -> None:
        """Report what the solver did with the initial solution."""
        self.initial_report = InitialReport(used, detail)

    def model_built(self) -> None:
        """Report that the model is built; the result has the time until then."""
        self.build_seconds = self.elapsed()

    def rng(self, *role: str | int) -> np.random.Generator:
        """Return the random generator for one role in this solver."""
        return seeds.generator(self._seed, "solver", self._stream, *role)

    def make_solution(self) -> Solution | None:
        """Build the best solution; None if none was reported."""
        return None if self._best is None else self._best[1]()

    def announce(self, kind: EventKind, detail: str = "") -> None:
        """Tell the listener that the run begins or ends."""
        self._emit(kind, detail, None)

    def _changed(self, kind: EventKind) -> None:
        self.trajectory.append(
            (self.elapsed(), self.reported_objective, self.reported_bound)
        )
        self._emit(kind, "", None)

    def _emit(self, kind: EventKind, detail: str, fraction: float | None) -> None:
        if self._on_event is not None:
            self._on_event(
                Event(
                    self.elapsed(),
                    kind,
                    self.reported_objective,
                    self.reported_bound,
                    detail,
                    fraction,
                )
            )


def resident_mib() -> float:
    """Return the resident memory of this process in MiB.

    On systems without ``/proc`` it is the peak so far.
    """
    statm = Path("/proc/self/statm")
    if statm.exists():
        import os

        pages = int(statm.read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    import resource

    peak: Any = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes, except on macOS, where it is bytes.
    return float(peak) / (2**20 if sys.platform == "darwin" else 2**10)
