"""Recognise interdiction: the leader forbids columns, and gains what the follower loses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.bilevel.problem.problem_data import ProblemData, csr_row
from optkit.core.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class InterdictionStructure:
    """The structure that :func:`interdiction` recognised.

    Parameters
    ----------
    leader
        Indices of the leader's binary columns that forbid something. A column appears once
        per column that it forbids.
    follower
        Positions, among the lower columns, of the columns they forbid, shape of ``leader``.
    remaining_bound
        Upper bound of the follower's column while it is forbidden, shape of ``leader``.
    rows
        Indices of the follower's other rows: ``<=`` with non-negative coefficients, ``>=``
        with non-positive ones.
    scale
        The leader minimises this positive number times what the follower maximises, plus
        costs of its own columns.
    """

    leader: Ints
    follower: Ints
    remaining_bound: Floats
    rows: Ints
    scale: float


def interdiction(problem: ProblemData) -> InterdictionStructure | str:
    """Return the interdiction structure of a problem, or why it has none."""
    lower, upper = problem.lower, problem.upper
    follower, leader = problem.follower_cost[lower], problem.cost[lower]
    scale = _opposite(follower, leader)
    if scale is None:
        return "the leader's goal is not the opposite of the follower's"
    if problem.matrix[problem.upper_rows][:, lower].nnz:
        return "the leader's rows hold the follower's columns"
    forbidden: list[tuple[int, int, float]] = []
    rows: list[int] = []
    for i, row in enumerate(problem.lower_rows.tolist()):
        name = problem.instance.rows[row].id
        columns, a = csr_row(problem.linking_matrix, i)
        positions, b = csr_row(problem.follower_matrix, i)
        low, high = problem.row_lower[row], problem.row_upper[row]
        if not len(columns):
            if (np.isfinite(high) and (b < 0).any()) or (
                np.isfinite(low) and (b > 0).any()
            ):
                return (
                    f"row {name!r} may break when the follower does without something"
                )
            rows.append(row)
            continue
        if np.isfinite(low) and not np.isfinite(high):
            a, b, low, high = -a, -b, -high, -low
        if (
            len(columns) != 1
            or len(positions) != 1
            or np.isfinite(low)
            or b[0] <= 0
            or a[0] <= 0
        ):
            return f"row {name!r} is not of the form y <= u (1 - x)"
        j, position = int(upper[columns[0]]), int(positions[0])
        k = lower[position]
        if (
            not problem.integer[j]
            or problem.column_lower[j] < 0
            or problem.column_upper[j] > 1
        ):
            return f"column {problem.names[j]!r} forbids, and is not binary"
        remaining, full = (high - a[0]) / b[0], high / b[0]
        if problem.integer[k]:
            remaining, full = np.floor(remaining + 1e-9), np.floor(full + 1e-9)
        if remaining < problem.column_lower[k]:
            return f"forbidding by {problem.names[j]!r} leaves the follower no value"
        if full < problem.column_upper[k]:
            return f"row {name!r} binds though nothing is forbidden"
        forbidden.append((j, position, float(remaining)))
    if not forbidden:
        return "the leader forbids nothing"
    return InterdictionStructure(
        leader=np.array([j for j, _, _ in forbidden]),
        follower=np.array([position for _, position, _ in forbidden]),
        remaining_bound=np.array([remaining for _, _, remaining in forbidden]),
        rows=np.array(rows, dtype=np.int64),
        scale=scale,
    )


def _opposite(follower: Floats, leader: Floats) -> float | None:
    """Return the positive s with ``leader = -s * follower``; None if there is none."""
    active = np.flatnonzero(follower)
    if not len(active):
        return None
    scale = -float(leader[active[0]] / follower[active[0]])
    if scale <= 0.0 or not np.allclose(leader, -scale * follower, rtol=1e-12, atol=0.0):
        return None
    return scale
