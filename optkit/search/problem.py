"""The interface between engines and problems: bits in columns, and scores of solutions.

A solution is a vector of bits. The bits are grouped in columns: a column is a set of
alternatives, of which at least ``least`` and at most ``most`` are open. A move flips few
bits: it opens a bit, closes one, or exchanges an open bit for a closed one of the same
column.
"""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from optkit.search.columns import Bits, Columns

Flips: TypeAlias = tuple[int, ...]
"""A move: the bits that it flips, in ascending order, each once."""

IMPROVEMENT = 1e-12
"""Relative difference below which two values count as equal.

The same solution evaluated by increments and as a whole differs by rounding, which a
search must not take for progress.
"""


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a solution: less violation is better, then less value.

    Parameters
    ----------
    violation
        Distance from feasibility; 0 for a feasible solution.
    value
        The objective, minimised; for an infeasible solution, any number that guides the
        search.
    levels
        The objectives of the levels that ``value`` is made of, if there are several.
    """

    violation: float
    value: float
    levels: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if math.isnan(self.value) or not self.violation >= 0.0:
            raise ValueError(
                f"score: violation {self.violation!r}, value {self.value!r}; a violation"
                " is 0 or more, and neither is NaN."
            )

    @property
    def feasible(self) -> bool:
        """Whether the solution is feasible."""
        return self.violation == 0.0

    def better_than(self, other: Score) -> bool:
        """Say whether this score is better than ``other`` by more than rounding."""
        if self.violation != other.violation:
            return self.violation < other.violation
        return less(self.value, other.value)


def less(value: float, other: float) -> bool:
    """Say whether ``value`` is less than ``other`` by more than rounding."""
    if math.isinf(other):
        return value < other
    return value < other - IMPROVEMENT * abs(other)


class Walk(Protocol):
    """A current solution whose neighbours can be scored."""

    @property
    def bits(self) -> Bits:
        """The current solution; read only."""

    @property
    def score(self) -> Score:
        """Score of the current solution."""

    def trial(self, flips: Flips) -> Score:
        """Return the score of a neighbour; the walk stays where it is."""

    def apply(self, flips: Flips, score: Score) -> None:
        """Go to the neighbour.

        Parameters
        ----------
        flips
            The move; it must have been tried from the current solution.
        score
            The score that :meth:`trial` returned for it.
        """


class BinaryProblem(abc.ABC):
    """A choice of bits in columns.

    A subclass provides :attr:`columns` and :meth:`evaluate`. The other methods have
    defaults, which a subclass overrides where it can do better.
    """

    columns: Columns

    @abc.abstractmethod
    def evaluate(self, bits: Bits) -> Score:
        """Return the score of a legal solution, within 50 ms."""

    def walk(self, bits: Bits) -> Walk:
        """Return a walk that stands at ``bits``; overridden where increments are cheaper.

        Making the walk evaluates ``bits``.
        """
        return PlainWalk(self, bits)

    def start(self, rng: np.random.Generator) -> Bits:
        """Return a first solution; overridden where a good one is known."""
        return self.sample(rng)

    def sample(self, rng: np.random.Generator) -> Bits:
        """Return a random legal solution."""
        bits = self.columns.random(rng)
        self.repair(bits, rng)
        return bits

    def repair(self, bits: Bits, rng: np.random.Generator) -> None:  # noqa: B027
        """Bring a legal solution closer to feasibility, in place; it stays legal.

        By default nothing is done, which is right where every legal solution is feasible.
        """

    def correct(self, bits: Bits, flips: Flips) -> Flips:
        """Return a move that extends ``flips`` and repairs what ``flips`` breaks.

        Every move that an engine draws is corrected here, so all engines move alike. The
        result contains the bits of ``flips``, keeps columns legal, and ``bits`` is not
        changed.

        Parameters
        ----------
        bits
            The current solution.
        flips
            A move that keeps columns legal.
        """
        return flips


class PlainWalk:
    """A walk that evaluates each neighbour from scratch.

    Parameters
    ----------
    problem
        The problem.
    bits
        The current solution; copied.
    """

    def __init__(self, problem: BinaryProblem, bits: Bits) -> None:
        self._problem = problem
        self.bits = bits.copy()
        self.score = problem.evaluate(self.bits)

    def trial(self, flips: Flips) -> Score:
        """Return the score of a neighbour; the walk stays where it is."""
        flip(self.bits, flips)
        score = self._problem.evaluate(self.bits)
        flip(self.bits, flips)
        return score

    def apply(self, flips: Flips, score: Score) -> None:
        """Go to the neighbour."""
        flip(self.bits, flips)
        self.score = score


def flip(bits: Bits, flips: Flips) -> None:
    """Flip bits in place."""
    for bit in flips:
        bits[bit] = not bits[bit]
