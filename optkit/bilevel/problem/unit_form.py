"""A bilevel instance with both objectives, all rows and all columns near unit size.

Rows and objectives whose numbers are far from 1 are multiplied by powers of two, and so are
continuous columns. Where the numbers of such a row or objective are multiples of a common
step, and its columns are integer, it is divided by that step: solvers rely on whole numbers
where they find them. Data of ordinary size are not touched.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from optkit.backends.scaling import (
    factor_between,
    factor_for,
    factor_of,
    require_near,
    scales,
    times,
)
from optkit.bilevel.instance import BilevelInstance, Column, Objective
from optkit.bilevel.problem.problem_data import ProblemData, csr_row, problem_data
from optkit.bilevel.solution import BilevelSolution
from optkit.core.arrays import Floats
from optkit.core.errors import UnavailableError
from optkit.core.solving.units import UnitForm

TOLERANCE = 1e-6
"""Of rows and of the follower's optimum, relative to the largest coefficient."""

LARGEST_INTEGER = 1e12
"""Integer columns may take values up to this; beyond it tolerances mean nothing."""


def unit_form(instance: BilevelInstance) -> UnitForm | None:
    """Return the instance with numbers near 1; None if they are so already.

    Raises
    ------
    UnavailableError
        If the coefficients of a row or an objective lie too far apart, or an integer
        column may be too large.
    """
    problem = problem_data(instance)
    factors = scales(
        problem.matrix,
        problem.integer,
        problem.column_lower,
        problem.column_upper,
        (problem.cost, problem.follower_cost),
    )
    column = factors.column
    matrix = factors.matrix(problem.matrix)
    _refuse_far_apart(problem, matrix, column)
    row = factors.row.copy()
    for i in range(len(instance.rows)):
        row[i] = _row_factor(problem, i, float(row[i]))
    upper = _objective_factor(problem, problem.cost * column)
    lower = _objective_factor(problem, problem.follower_cost * column)
    if (row == 1.0).all() and (column == 1.0).all() and upper == lower == 1.0:
        return None
    index = {name: j for j, name in enumerate(problem.names)}

    def multiplied(value: float, factor: float) -> float:
        return float(times(np.array(value), np.array(factor)))

    def scaled(part: Any, factor: float) -> dict[str, float]:
        return {
            name: multiplied(value * float(column[index[name]]), factor)
            for name, value in part.coefficients.items()
        }

    def side(value: float | None, factor: float) -> float | None:
        return None if value is None else multiplied(value, factor)

    columns = instance.columns
    if not (column == 1.0).all():
        columns = tuple(
            _scaled_column(each, float(scale))
            for each, scale in zip(columns, column, strict=True)
        )
    rows = tuple(
        each.model_copy(
            update={
                "lower": side(each.lower, factor),
                "upper": side(each.upper, factor),
                "coefficients": scaled(each, factor),
            }
        )
        if factor != 1.0 or not (column == 1.0).all()
        else each
        for each, factor in zip(instance.rows, row.tolist(), strict=True)
    )
    form = instance.model_copy(
        update={
            "columns": columns,
            "rows": rows,
            "upper_objective": _scaled_objective(
                instance.upper_objective, upper, scaled
            ),
            "lower_objective": _scaled_objective(
                instance.lower_objective, lower, scaled
            ),
        }
    )

    def turned(
        solution: BilevelSolution, by: Floats, follower: float
    ) -> BilevelSolution:
        def part(values: dict[str, float]) -> dict[str, float]:
            return {name: float(v * by[index[name]]) for name, v in values.items()}

        return BilevelSolution(
            upper=part(solution.upper),
            lower=part(solution.lower),
            follower_value=solution.follower_value * follower,
        )

    return UnitForm(
        form,
        1.0 / upper,
        to_units=lambda solution: turned(solution, 1.0 / column, lower),
        from_units=lambda solution: turned(solution, column, 1.0 / lower),
    )


def _scaled_column(column: Column, scale: float) -> Column:
    if scale == 1.0:
        return column
    bounds = {"lower": column.lower, "upper": column.upper}
    return column.model_copy(
        update={k: None if v is None else v / scale for k, v in bounds.items()}
    )


def _scaled_objective(objective: Objective, factor: float, scaled: Any) -> Objective:
    return objective.model_copy(
        update={
            "constant": objective.constant * factor,
            "coefficients": scaled(objective, factor),
        }
    )


def _row_factor(problem: ProblemData, i: int, factor: float) -> float:
    """Return the factor of a row; one without coefficients is measured by its sides."""
    if problem.matrix.indptr[i] < problem.matrix.indptr[i + 1]:
        return factor
    sides = [problem.row_lower[i], problem.row_upper[i]]
    return factor_for(max((abs(s) for s in sides if math.isfinite(s)), default=0.0))


def _objective_factor(problem: ProblemData, cost: Floats) -> float:
    """Return the factor of an objective, given its costs in scaled columns."""
    active = cost != 0.0
    whole = bool(problem.integer[active].all())
    return factor_of(cost[active], whole, factor_between(cost))


def _refuse_far_apart(problem: ProblemData, matrix: Any, column: Floats) -> None:
    """Refuse numbers that no power of two brings together."""
    names = problem.names
    reach = np.maximum(np.abs(problem.column_lower), np.abs(problem.column_upper))
    reach = reach / column
    for i in range(matrix.shape[0]):
        indices, values = csr_row(matrix, i)
        if len(values) > 1:
            where = f"row {problem.instance.rows[i].id!r}"
            require_near(
                values,
                [names[j] for j in indices.tolist()],
                where,
                reach=reach[indices],
                shown=csr_row(problem.matrix, i)[1],
            )
            _require_above_tolerance(
                values,
                np.where(problem.integer[indices], 1.0, reach[indices]),
                [names[j] for j in indices.tolist()],
                where,
                shown=csr_row(problem.matrix, i)[1],
            )
    leader = problem.cost
    require_near(leader * column, names, "the upper objective", shown=leader)
    of_follower = problem.own_follower_cost
    scaled = of_follower * column
    require_near(scaled, names, "the lower objective", shown=of_follower)
    _require_above_tolerance(
        scaled,
        np.where(problem.integer, 1.0, reach),
        names,
        "the lower objective",
        shown=of_follower,
    )
    span = np.maximum(
        np.where(np.isfinite(problem.column_lower), np.abs(problem.column_lower), 0.0),
        np.where(np.isfinite(problem.column_upper), np.abs(problem.column_upper), 0.0),
    )
    for j in np.flatnonzero(problem.integer & (span > LARGEST_INTEGER)).tolist():
        raise UnavailableError(
            f"integer column {names[j]!r} may be as large as {span[j]:.6g}, and integers"
            f" beyond {LARGEST_INTEGER:.0e} cannot be told apart within the tolerances of a"
            " backend: give it tighter bounds, or make it continuous in a coarser unit"
        )


def _require_above_tolerance(
    coefficients: Floats, steps: Floats, names: list[str], where: str, *, shown: Floats
) -> None:
    """Refuse terms of which the tolerance of a row, or of the follower, leaves nothing.

    Parameters
    ----------
    coefficients
        Of one row or objective, in scaled columns.
    steps
        What each column changes by, at least where it is an integer, at most elsewhere.
    names, where
        Of the columns, and of the row or objective.
    shown
        The coefficients as the user knows them.
    """
    sizes = np.abs(coefficients)
    terms = np.full(len(sizes), np.inf)
    np.multiply(sizes, steps, out=terms, where=sizes > 0.0)
    if not np.isfinite(terms).any():
        return
    high, low = int(sizes.argmax()), int(terms.argmin())
    if terms[low] <= 2.0 * TOLERANCE * sizes[high]:
        raise UnavailableError(
            f"{where} has the coefficients {shown[high]:.6g} at {names[high]} and"
            f" {shown[low]:.6g} at {names[low]}: the smaller term is hardly"
            f" more than {TOLERANCE} of the larger. That is the tolerance of rows and the"
            " follower's optimum, so it decides nothing. Leave it out, or bring the two"
            " nearer"
        )
