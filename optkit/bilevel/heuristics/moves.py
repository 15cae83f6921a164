"""Decisions near another one: some linking columns have other values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats

PAIRS_PER_COLUMN = 4
"""Pairs of columns that are moved together, per linking column."""

_Move = tuple[int, float]
"""Position of a linking column among the upper columns, and its new value."""


def decisions_around(
    problem: ProblemData,
    decision: Floats,
    rng: np.random.Generator,
    *,
    jumps: bool = False,
) -> Iterator[Floats]:
    """Yield decisions that differ in one linking column, then some that differ in two.

    Parameters
    ----------
    problem
        The bilevel program.
    decision
        Values of the leader's columns, shape (upper columns,).
    rng
        Shuffles the moves.
    jumps
        Whether integer columns move to any value within their bounds, too, not only by one.
    """
    moves = [*_moves(problem, decision, rng, jumps)]
    for k in rng.permutation(len(moves)):
        yield _moved(decision, moves[k])
    for _ in range(PAIRS_PER_COLUMN * len(problem.linking) if len(moves) > 1 else 0):
        first, second = rng.choice(len(moves), 2, replace=False)
        if moves[first][0] != moves[second][0]:
            yield _moved(decision, moves[first], moves[second])


def _moves(
    problem: ProblemData, decision: Floats, rng: np.random.Generator, jumps: bool
) -> Iterator[_Move]:
    for position, j in zip(problem.linking_positions, problem.linking, strict=True):
        value = float(decision[position])
        low, high = float(problem.column_lower[j]), float(problem.column_upper[j])
        for moved in (value - 1.0, value + 1.0):
            if low <= moved <= high:
                yield int(position), moved
        if jumps and problem.integer[j] and 2.0 < high - low < 1e9:
            yield int(position), float(rng.integers(int(low), int(high) + 1))


def _moved(decision: Floats, *moves: _Move) -> Floats:
    moved = decision.copy()
    for position, value in moves:
        moved[position] = value
    return moved + 0.0
