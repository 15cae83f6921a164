"""Comparing objectives and bounds: when two agree, and when they contradict each other.

Everything that compares values from different programs does it here, with the same
tolerances: the harness, the check of solution files, studies and reproductions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

OBJECTIVE_TOLERANCE = 1e-6
"""Relative difference up to which two values of one objective count as equal."""

OPTIMALITY_GAP = 1e-6
"""Relative gap up to which a verified solution is called optimal."""


def agree(first: float, second: float) -> bool:
    """Return whether two values of one objective count as equal."""
    return abs(first - second) <= OBJECTIVE_TOLERANCE * max(abs(first), abs(second))


def bound_exceeds(bound: float, objective: float) -> bool:
    """Return whether a lower bound lies above an objective by more than rounding."""
    return bound > objective and not agree(bound, objective)


@overload
def relative_gap(objective: float, bound: float) -> float: ...
@overload
def relative_gap(objective: float | None, bound: float | None) -> float | None: ...
def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Return ``|objective - bound| / max(|objective|, 1e-12)``; None if either is."""
    if objective is None or bound is None:
        return None
    return abs(objective - bound) / max(abs(objective), 1e-12)


def within_gap(objective: float | None, bound: float | None, gap: float) -> bool:
    """Return whether an objective and a bound are within a relative gap.

    The denominator of :func:`relative_gap` is at least 1e-12, so that gap says little about
    tiny objectives. This one is relative to the objective itself, in whatever unit.
    """
    if objective is None or bound is None:
        return False
    return abs(objective - bound) <= gap * abs(objective)


def proves_optimality(objective: float | None, bound: float | None) -> bool:
    """Return whether ``bound`` proves a verified ``objective`` optimal."""
    return within_gap(objective, bound, OPTIMALITY_GAP)


@dataclass(frozen=True)
class Claim:
    """An objective or a bound, and who reports it."""

    value: float
    who: str


@dataclass
class BestClaims:
    """The best verified objective and the best bound reported for one problem.

    Parameters
    ----------
    objective
        The least verified objective.
    bound
        The largest lower bound.
    infeasible
        Who reports that there is no solution.
    """

    objective: Claim | None = None
    bound: Claim | None = None
    infeasible: str | None = None

    def add(
        self,
        who: str,
        *,
        objective: float | None,
        bound: float | None,
        infeasible: bool = False,
    ) -> None:
        """Take in what one run reports; ``objective`` has to be verified."""
        if infeasible:
            self.infeasible = who
        if objective is not None and (
            self.objective is None or objective < self.objective.value
        ):
            self.objective = Claim(objective, who)
        if bound is not None and (self.bound is None or bound > self.bound.value):
            self.bound = Claim(bound, who)

    def contradiction(self) -> str | None:
        """Return which two claims cannot both be true, in words; None if all can."""
        best, bound = self.objective, self.bound
        if best is None:
            return None
        if self.infeasible is not None:
            return (
                f"{self.infeasible} claims that there is no solution; {best.who} has a"
                f" verified one of {best.value!r}"
            )
        if bound is not None and bound_exceeds(bound.value, best.value):
            return (
                f"{bound.who} claims the bound {bound.value!r}; {best.who} has a"
                f" verified solution of {best.value!r}, which is less"
            )
        return None
