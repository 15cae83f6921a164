"""The neighbourhood that all engines share: open a bit, close one, exchange two."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.search.columns import Bits
from optkit.search.problem import BinaryProblem, Flips, flip

_TRIES = 64
"""Attempts at a compound move whose parts do not cancel each other."""


class Neighbourhood:
    """Random moves that leave every column legal.

    First a column is drawn, by the weights of its bits; then one of the kinds of move that
    are legal there, all equally likely; then the bits to flip, by their weights.

    Parameters
    ----------
    problem
        Has the columns, and corrects every move.
    rng
        The only source of randomness.
    weights
        Positive weights of the bits, read at each draw; None for equal weights.
    heaviest
        Upper bound on the weights.
    """

    def __init__(
        self,
        problem: BinaryProblem,
        rng: np.random.Generator,
        weights: Floats | None = None,
        heaviest: float = 1.0,
    ) -> None:
        columns = problem.columns
        self._correct = problem.correct
        self._random: Callable[[], float] = rng.random
        self._weights = weights
        self._heaviest = heaviest
        movable = columns.movable()
        widths = np.diff(columns.first)[movable]
        # The bits of movable columns, and the column of each.
        self._columns: list[int] = np.repeat(movable, widths).tolist()
        self._bits: list[int] = [
            bit
            for column in movable
            for bit in range(int(columns.first[column]), int(columns.first[column + 1]))
        ]
        self._first: list[int] = columns.first.tolist()
        self._least: list[int] = columns.least.tolist()
        self._most: list[int] = columns.most.tolist()

    @property
    def empty(self) -> bool:
        """Whether there are no moves at all."""
        return not self._bits

    @property
    def size(self) -> int:
        """Number of bits that some move flips."""
        return len(self._bits)

    def draw(self, bits: Bits) -> Flips:
        """Return a random move from the legal solution ``bits``, corrected."""
        return self._correct(bits, self._uncorrected(bits))

    def _uncorrected(self, bits: Bits) -> Flips:
        index = self._draw_column()
        low, high = self._first[index], self._first[index + 1]
        column = bits[low:high]
        opened = column.nonzero()[0]
        count, width = len(opened), high - low
        kinds = []
        if 0 < count < width:
            kinds.append("exchange")
        if count > self._least[index]:
            kinds.append("close")
        if count < self._most[index]:
            kinds.append("open")
        kind = kinds[int(self._random() * len(kinds))]
        if kind == "close":
            return (low + self._draw_bit(opened, low),)
        closed = (~column).nonzero()[0]
        opens = low + self._draw_bit(closed, low)
        if kind == "open":
            return (opens,)
        closes = low + self._draw_bit(opened, low)
        return (opens, closes) if opens < closes else (closes, opens)

    def compound(self, bits: Bits, moves: int) -> Flips:
        """Return ``moves`` random moves in a row as a single move, corrected.

        Some may undo others. If all cancel out, again and again, a single move is drawn.
        """
        if moves == 1:
            return self.draw(bits)
        scratch = bits.copy()
        for _ in range(_TRIES):
            flipped: set[int] = set()
            for _ in range(moves):
                flips = self._uncorrected(scratch)
                flip(scratch, flips)
                flipped.symmetric_difference_update(flips)
            if flipped:
                return self._correct(bits, tuple(sorted(flipped)))
            # The moves cancelled out, so ``scratch`` equals ``bits`` again.
        return self.draw(bits)

    def sample(self, bits: Bits, count: int) -> list[Flips]:
        """Return up to ``count`` different random moves, in the order drawn."""
        drawn: dict[Flips, None] = {}
        for _ in range(2 * count):
            drawn[self.draw(bits)] = None
            if len(drawn) == count:
                break
        return list(drawn)

    def _draw_column(self) -> int:
        """Draw a column by the weights of its bits."""
        size, weights = len(self._bits), self._weights
        while True:
            index = int(self._random() * size)
            # Rejection is cheaper than a cumulative sum over all bits at each draw.
            if (
                weights is None
                or self._random() * self._heaviest <= weights[self._bits[index]]
            ):
                return self._columns[index]

    def _draw_bit(self, offsets: Ints, low: int) -> int:
        """Draw one of the ``offsets`` within the column that begins at ``low``."""
        if len(offsets) == 1:
            return int(offsets[0])
        if self._weights is None:
            return int(offsets[int(self._random() * len(offsets))])
        sums = np.cumsum(self._weights[low + offsets])
        index = int(np.searchsorted(sums, self._random() * sums[-1], side="right"))
        return int(offsets[min(index, len(offsets) - 1)])
