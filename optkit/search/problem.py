"""What the engines ask of a problem: bits in columns, and what a choice of bits is worth.

A solution is a vector of bits. The bits stand in columns, and each column says how many
of its bits may be open: a column is a group of alternatives, of which at least ``least``
and at most ``most`` are taken. A move flips few bits: it opens one, closes one, or
exchanges an open one for a closed one of the same column.
"""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from optkit.search.columns import Bits, Columns

Flips: TypeAlias = tuple[int, ...]
"""A move: the bits that it flips, rising, each once."""

IMPROVEMENT = 1e-12
"""Relative difference below which two values count as equal.

An increment and a whole evaluation of one solution differ by rounding; without it a
search would take that for progress.
"""


@dataclass(frozen=True, slots=True)
class Score:
    """What a solution is worth; less violation first, then less value.

    Parameters
    ----------
    violation
        How far it is from feasible; 0 where it is feasible.
    value
        The objective, minimised; with a violation, any figure that guides.
    levels
        The objectives of the levels that make up ``value``, where there are several.
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
        """Whether nothing is violated."""
        return self.violation == 0.0

    def better_than(self, other: Score) -> bool:
        """Say whether this is worth more than ``other``, beyond rounding."""
        if self.violation != other.violation:
            return self.violation < other.violation
        return less(self.value, other.value)


def less(one: float, other: float) -> bool:
    """Say whether ``one`` is less than ``other`` by more than rounding."""
    if math.isinf(other):
        return one < other
    return one < other - IMPROVEMENT * abs(other)


class Walk(Protocol):
    """A solution that knows what its neighbours are worth."""

    @property
    def bits(self) -> Bits:
        """The solution; read only."""

    @property
    def score(self) -> Score:
        """What it is worth."""

    def trial(self, flips: Flips) -> Score:
        """Return what the neighbour is worth; stay."""

    def apply(self, flips: Flips, score: Score) -> None:
        """Go to the neighbour.

        Parameters
        ----------
        flips
            The move; it was tried before from here.
        score
            What :meth:`trial` returned for it.
        """


class BinaryProblem(abc.ABC):
    """A choice of bits in columns.

    A subclass gives :attr:`columns` and :meth:`evaluate`; the rest has defaults that are
    right, and better ones where the problem knows more.
    """

    columns: Columns

    @abc.abstractmethod
    def evaluate(self, bits: Bits) -> Score:
        """Return what a legal solution is worth; 50 ms is the most it may take."""

    def walk(self, bits: Bits) -> Walk:
        """Return a walk that stands at ``bits``; overridden where increments are cheaper.

        Making one evaluates the solution.
        """
        return PlainWalk(self, bits)

    def start(self, rng: np.random.Generator) -> Bits:
        """Return where a search begins; overridden where something good is known."""
        return self.sample(rng)

    def sample(self, rng: np.random.Generator) -> Bits:
        """Return a random legal solution, another one each time."""
        bits = self.columns.random(rng)
        self.repair(bits, rng)
        return bits

    def repair(self, bits: Bits, rng: np.random.Generator) -> None:  # noqa: B027
        """Bring a legal solution nearer to feasible, in place; it stays legal.

        Where legal means feasible there is nothing to do, and nothing is done here.
        """

    def correct(self, bits: Bits, flips: Flips) -> Flips:
        """Return a move that does what ``flips`` does and mends what that breaks.

        Every move that an engine draws passes here, so all of them move alike. It must
        not flip back what ``flips`` flips, keep columns legal, and leave ``bits`` alone.

        Parameters
        ----------
        bits
            The solution that the move starts from.
        flips
            A move that keeps columns legal.
        """
        return flips


class PlainWalk:
    """A walk that evaluates each neighbour as a whole.

    Parameters
    ----------
    problem
        The problem.
    bits
        Where it stands; copied.
    """

    def __init__(self, problem: BinaryProblem, bits: Bits) -> None:
        self._problem = problem
        self.bits = bits.copy()
        self.score = problem.evaluate(self.bits)

    def trial(self, flips: Flips) -> Score:
        """Return what the neighbour is worth; stay."""
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
    for e in flips:
        bits[e] = not bits[e]
