"""The result of a run: why it stopped, its solution, what is proven, what was checked.

The four are separate on purpose. The first three are claims of the solver; the harness
adds the fourth, from the family's checker, which shares no code with any solver.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from optkit.core.consistency import proves_optimality, relative_gap
from optkit.core.display.values import format_bound, format_gap, format_value
from optkit.core.solving.trajectory import Trajectory

if TYPE_CHECKING:
    import pandas

    from optkit.core.instance import Instance, Solution
    from optkit.core.solving.limits import Limits

_VIEWS = "optkit.core.solving"
"""Where results are shown: by name, because that needs families, which need results."""


class Status(StrEnum):
    """The quality of a solution."""

    OPTIMAL = "optimal"
    """Verified, and its gap to the bound is at most 1e-6."""
    FEASIBLE = "feasible"
    """Verified; the gap, if there is one, says how far from optimal it may be."""
    INFEASIBLE = "infeasible"
    """Proven: the instance has no solution."""
    NO_SOLUTION = "no-solution"
    """No solution was found that passed the check."""


class Reason(StrEnum):
    """Why a run stopped."""

    PROVED = "proved"
    """The solver proved its answer."""
    GAP = "gap"
    """The gap of the limits is reached."""
    CONVERGED = "converged"
    """The solver ended by itself, without a proof."""
    TIME_LIMIT = "time-limit"
    """The time limit is reached."""
    ITERATION_LIMIT = "iteration-limit"
    """The iteration limit is reached."""
    EVALUATION_LIMIT = "evaluation-limit"
    """The evaluation limit is reached."""
    MEMORY_LIMIT = "memory-limit"
    """The memory limit is reached."""
    TARGET = "target"
    """The target objective is reached."""
    INTERRUPTED = "interrupted"
    """Ctrl-C was pressed."""


_CUT_SHORT = {
    Reason.TIME_LIMIT,
    Reason.ITERATION_LIMIT,
    Reason.EVALUATION_LIMIT,
    Reason.MEMORY_LIMIT,
    Reason.INTERRUPTED,
}
"""Reasons for which a longer run might have found more."""


@dataclass(frozen=True)
class Termination:
    """Why a run stopped, with a short explanation for the reader."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True)
class Violation:
    """A rule that a solution breaks.

    Parameters
    ----------
    kind
        Stable name of the rule, such as ``"task-size"``.
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
    """The verdict of the family's checker, computed from the solution alone.

    Parameters
    ----------
    feasible
        Whether the solution keeps all rules.
    objective
        The recomputed objective; None if the solution is too broken to have one.
    violations
        Every rule that the solution breaks.
    metrics
        The family's metrics of the solution, recomputed.
    """

    feasible: bool
    objective: float | None
    violations: tuple[Violation, ...] = ()
    metrics: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class InitialReport:
    """Report of what the solver did with the initial solution."""

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
        Whether the seed makes no difference.
    chosen
        Why ``solver="auto"`` picked it; None if the user did.
    """

    name: str
    version: str
    options: Mapping[str, Any]
    seed: int
    deterministic: bool
    chosen: str | None = None


@dataclass(frozen=True)
class Timings:
    """Wall-clock seconds of the parts of a run; ``bound_s`` is for the family's bounds."""

    build_s: float = 0.0
    solve_s: float = 0.0
    check_s: float = 0.0
    bound_s: float = 0.0


@dataclass(frozen=True)
class Result:
    """The result of one run; the module's text explains its parts.

    Parameters
    ----------
    instance
        The instance that was solved.
    solver
        Which solver ran, with options and seed.
    termination
        Why it stopped.
    solution
        The best solution, of the family's own type; None if there is none.
    objective
        Its objective according to the solver (minimised).
    bound
        The best proven lower bound; None if there is none.
    bound_source
        What proves the bound.
    verification
        The checker's verdict on the solution; None if there is no solution.
    proven_infeasible
        Whether the solver proved that no solution exists.
    limits
        The limits that were in force.
    metrics
        Metrics of the solution, from the checker.
    timings
        How long each part took.
    trajectory
        Objective and bound over time, one point per change;
        :meth:`~optkit.core.solving.trajectory.Trajectory.to_frame` makes a data frame.
    versions
        Versions of the packages that took part.
    initial
        What the solver did with the initial solution; None if there was none.
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
    trajectory: Trajectory = field(default_factory=Trajectory)
    versions: Mapping[str, str] = field(default_factory=dict)
    initial: InitialReport | None = None

    @property
    def gap(self) -> float | None:
        """Relative distance between objective and bound; None if either is missing."""
        return relative_gap(self.objective, self.bound)

    @property
    def status(self) -> Status:
        """The quality of the solution; ``optimal`` only if verified and proven."""
        if self.proven_infeasible:
            return Status.INFEASIBLE
        if self.verification is None or not self.verification.feasible:
            return Status.NO_SOLUTION
        if proves_optimality(self.objective, self.bound):
            return Status.OPTIMAL
        return Status.FEASIBLE

    def __repr__(self) -> str:
        verdict = "not verified"
        if self.verification is not None:
            passed = self.verification.feasible
            verdict = "verified" if passed else "failed its check"
        parts = [
            f"{self.solver.name} on {self.instance.name!r}",
            self.status.value,
            f"objective {format_value(self.objective)}",
            f"bound {format_bound(self.bound, self.bound_source)}",
            verdict,
        ]
        if self.status is Status.FEASIBLE:
            parts.insert(-1, f"gap {format_gap(self.gap)}")
        if self.termination.reason in _CUT_SHORT:
            parts.append(f"stopped: {self.termination.reason.value}")
        return f"<Result of {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: what was found and proven, and a picture."""
        html: str = resolve_name(f"{_VIEWS}.notebook:result_html")(self)
        return html

    def to_frame(self, table: str | None = None) -> pandas.DataFrame:
        """Return a table of the solution as a data frame of pandas.

        Parameters
        ----------
        table
            Which table; None is the family's main one. Allocation has ``servers`` and
            ``subtrees``, discovery ``windows`` and ``requests``, dispatch ``jobs`` and
            ``servers``, sync ``links`` and ``devices``, and bilevel ``columns``.

        Raises
        ------
        UsageError
            If there is no such table, or no solution.
        UnavailableError
            If pandas is not installed, or the family has no tables.
        """
        frame: pandas.DataFrame = resolve_name(f"{_VIEWS}.result_frame:result_frame")(
            self, table
        )
        return frame
