"""Points in fractions near those that solvers report."""

from __future__ import annotations

from collections.abc import Sequence

from optkit.bilevel.exact.certificate.exact_program import (
    Exact,
    ExactProgram,
    Row,
    exact,
    negative,
    value,
)
from optkit.bilevel.exact.certificate.relaxation import Relaxations


def exact_response(program: ExactProgram, point: Sequence[float]) -> list[Exact] | None:
    """Return a point whose lower part is a response in fractions.

    Parameters
    ----------
    program
        The program.
    point
        The follower's integer columns keep their rounded values, and the leader's columns
        theirs. The continuous lower columns are chosen anew, best for the follower.

    Returns
    -------
    list or None
        None if there is none within the follower's rows.
    """
    fixed = {
        j: _rounded(program, j, x)
        for j, x in enumerate(point)
        if j in program.whole or j not in program.follower
    }
    if len(fixed) == len(point):
        complete = [fixed[j] for j in range(len(point))]
        kept = all(value(row.form, complete) >= row.least for row in program.own_rows)
        return complete if kept else None
    relaxations = Relaxations(program.fixed(fixed), program.own_rows, program.wish)
    return relaxations.whole().exact_point()


def exact_solution(program: ExactProgram, point: Sequence[float]) -> list[Exact] | None:
    """Return a solution in fractions: a point of all rows, and an optimal response.

    Parameters
    ----------
    program
        The program.
    point
        A solution. Its integer columns keep their rounded values. The others are chosen
        anew, best for the leader among those that are best for the follower.

    Returns
    -------
    list or None
        None if there is none within all rows.
    """
    response = exact_response(program, point)
    if response is None:
        return None
    fixed = {
        j: _rounded(program, j, x) for j, x in enumerate(point) if j in program.whole
    }
    most = value(program.wish, response)
    rows = [*program.rows, Row(negative(program.wish), -most)]
    if len(fixed) == len(point):
        kept = all(value(row.form, response) >= row.least for row in rows)
        return response if kept else None
    relaxations = Relaxations(program.fixed(fixed), rows, program.cost)
    return relaxations.whole().exact_point()


def _rounded(program: ExactProgram, column: int, x: float) -> Exact:
    return round(x) if column in program.whole else exact(x)
