"""From what a solver claims to what may be said."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from optkit.backends.base import StartReport, StartStatus, Termination, relative_gap
from optkit.backends.session import Halt, Monitor, Outcome, Request, reaches
from optkit.backends.starts import ACCEPTED_BREACH
from optkit.core.errors import ContradictionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from optkit.backends.linear import LinearModel

_ROUNDING = 1e-6
"""Relative difference between two numbers that solvers take for equal."""

_HALTED = {
    Halt.TARGET: Termination.TARGET,
    Halt.GAP: Termination.GAP,
    Halt.TIME: Termination.TIME_LIMIT,
    Halt.ASKED: Termination.INTERRUPTED,
    Halt.KEYBOARD: Termination.INTERRUPTED,
}

_NO_BEST = {
    Termination.INFEASIBLE,
    Termination.UNBOUNDED,
    Termination.INFEASIBLE_OR_UNBOUNDED,
}


@dataclass(frozen=True, eq=False)
class Conclusion:
    """What may be said of a solve; objective and bound are those minimised."""

    termination: Termination
    detail: str
    values: NDArray[np.float64] | None = None
    objective: float | None = None
    bound: float | None = None
    violation: float | None = None
    start: StartReport = field(default_factory=StartReport)
    nodes: int | None = None


def conclude(
    model: LinearModel, request: Request, monitor: Monitor, outcome: Outcome | None
) -> Conclusion:
    """Verify a solver's claims and settle why it stopped.

    Parameters
    ----------
    model, request, monitor
        The solve.
    outcome
        The solver's claims; None if it did not stop when told to.

    Returns
    -------
    Conclusion
        The best feasible point known, be it from the solver's end, from its way, or
        the start.

    Raises
    ------
    ContradictionError
        If a claim is refuted by a solution at hand: a bound past its objective, or
        the proof that there is none.
    """
    notes = []
    if outcome is None:
        outcome = Outcome(
            Termination.ERROR,
            "the solver did not stop when told to; it was left to end by itself",
        )
    if outcome.detail:
        notes.append(outcome.detail)
    claim = outcome.claim
    if outcome.values is not None:
        last = model.rounded(outcome.values)
        breach = model.worst_breach(last)
        if breach.amount > ACCEPTED_BREACH:
            notes.append(f"its point is no solution and was dropped: {breach.what}")
            if claim is Termination.OPTIMAL:
                claim = Termination.ERROR
        else:
            _offer_last(monitor, last)
    elif claim is Termination.OPTIMAL:
        notes.append("it gave no point")
        claim = Termination.ERROR
    values, objective = monitor.values, monitor.objective
    bound = _best_bound(monitor.bound, outcome.bound)
    if claim in (Termination.INFEASIBLE, Termination.INFEASIBLE_OR_UNBOUNDED):
        bound = None
        if claim is Termination.INFEASIBLE and values is not None:
            raise ContradictionError(
                f"{outcome.detail} says that {model.name} has no solution, but one "
                f"with objective {model.in_sense_of_model(objective or 0.0):.12g} is "
                "known"
            )
    if claim is Termination.UNBOUNDED:
        bound = None
    if objective is not None and bound is not None and bound > objective:
        if bound - objective > _ROUNDING * max(1.0, abs(objective)):
            raise ContradictionError(
                f"{outcome.detail}: the bound {model.in_sense_of_model(bound):.12g} of "
                f"{model.name} is past the solution of objective "
                f"{model.in_sense_of_model(objective):.12g}"
            )
        # Both are the same number but for the rounding of two long sums.
        bound = objective
    return Conclusion(
        termination=_settle(claim, request, monitor, objective, bound),
        detail="; ".join(notes),
        values=values,
        objective=objective,
        bound=bound,
        violation=None if values is None else model.worst_breach(values).amount,
        start=_start(request, outcome),
        nodes=outcome.nodes,
    )


def _offer_last(monitor: Monitor, values: NDArray[np.float64]) -> None:
    """Let the solver's last point replace an earlier one that is no better."""
    objective = monitor.model.evaluate(values)
    if monitor.objective is None or objective <= monitor.objective:
        monitor.values, monitor.objective = values, objective


def _best_bound(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def _settle(
    claim: Termination,
    request: Request,
    monitor: Monitor,
    objective: float | None,
    bound: float | None,
) -> Termination:
    """Decide why the solve ended."""
    if claim in _NO_BEST:
        return claim
    if objective is not None and bound is not None:
        gap = relative_gap(objective, bound)
        apart = abs(objective - bound) / max(1.0, abs(objective))
        if claim is Termination.OPTIMAL:
            # Asked for no gap, a solver that says optimal has searched everything;
            # asked for one, it may only have come near enough.
            if gap <= _ROUNDING or (request.gap == 0 and apart <= _ROUNDING):
                return Termination.OPTIMAL
            return Termination.GAP if gap <= request.gap else Termination.ERROR
        if gap == 0:
            return Termination.OPTIMAL
    elif claim is Termination.OPTIMAL:
        return Termination.ERROR
    target = monitor.target
    if target is not None and objective is not None and reaches(objective, target):
        return Termination.TARGET
    if monitor.halted is not None:
        return _HALTED[monitor.halted]
    return claim


def _start(request: Request, outcome: Outcome) -> StartReport:
    if outcome.start is not None:
        return outcome.start
    if request.start is None:
        return StartReport()
    report = request.start.report
    if report.status is StartStatus.HANDED_OVER:
        words = "the backend does not say what it made of it"
        detail = f"{report.detail}; {words}" if report.detail else words
        return replace(report, detail=detail)
    return report
