"""Exact values of the continuous columns, for backends with loose tolerances.

A solver whose rows hold within 1e-6 only can make a solution look better than it is by as
much. With its integer columns fixed, HiGHS finds the continuous ones to 1e-9.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optkit.backends.tolerances import FEASIBILITY

if TYPE_CHECKING:
    from optkit.backends.conclude import Conclusion
    from optkit.backends.linear import LinearModel

SECONDS = 10.0
"""Most time that it may take, s."""


def polished(
    model: LinearModel, conclusion: Conclusion, seconds: float | None
) -> Conclusion:
    """Return a conclusion whose point breaks no row by more than 1e-9, if there is one.

    Parameters
    ----------
    model
        The model.
    conclusion
        What the backend answers.
    seconds
        Time that is left, s; None for no limit.

    Returns
    -------
    Conclusion
        The given one where nothing has to be mended, or where the integer columns leave no
        such point.
    """
    from optkit.backends.direct import (
        feasible_point,
        new_solver,
        pass_program,
        solved_to_optimality,
    )

    values = conclusion.values
    if values is None or (conclusion.violation or 0.0) <= FEASIBILITY:
        return conclusion
    solver = new_solver(
        primal_feasibility_tolerance=FEASIBILITY,
        dual_feasibility_tolerance=FEASIBILITY,
        time_limit=SECONDS if seconds is None else max(1e-3, min(SECONDS, seconds)),
    )
    pass_program(
        solver,
        cost=model.cost,
        column_lower=np.where(model.integer, values, model.column_lower),
        column_upper=np.where(model.integer, values, model.column_upper),
        row_lower=model.row_lower,
        row_upper=model.row_upper,
        start=model.matrix.indptr,
        index=model.matrix.indices,
        values=model.matrix.data,
        offset=model.offset,
    )
    if not solved_to_optimality(solver):
        return conclusion
    point = feasible_point(solver)
    if point is None:
        return conclusion
    point = model.rounded(np.where(model.integer, values, point))
    violation = model.worst_breach(point).amount
    if violation >= (conclusion.violation or 0.0):
        return conclusion
    objective = model.evaluate(point)
    bound = conclusion.bound
    return replace(
        conclusion,
        values=point,
        objective=objective,
        violation=violation,
        bound=None if bound is None else min(bound, objective),
    )
