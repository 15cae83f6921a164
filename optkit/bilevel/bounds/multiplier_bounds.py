"""Proven bounds on the follower's multipliers; a guessed big-M would be a wrong answer.

Among the optimal multipliers of a linear program some are a vertex of the dual polyhedron,
so they solve ``B_RC' m_R = -d_C`` for a nonsingular submatrix of the follower's rows. With
whole coefficients Cramer's rule has a denominator of at least 1, and the numerator is the
determinant of B_RC with one row replaced by d_C:

* at most ``|d_C|`` times the norms of the other rows (Hadamard's inequality);
* at most the sum of ``|d_j|`` where B is totally unimodular, as its minors are 0, 1 or -1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from optkit.bilevel.problem.indicators import step
from optkit.bilevel.problem.problem_data import Problem
from optkit.core.arrays import Floats

LARGEST = 1e6
"""A bound above this is of no use with tolerances of 1e-9."""


def multiplier_bounds(problem: Problem) -> Floats | str:
    """Return a proven bound for the multiplier of each lower row, or why there is none.

    Returns
    -------
    numpy.ndarray or str
        Shape (lower rows,); it holds for either side.
    """
    matrix = problem.follower_matrix.toarray()
    steps = [step(row[row != 0.0]) if row.any() else 1.0 for row in matrix]
    if any(found is None for found in steps):
        return "the follower's coefficients have no common unit to bound multipliers by"
    units = np.array(steps, dtype=np.float64)
    whole = np.rint(matrix / units[:, None])
    cost = np.abs(problem.follower_cost[problem.lower])
    if _unimodular(whole):
        bound = float(cost.sum())
    else:
        norms = np.sort(np.maximum(1.0, np.linalg.norm(whole, axis=1)))[::-1]
        others = norms[: max(0, min(whole.shape) - 1)]
        bound = float(np.linalg.norm(cost)) * math.prod(others.tolist())
    bounds = bound / units
    if bounds.max(initial=0.0) > LARGEST:
        return (
            f"the best proven bound on the follower's multipliers is {bounds.max():.3g},"
            f" above {LARGEST:.0e}, too large to be a big-M; -s kkt needs none"
        )
    return bounds


def _unimodular(matrix: Floats) -> bool:
    """Say whether the matrix is found totally unimodular, by columns or by rows.

    The test of Heller and Tompkins: entries 0, 1 and -1, at most two a column, and the
    rows fall into two classes such that two entries of one sign lie in different ones and
    two of opposite signs in the same.
    """
    if not np.isin(matrix, (-1.0, 0.0, 1.0)).all():
        return False
    return _two_classes(matrix.T) or _two_classes(matrix)


def _two_classes(lines: Iterable[Floats]) -> bool:
    """Say whether the entries' places fall into two classes; ``lines`` are the columns."""
    neighbours: dict[int, list[tuple[int, int]]] = {}
    for line in lines:
        places = np.flatnonzero(line).tolist()
        if len(places) > 2:
            return False
        if len(places) == 2:
            one, other = places
            differ = int(line[one] == line[other])
            neighbours.setdefault(one, []).append((other, differ))
            neighbours.setdefault(other, []).append((one, differ))
    colour: dict[int, int] = {}
    for root in neighbours:
        if root in colour:
            continue
        colour[root], stack = 0, [root]
        while stack:
            place = stack.pop()
            for other, differ in neighbours[place]:
                wanted = colour[place] ^ differ
                if other not in colour:
                    colour[other] = wanted
                    stack.append(other)
                elif colour[other] != wanted:
                    return False
    return True
