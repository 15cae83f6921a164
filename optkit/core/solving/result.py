"""What a run returns: why it stopped, what was found, what is proven, what was checked.

The four are kept apart on purpose. A solver claims the first three; the fourth is filled
in by the harness from the family's checker, which shares no code with any solver.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from optkit.core.gap import relative_gap as relative_gap

if TYPE_CHECKING:
    from optkit.core.instance import Instance, Solution
    from optkit.core.solving.limits import Limits

OPTIMALITY_GAP = 1e-6
"""Relative gap up to which a verified solution is called optimal."""


class Status(StrEnum):
    """What the solution is."""

    OPTIMAL = "optimal"
    """Verified, and its gap to the bound is at most 1e-6."""
    FEASIBLE = "feasible"
    """Verified; how far from optimal is what the gap says, if there is one."""
    INFEASIBLE = "infeasible"
    """Proven: the instance has no solution."""
    NO_SOLUTION = "no-solution"
    """Nothing that passed the check was found."""


class Reason(StrEnum):
    """Why a run stopped."""

    PROVED = "proved"
    """The solver proved its answer."""
    GAP = "gap"
    """The gap that was asked for is reached."""
    CONVERGED = "converged"
    """The solver's own end: nothing more to do, nothing proven."""
    TIME_LIMIT = "time-limit"
    """The time limit."""
    ITERATION_LIMIT = "iteration-limit"
    """The iteration limit."""
    EVALUATION_LIMIT = "evaluation-limit"
    """The evaluation limit."""
    MEMORY_LIMIT = "memory-limit"
    """The memory limit."""
    TARGET = "target"
    """The target objective is reached."""
    INTERRUPTED = "interrupted"
    """Ctrl-C."""


@dataclass(frozen=True)
class Termination:
    """Why a run stopped, with a word for the reader."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True)
class Violation:
    """One thing that a checker found wrong with a solution.

    Parameters
    ----------
    kind
        Stable name of the rule that is broken, such as ``"task-size"``.
    path
        Where in the solution: ``load_gbit.3``.
    message
        What is wrong, with the values.
    """

    kind: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


@dataclass(frozen=True)
class Verification:
    """What the family's checker found, recomputed from the solution alone.

    Parameters
    ----------
    feasible
        Whether no rule is broken.
    objective
        The objective as recomputed; None where the solution is too broken to have one.
    violations
        Everything that is wrong.
    metrics
        The family's figures about the solution, recomputed.
    """

    feasible: bool
    objective: float | None
    violations: tuple[Violation, ...] = ()
    metrics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class InitialReport:
    """What became of the initial solution that was handed in."""

    used: bool
    detail: str


@dataclass(frozen=True)
class SolverRecord:
    """Which solver ran, so that the run can be repeated.

    Parameters
    ----------
    name, version
        The solver; the version is that of the package that provides it.
    options
        All options, defaults included.
    seed
        The main seed.
    deterministic
        True where the seed made no difference.
    chosen
        Why ``solver="auto"`` picked it; None where the user did.
    """

    name: str
    version: str
    options: Mapping[str, Any]
    seed: int
    deterministic: bool
    chosen: str | None = None


@dataclass(frozen=True)
class Timings:
    """Wall-clock seconds of the three parts of a run."""

    build_s: float = 0.0
    solve_s: float = 0.0
    check_s: float = 0.0


Point = tuple[float, float | None, float | None]
"""A point of the trajectory: (seconds, objective, bound)."""


@dataclass(frozen=True)
class Result:
    """The outcome of one run; see the module's text for what its parts mean.

    Parameters
    ----------
    instance
        The instance that was solved.
    solver
        Which solver ran, with options and seed.
    termination
        Why it stopped.
    solution
        The best solution found, of the family's own type; None if there is none.
    objective
        Its objective as the solver claims it (minimised).
    bound
        The best proven lower bound; None where nothing is proven.
    bound_source
        What proves the bound.
    verification
        What the checker says of the solution; None where there is no solution.
    proven_infeasible
        Whether the solver proved that no solution exists.
    limits
        The limits that were in force.
    metrics
        Figures of the solution, from the checker.
    timings
        Where the time went.
    trajectory
        Objective and bound over time, one point a change.
    versions
        Versions of everything that took part.
    initial
        What became of the initial solution; None where none was given.
    """

    instance: Instance
    solver: SolverRecord
    termination: Termination
    solution: Solution | None
    objective: float | None
    bound: float | None
    bound_source: str | None
    verification: Verification | None
    limits: Limits
    proven_infeasible: bool = False
    metrics: Mapping[str, Any] = field(default_factory=dict)
    timings: Timings = field(default_factory=Timings)
    trajectory: tuple[Point, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    initial: InitialReport | None = None

    @property
    def gap(self) -> float | None:
        """Relative distance between objective and bound; None where either is."""
        return relative_gap(self.objective, self.bound)

    @property
    def status(self) -> Status:
        """What the solution is; ``optimal`` only where verified and proven."""
        if self.proven_infeasible:
            return Status.INFEASIBLE
        if self.verification is None or not self.verification.feasible:
            return Status.NO_SOLUTION
        if proves_optimality(self.objective, self.bound):
            return Status.OPTIMAL
        return Status.FEASIBLE


def proves_optimality(objective: float | None, bound: float | None) -> bool:
    """Say whether ``bound`` proves a verified ``objective`` optimal.

    The gap has a floor of 1e-12 in its denominator, under which it says nothing about
    tiny objectives; a proof has to hold relative to the objective itself.
    """
    if objective is None or bound is None:
        return False
    return abs(objective - bound) <= OPTIMALITY_GAP * abs(objective)
