"""Recognising interdiction: the leader forbids, the follower loses, nothing else counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.bilevel.problem.problem_data import Problem
from optkit.core.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class InterdictionStructure:
    """What :func:`interdiction` recognised.

    Parameters
    ----------
    leader
        The leader's binary columns that forbid something, indices into the problem's.
    place
        What each forbids: its place among the lower columns. A column may stand in
        ``leader`` several times, with several of the follower's.
    rest
        What a forbidden column is still allowed, shape of ``leader``.
    rows
        The follower's other rows, indices into the problem's: ``<=`` with non-negative
        coefficients, ``>=`` with non-positive ones.
    scale
        The leader minimises this positive number times what the follower maximises, plus
        costs of its own columns.
    """

    leader: Ints
    place: Ints
    rest: Floats
    rows: Ints
    scale: float


def interdiction(problem: Problem) -> InterdictionStructure | str:
    """Return the interdiction structure of a problem, or why it has none."""
    lower, upper = problem.lower, problem.upper
    follower, leader = problem.follower_cost[lower], problem.cost[lower]
    scale = _opposite(follower, leader)
    if scale is None:
        return "the leader's goal is not the opposite of the follower's"
    if problem.matrix[np.flatnonzero(~problem.row_is_lower)][:, lower].nnz:
        return "the leader's rows hold the follower's columns"
    found: list[tuple[int, int, float]] = []
    rows: list[int] = []
    links, own = problem.linking_matrix, problem.follower_matrix
    for i, row in enumerate(problem.lower_rows.tolist()):
        name = problem.instance.rows[row].id
        columns, a = _row(links, i)
        places, b = _row(own, i)
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
            or len(places) != 1
            or np.isfinite(low)
            or b[0] <= 0
            or a[0] <= 0
        ):
            return f"row {name!r} is not of the form y <= u (1 - x)"
        j, place = int(upper[columns[0]]), int(places[0])
        if (
            not problem.integer[j]
            or problem.column_lower[j] < 0
            or problem.column_upper[j] > 1
        ):
            return f"column {problem.names[j]!r} forbids, and is not binary"
        rest, most = (high - a[0]) / b[0], high / b[0]
        if problem.integer[lower[place]]:
            rest, most = np.floor(rest + 1e-9), np.floor(most + 1e-9)
        if rest < problem.column_lower[lower[place]]:
            return f"forbidding by {problem.names[j]!r} leaves the follower no value"
        if most < problem.column_upper[lower[place]]:
            return f"row {name!r} binds though nothing is forbidden"
        found.append((j, place, float(rest)))
    if not found:
        return "the leader forbids nothing"
    return InterdictionStructure(
        leader=np.array([j for j, _, _ in found]),
        place=np.array([place for _, place, _ in found]),
        rest=np.array([rest for _, _, rest in found]),
        rows=np.array(rows, dtype=np.int64),
        scale=scale,
    )


def _row(matrix: object, i: int) -> tuple[Ints, Floats]:
    span = slice(matrix.indptr[i], matrix.indptr[i + 1])  # type: ignore[attr-defined]
    return matrix.indices[span], matrix.data[span]  # type: ignore[attr-defined]


def _opposite(follower: Floats, leader: Floats) -> float | None:
    """Return the positive s with ``leader = -s follower``; None if there is none."""
    active = np.flatnonzero(follower)
    if not len(active):
        return None
    scale = -float(leader[active[0]] / follower[active[0]])
    if scale <= 0.0 or not np.allclose(leader, -scale * follower, rtol=1e-12, atol=0.0):
        return None
    return scale
