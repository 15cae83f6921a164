"""Verify starts against the model before any backend sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from optkit.backends.base import Start, StartReport, StartStatus
from optkit.backends.linear import LinearModel
from optkit.backends.tolerances import ACCEPTED_BREACH
from optkit.core.arrays import Bools, Floats


@dataclass(frozen=True, eq=False)
class VerifiedStart:
    """A start that a backend may use, or the reason why it may not.

    Parameters
    ----------
    values
        Shape (columns,), NaN where the start gives no value; None if it is refused.
    complete
        Whether every column has a value and the point is feasible.
    report
        The report to the user, so far.
    """

    values: Floats | None
    complete: bool
    report: StartReport


def verify_start(
    model: LinearModel, start: Start, column_scale: Floats | None = None
) -> VerifiedStart:
    """Check a start against bounds, integrality and, if complete, every row.

    Parameters
    ----------
    model
        The model to be solved.
    start
        A ``ComponentMap`` or pairs of variable and value; None stands for no value.
        Fixed variables must have the values at which the model fixes them.
    column_scale
        What a variable of the model has to be multiplied by to get the start's, shape
        (columns,); None for 1.

    Returns
    -------
    VerifiedStart
        With status ``HANDED_OVER`` if it may be used, ``REFUSED`` if not.
    """
    values = np.full(model.columns, np.nan)
    idle = {id(variable) for variable in model.idle}
    pairs = start.items() if isinstance(start, Mapping) else start
    for variable, value in pairs:
        if value is None:
            continue
        column = model.column_of.get(id(variable))
        if column is not None:
            number = float(value)
            if not np.isfinite(number):
                return _refused(f"{variable.name} = {value} is not a finite number")
            values[column] = (
                number if column_scale is None else number / column_scale[column]
            )
        elif variable.fixed:
            if abs(variable.value - value) > ACCEPTED_BREACH:
                return _refused(
                    f"{variable.name} = {value:.12g}, but the model fixes it at "
                    f"{variable.value:.12g}"
                )
        elif id(variable) not in idle:
            return _refused(f"{variable.name} is not a variable of this model")
    has_value = ~np.isnan(values)
    count = int(np.count_nonzero(has_value))
    if not count and model.columns:
        return _refused("it gives no variable of the model a value")
    values[has_value] = model.rounded(np.where(has_value, values, 0.0))[has_value]
    if not has_value.all():
        return _partial(model, values, count)
    breach = model.worst_breach(values)
    if breach.amount > ACCEPTED_BREACH:
        return _refused(f"it is not feasible: {breach.what}", count)
    objective = model.in_sense_of_model(model.evaluate(values))
    report = StartReport(StartStatus.HANDED_OVER, "", count, objective)
    return VerifiedStart(values, True, report)


def _partial(model: LinearModel, values: Floats, count: int) -> VerifiedStart:
    """Check the bounds and integrality of a partial start."""
    for j in np.flatnonzero(~np.isnan(values)).tolist():
        value = values[j]
        slack = ACCEPTED_BREACH * max(1.0, abs(value))
        if model.integer[j] and value != np.rint(value):
            return _refused(
                f"{model.variables[j].name} = {value:.12g} is not an integer", count
            )
        if value < model.column_lower[j] - slack or (
            value > model.column_upper[j] + slack
        ):
            return _refused(
                f"{model.variables[j].name} = {value:.12g} is outside "
                f"[{model.column_lower[j]:.12g}, {model.column_upper[j]:.12g}]",
                count,
            )
    detail = f"{count} of {model.columns} variables have a value"
    report = StartReport(StartStatus.HANDED_OVER, detail, count)
    return VerifiedStart(values, False, report)


def _refused(reason: str, count: int = 0) -> VerifiedStart:
    return VerifiedStart(None, False, StartReport(StartStatus.REFUSED, reason, count))


def accepted_as_first_point(
    start: VerifiedStart, first: Floats | None, integer: Bools, solver: str
) -> StartReport:
    """Judge by a solver's first solution whether it took the start.

    Parameters
    ----------
    start
        The start that the solver was given.
    first
        Its first solution, shape (columns,); None if it reported none.
    integer
        Which columns are integer, shape (columns,).
    solver
        The solver's name, for the report.
    """
    if first is None or start.values is None or not start.complete:
        return start.report
    if not np.array_equal(first[integer], start.values[integer]):
        return start.report
    detail = f"it is the first solution of {solver}"
    return replace(start.report, status=StartStatus.ACCEPTED, detail=detail)
