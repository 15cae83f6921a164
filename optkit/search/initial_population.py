"""The first members of a population."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optkit.search.columns import Bits
from optkit.search.problem import BinaryProblem


def initial_population(
    problem: BinaryProblem, rng: np.random.Generator, size: int, start: Bits | None
) -> Iterator[Bits]:
    """Yield the start, then random samples of the problem.

    Parameters
    ----------
    problem
        The problem.
    rng
        Source of randomness.
    size
        Number of solutions.
    start
        The first solution; None for the problem's own start.
    """
    yield problem.start(rng) if start is None else start.copy()
    for _ in range(size - 1):
        yield problem.sample(rng)
