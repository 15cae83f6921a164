"""The neighbourhood that all engines share: open a bit, close one, exchange two."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optkit.search.columns import Bits, Floats, Ints
from optkit.search.problem import BinaryProblem, Flips, flip

_TRIES = 64
"""Draws after which a move that cancels itself is given up."""


class Neighbourhood:
    """Draws random moves that leave every column legal.

    A column is drawn by the weights of its bits, a kind of move evenly among those that
    are legal there, and the bits by their weights among those that the kind can flip.

    Parameters
    ----------
    problem
        Gives the columns, and corrects every move.
    rng
        The one source of randomness.
    weights
        Positive weights of the bits, read at each draw; None for equal ones.
    heaviest
        A number that no weight exceeds.
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
        # Bits of movable columns, and the columns that they stand in.
        self._columns: list[int] = np.repeat(movable, widths).tolist()
        self._bits: list[int] = [
            e
            for c in movable
            for e in range(int(columns.first[c]), int(columns.first[c + 1]))
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
        return self._correct(bits, self._drawn(bits))

    def _drawn(self, bits: Bits) -> Flips:
        c = self._column()
        low, high = self._first[c], self._first[c + 1]
        column = bits[low:high]
        opened = column.nonzero()[0]
        count, width = len(opened), high - low
        kinds = []
        if 0 < count < width:
            kinds.append("exchange")
        if count > self._least[c]:
            kinds.append("close")
        if count < self._most[c]:
            kinds.append("open")
        kind = kinds[int(self._random() * len(kinds))]
        if kind == "close":
            return (low + self._pick(opened, low),)
        closed = (~column).nonzero()[0]
        e = low + self._pick(closed, low)
        if kind == "open":
            return (e,)
        f = low + self._pick(opened, low)
        return (e, f) if e < f else (f, e)

    def compound(self, bits: Bits, moves: int) -> Flips:
        """Return ``moves`` random moves one after the other, as one, corrected.

        Some of them may undo others; where all do, again and again, a single one is drawn.
        """
        if moves == 1:
            return self.draw(bits)
        scratch = bits.copy()
        for _ in range(_TRIES):
            flipped: set[int] = set()
            for _ in range(moves):
                flips = self._drawn(scratch)
                flip(scratch, flips)
                flipped.symmetric_difference_update(flips)
            if flipped:
                return self._correct(bits, tuple(sorted(flipped)))
            # They undid each other, so ``scratch`` is ``bits`` again.
        return self.draw(bits)

    def sample(self, bits: Bits, count: int) -> list[Flips]:
        """Return up to ``count`` different random moves, in the order drawn."""
        drawn: dict[Flips, None] = {}
        for _ in range(2 * count):
            drawn[self.draw(bits)] = None
            if len(drawn) == count:
                break
        return list(drawn)

    def _column(self) -> int:
        """Return a column, by the weight of its bits."""
        size, weights = len(self._bits), self._weights
        while True:
            k = int(self._random() * size)
            # Rejection: cheaper than a cumulative sum over all bits at each draw.
            if (
                weights is None
                or self._random() * self._heaviest <= weights[self._bits[k]]
            ):
                return self._columns[k]

    def _pick(self, among: Ints, low: int) -> int:
        """Return one of the places ``among`` of the column that begins at ``low``."""
        if len(among) == 1:
            return int(among[0])
        if self._weights is None:
            return int(among[int(self._random() * len(among))])
        upto = np.cumsum(self._weights[low + among])
        k = int(np.searchsorted(upto, self._random() * upto[-1], side="right"))
        return int(among[min(k, len(among) - 1)])
