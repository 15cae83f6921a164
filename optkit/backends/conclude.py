"""Verify the results of solvers, and settle why a solve stopped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from optkit.backends.base import StartReport, StartStatus, Termination
from optkit.backends.session import Halt, Monitor, RawResult, Request, reaches
from optkit.backends.tolerances import ACCEPTED_BREACH
from optkit.core.consistency import relative_gap
from optkit.core.errors import ContradictionError

if TYPE_CHECKING:
    from optkit.backends.linear import LinearModel
    from optkit.core.arrays import Floats

_ROUNDING = 1e-6
"""Relative difference up to which solvers take two numbers for equal."""

_HALTED = {
    Halt.TARGET: Termination.TARGET,
    Halt.GAP: Termination.GAP,
    Halt.TIME: Termination.TIME_LIMIT,
    Halt.ASKED: Termination.INTERRUPTED,
    Halt.KEYBOARD: Termination.INTERRUPTED,
}

_NO_OPTIMUM = {
    Termination.INFEASIBLE,
    Termination.UNBOUNDED,
    Termination.INFEASIBLE_OR_UNBOUNDED,
}


@dataclass(frozen=True, eq=False)
class Conclusion:
    """The verified result of a solve; objective and bound are to be minimised."""

    termination: Termination
    detail: str
    values: Floats | None = None
    objective: float | None = None
    bound: float | None = None
    violation: float | None = None
    start: StartReport = field(default_factory=StartReport)
    nodes: int | None = None


def conclude(
    model: LinearModel, request: Request, monitor: Monitor, result: RawResult | None
) -> Conclusion:
    """Verify a solver's result and settle why it stopped.

    Parameters
    ----------
    model, request, monitor
        The solve.
    result
        The solver's result; None if it did not stop when told to.

    Returns
    -------
    Conclusion
        Its point is the best feasible one that is known: the solver's last point, one
        that it reported on the way, or the start.

    Raises
    ------
    ContradictionError
        If a known solution refutes the result: the bound is past its objective, or
        the solver "proved" that there is no solution.
    """
    notes = []
    if result is None:
        result = RawResult(
            Termination.ERROR,
            "the solver did not stop when told to; it was left to end by itself",
        )
    if result.detail:
        notes.append(result.detail)
    termination = result.termination
    if result.values is not None:
        last = model.rounded(result.values)
        breach = model.worst_breach(last)
        if breach.amount > ACCEPTED_BREACH:
            notes.append(f"its point is no solution and was dropped: {breach.what}")
            if termination is Termination.OPTIMAL:
                termination = Termination.ERROR
        else:
            _offer_last(monitor, last)
    elif termination is Termination.OPTIMAL:
        notes.append("it gave no point")
        termination = Termination.ERROR
    values, objective = monitor.values, monitor.objective
    bounds = [b for b in (monitor.bound, result.bound) if b is not None]
    bound = None if termination in _NO_OPTIMUM else max(bounds, default=None)
    if termination is Termination.INFEASIBLE and values is not None:
        raise ContradictionError(
            f"{result.detail} says that {model.name} has no solution, but one "
            f"with objective {model.in_sense_of_model(objective or 0.0):.12g} is "
            "known"
        )
    if objective is not None and bound is not None and bound > objective:
        if bound - objective > _ROUNDING * max(1.0, abs(objective)):
            raise ContradictionError(
                f"{result.detail}: the bound {model.in_sense_of_model(bound):.12g} of "
                f"{model.name} is past the solution of objective "
                f"{model.in_sense_of_model(objective):.12g}"
            )
        # Both are the same number but for the rounding of two long sums.
        bound = objective
    return Conclusion(
        termination=_settle(termination, request, monitor, objective, bound),
        detail="; ".join(notes),
        values=values,
        objective=objective,
        bound=bound,
        violation=None if values is None else model.worst_breach(values).amount,
        start=_start(request, result),
        nodes=result.nodes,
    )


def _offer_last(monitor: Monitor, values: Floats) -> None:
    """Replace an earlier point by the solver's last one, unless the earlier is better."""
    objective = monitor.model.evaluate(values)
    if monitor.objective is None or objective <= monitor.objective:
        monitor.values, monitor.objective = values, objective


def _settle(
    termination: Termination,
    request: Request,
    monitor: Monitor,
    objective: float | None,
    bound: float | None,
) -> Termination:
    """Decide why the solve ended."""
    if termination in _NO_OPTIMUM:
        return termination
    if objective is not None and bound is not None:
        gap = relative_gap(objective, bound)
        distance = abs(objective - bound) / max(1.0, abs(objective))
        if termination is Termination.OPTIMAL:
            # With a gap of 0, a solver that says optimal has searched everything; with
            # a larger one, it may only have come near enough.
            if gap <= _ROUNDING or (request.gap == 0 and distance <= _ROUNDING):
                return Termination.OPTIMAL
            return Termination.GAP if gap <= request.gap else Termination.ERROR
        if gap == 0:
            return Termination.OPTIMAL
    elif termination is Termination.OPTIMAL:
        return Termination.ERROR
    target = monitor.target
    if target is not None and objective is not None and reaches(objective, target):
        return Termination.TARGET
    if monitor.halted is not None:
        return _HALTED[monitor.halted]
    return termination


def _start(request: Request, result: RawResult) -> StartReport:
    if result.start is not None:
        return result.start
    if request.start is None:
        return StartReport()
    report = request.start.report
    if report.status is StartStatus.HANDED_OVER:
        note = "the backend does not say what it made of it"
        detail = f"{report.detail}; {note}" if report.detail else note
        return replace(report, detail=detail)
    return report
