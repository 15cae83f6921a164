"""Proven bounds on the follower's multipliers; a guessed big-M could give wrong answers.

Some optimal multipliers of a linear program are a vertex of the dual polyhedron, so they
solve ``B_RC' m_R = -d_C`` for a nonsingular submatrix of the follower's rows. With integer
coefficients Cramer's rule has a denominator of at least 1, and the numerator is the
determinant of B_RC with one row replaced by d_C:

* at most ``|d_C|`` times the norms of the other rows (Hadamard's inequality);
* at most the sum of ``|d_j|`` where B is totally unimodular, as its minors are 0, 1 or -1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from optkit.bilevel.problem.indicators import common_step
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats

LARGEST_USEFUL = 1e6
"""With tolerances of 1e-9, a larger bound is of no use."""


def multiplier_bounds(problem: ProblemData) -> Floats | str:
    """Return a proven bound on the multiplier of each lower row, or why there is none.

    Returns
    -------
    numpy.ndarray or str
        Bounds on magnitudes, shape (lower rows,), valid for either side of a row.
    """
    matrix = problem.follower_matrix.toarray()
    steps = [common_step(row[row != 0.0]) if row.any() else 1.0 for row in matrix]
    if any(step is None for step in steps):
        return "the follower's coefficients have no common unit to bound multipliers by"
    units = np.array(steps, dtype=np.float64)
    whole = np.rint(matrix / units[:, None])
    cost = np.abs(problem.follower_cost[problem.lower])
    if is_unimodular(whole):
        bound = float(cost.sum())
    else:
        norms = np.sort(np.maximum(1.0, np.linalg.norm(whole, axis=1)))[::-1]
        others = norms[: max(0, min(whole.shape) - 1)]
        bound = float(np.linalg.norm(cost)) * math.prod(others.tolist())
    bounds = bound / units
    if bounds.max(initial=0.0) > LARGEST_USEFUL:
        return (
            f"the best proven bound on the follower's multipliers is {bounds.max():.3g},"
            f" above {LARGEST_USEFUL:.0e}, too large to be a big-M; -s kkt needs none"
        )
    return bounds


def is_unimodular(matrix: Floats) -> bool:
    """Say whether Heller and Tompkins' test finds the matrix totally unimodular.

    The test is sufficient: entries are 0, 1 and -1, at most two per column, and the rows
    fall into two classes so that the two entries of a column lie in different classes if
    their signs are equal, and in the same class if not. The transpose is tried as well.
    """
    if not np.isin(matrix, (-1.0, 0.0, 1.0)).all():
        return False
    return _two_classes(matrix.T) or _two_classes(matrix)


def _two_classes(lines: Iterable[Floats]) -> bool:
    """Say whether the two classes exist; ``lines`` are the columns of the test."""
    neighbours: dict[int, list[tuple[int, int]]] = {}
    for line in lines:
        entries = np.flatnonzero(line).tolist()
        if len(entries) > 2:
            return False
        if len(entries) == 2:
            first, second = entries
            differ = int(line[first] == line[second])
            neighbours.setdefault(first, []).append((second, differ))
            neighbours.setdefault(second, []).append((first, differ))
    class_of: dict[int, int] = {}
    for root in neighbours:
        if root in class_of:
            continue
        class_of[root], stack = 0, [root]
        while stack:
            index = stack.pop()
            for neighbour, differ in neighbours[index]:
                required = class_of[index] ^ differ
                if neighbour not in class_of:
                    class_of[neighbour] = required
                    stack.append(neighbour)
                elif class_of[neighbour] != required:
                    return False
    return True
