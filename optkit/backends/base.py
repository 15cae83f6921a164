"""The answer of every backend: why it stopped, what it found, what it proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from optkit.core.consistency import relative_gap
from optkit.core.errors import UsageError

if TYPE_CHECKING:
    from optkit.backends.linear import LinearModel
    from optkit.core.arrays import Floats


class Termination(StrEnum):
    """Why a backend stopped."""

    OPTIMAL = "optimal"
    """The backend proved that no better solution exists, within its tolerances."""
    INFEASIBLE = "infeasible"
    """The backend proved that no solution exists."""
    UNBOUNDED = "unbounded"
    """Solutions exist, and every one of them can be improved upon."""
    INFEASIBLE_OR_UNBOUNDED = "infeasible-or-unbounded"
    """There is no best solution; it was not settled which of the two holds."""
    GAP = "gap"
    """The requested gap is reached; optimality is not proved."""
    TARGET = "target"
    """A solution at least as good as the target was found."""
    TIME_LIMIT = "time-limit"
    """The time limit was reached first."""
    INTERRUPTED = "interrupted"
    """Ctrl-C was pressed, or ``should_stop`` returned true."""
    ERROR = "error"
    """The backend failed; ``detail`` says why."""


class StartStatus(StrEnum):
    """The use that a backend made of the solution that it was given to start from."""

    NOT_GIVEN = "not-given"
    """No start was given."""
    ACCEPTED = "accepted"
    """The backend confirmed that it took the start as its first solution."""
    COMPLETED = "completed"
    """Missing values were found; the completed start was taken."""
    HANDED_OVER = "handed-over"
    """The backend was given the start and does not say what it did with it."""
    REFUSED = "refused"
    """The start was not used; ``detail`` says why."""


class Capability(StrEnum):
    """One thing that a backend can do."""

    CONTINUOUS = "continuous"
    """Continuous variables."""
    INTEGER = "integer"
    """Integer variables."""
    UNBOUNDED_INTEGERS = "unbounded-integers"
    """Integer variables without finite bounds."""
    REAL_COEFFICIENTS = "real-coefficients"
    """Coefficients that are not multiples of a common unit."""
    START = "start"
    """A complete solution to start from."""
    PARTIAL_START = "partial-start"
    """A start that gives values to some of the variables only."""
    THREADS = "threads"
    """More than one thread; without it, one thread works however many are allowed."""
    INCUMBENTS = "incumbents"
    """Solutions are reported while the backend runs."""
    BOUNDS = "bounds"
    """Bounds are reported while the backend runs, not only at its end."""


@dataclass(frozen=True)
class BackendInfo:
    """Facts about a backend that are known without running it.

    Parameters
    ----------
    name
        The name that ``solve_model`` takes.
    version
        The installed package and its version; None if it is not installed.
    available
        Whether it can be used here.
    reason
        Why it cannot; empty if it can.
    capabilities
        What it can do.
    """

    name: str
    version: str | None
    available: bool
    reason: str
    capabilities: frozenset[Capability]


@dataclass(frozen=True)
class StartReport:
    """A report on the start: whether it was used, and why not.

    Parameters
    ----------
    status
        Whether it was used.
    detail
        The reason, with names and values; may be empty.
    given
        Number of variables to which the start gives a value.
    objective
        Objective of the complete start, in the sense of the model; None if the start
        is incomplete or not feasible.
    """

    status: StartStatus = StartStatus.NOT_GIVEN
    detail: str = ""
    given: int = 0
    objective: float | None = None


@dataclass(frozen=True, eq=False)
class Progress:
    """News from a running solve.

    Parameters
    ----------
    seconds
        Time since the call of ``solve_model``, s.
    objective
        The best objective so far, in the sense of the model; None before the first
        solution.
    bound
        The best bound so far, in the sense of the model; None if none is proven.
    values
        The new solution, shape (columns,), in the order of ``LinearModel.variables``;
        None if only the bound is new.
    """

    seconds: float
    objective: float | None
    bound: float | None
    values: Floats | None


@dataclass(frozen=True, eq=False)
class BackendResult:
    """The answer of a backend; what is unknown is None, never zero or infinity.

    Parameters
    ----------
    backend
        The name of the backend.
    version
        The package that did the work, and its version.
    termination
        Why it stopped.
    detail
        The reason in words; may be empty.
    objective
        The objective of ``values``, in the sense of the model.
    bound
        No solution is better than this, in the sense of the model.
    values
        The best solution, shape (columns,), in the order of ``model.variables``, with
        integer variables rounded.
    violation
        How far ``values`` break the worst row or bound, relative to its size.
    start
        What the backend did with the start.
    nodes
        Number of branch-and-bound nodes, if the backend counts them.
    seconds
        Wall-clock time of the whole call, s.
    build_seconds
        Part of it that was spent on compiling the model, s.
    model
        The model that was solved, with the names and variables of the columns.
    """

    backend: str
    version: str
    termination: Termination
    detail: str
    objective: float | None
    bound: float | None
    values: Floats | None
    violation: float | None
    start: StartReport
    nodes: int | None
    seconds: float
    build_seconds: float
    model: LinearModel = field(repr=False)

    @property
    def gap(self) -> float | None:
        """``|objective - bound| / max(|objective|, 1e-12)``; None if one is unknown."""
        return relative_gap(self.objective, self.bound)

    def load(self) -> None:
        """Write the values into the variables of the Pyomo model.

        Raises
        ------
        UsageError
            If there are no values.
        """
        if self.values is None:
            raise UsageError(
                f"{self.backend} stopped without a solution ({self.termination}): "
                "there are no values to load"
            )
        self.model.load(self.values)

    def values_by_name(self) -> dict[str, float]:
        """Return the values, keyed by the full names of the variables.

        Raises
        ------
        UsageError
            If there are no values.
        """
        if self.values is None:
            raise UsageError(
                f"{self.backend} stopped without a solution ({self.termination})"
            )
        names = self.model.column_names
        return dict(zip(names, self.values.tolist(), strict=True))


Start = Mapping[Any, float] | Iterable[tuple[Any, float]]
"""Values of Pyomo variables: a ``ComponentMap``, or pairs of variable and value.

A plain dictionary does not work: members of an indexed variable cannot be its keys.
"""

ShouldStop = Callable[[], bool]
OnProgress = Callable[[Progress], None]
