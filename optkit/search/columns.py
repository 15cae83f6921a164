"""Columns of bits, and how many bits of each may be open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints

Bits = Bools
"""A solution: whether each bit is open, shape (bits,)."""


@dataclass(frozen=True, eq=False)
class Columns:
    """The grouping of bits into columns.

    Parameters
    ----------
    first
        First bit of each column, and the number of bits at the end; shape (C + 1,).
    least, most
        Open bits allowed in each column; shape (C,).

    Raises
    ------
    ValueError
        If a column is empty, or no number of open bits is allowed in it.
    """

    first: Ints
    least: Ints
    most: Ints

    def __post_init__(self) -> None:
        sizes = np.diff(self.first)
        if len(sizes) != len(self.least) or len(sizes) != len(self.most):
            raise ValueError(
                f"columns: {len(sizes)} columns, {len(self.least)} least and"
                f" {len(self.most)} most numbers; give one of each per column."
            )
        wrong = np.flatnonzero(
            (sizes < 1)
            | (self.least < 0)
            | (self.least > self.most)
            | (self.most > sizes)
        )
        if len(self.first) and self.first[0] != 0:
            raise ValueError(
                f"columns: the first bit is {self.first[0]}; it must be 0."
            )
        if len(wrong):
            column = wrong[0]
            raise ValueError(
                f"column {column}: {sizes[column]} bits, of which {self.least[column]} to"
                f" {self.most[column]} open; it must be 0 ≤ least ≤ most ≤ bits and"
                " bits ≥ 1."
            )

    @classmethod
    def of(
        cls, sizes: Iterable[int], least: int = 0, most: int | None = None
    ) -> Columns:
        """Return columns of the given sizes with the same limits for all.

        Parameters
        ----------
        sizes
            Number of bits of each column.
        least, most
            Open bits allowed; a ``most`` of None allows all.
        """
        widths = np.array(list(sizes), dtype=np.int64)
        first = np.concatenate(([0], np.cumsum(widths))).astype(np.int64)
        highest = widths if most is None else np.minimum(widths, most)
        return cls(first, np.full(len(widths), least, dtype=np.int64), highest)

    @property
    def size(self) -> int:
        """Number of bits."""
        return int(self.first[-1])

    def __len__(self) -> int:
        return len(self.least)

    def movable(self) -> Ints:
        """Return the columns in which more than one choice is legal."""
        sizes = np.diff(self.first)
        fixed = (self.least == sizes) | (self.most == 0)
        return np.flatnonzero(~fixed).astype(np.int64)

    def counts(self, bits: Bits) -> Ints:
        """Return the number of open bits in each column."""
        if not len(self):
            return np.zeros(0, dtype=np.int64)
        return np.add.reduceat(bits, self.first[:-1], dtype=np.int64)

    def legal(self, bits: Bits) -> bool:
        """Say whether the number of open bits is allowed in each column."""
        counts = self.counts(bits)
        return bool(np.all((counts >= self.least) & (counts <= self.most)))

    def fit(self, bits: Bits, priority: Floats) -> None:
        """Close or open bits, in place, until every column is legal.

        Parameters
        ----------
        bits
            The solution.
        priority
            Bits of low priority are closed first, those of high priority opened first;
            shape of ``bits``.
        """
        counts = self.counts(bits)
        for index in np.flatnonzero((counts < self.least) | (counts > self.most)):
            low, high = self.first[index], self.first[index + 1]
            column, rank = bits[low:high], priority[low:high]
            surplus = int(counts[index] - self.most[index])
            if surplus > 0:
                opened = np.flatnonzero(column)
                lowest = np.argsort(rank[opened], kind="stable")[:surplus]
                column[opened[lowest]] = False
            else:
                closed = np.flatnonzero(~column)
                missing = int(self.least[index] - counts[index])
                highest = np.argsort(-rank[closed], kind="stable")[:missing]
                column[closed[highest]] = True

    def draw(self, odds: Floats, rng: np.random.Generator) -> Bits:
        """Return a random legal solution, given the probability that each bit is open.

        Each bit is drawn independently, and columns with too many or too few open bits
        are repaired by the odds. Where exactly one bit must be open, one is drawn in
        proportion to the odds instead: with independent draws, an exchange there would
        need two rare draws at once.

        Parameters
        ----------
        odds
            Probability that a bit is open, in (0, 1), shape (bits,).
        rng
            Source of randomness.
        """
        drawn = rng.random(len(odds))
        bits: Bits = drawn < odds
        single = np.flatnonzero((self.least == 1) & (self.most == 1))
        if len(single):
            widths = np.diff(self.first)
            column = np.repeat(np.arange(len(self)), widths)
            within = np.flatnonzero(np.isin(column, single))
            bits[within] = False
            # The greatest of log odds plus Gumbel noise is a draw in proportion to odds.
            keys = np.log(odds[within]) - np.log(
                -np.log(np.maximum(drawn[within], 1e-300))
            )
            order = within[np.lexsort((keys, column[within]))]
            bits[order[np.cumsum(widths[single]) - 1]] = True
        self.fit(bits, odds - drawn)
        return bits

    def random(self, rng: np.random.Generator) -> Bits:
        """Return a random legal solution: the number of open bits first, then which."""
        bits = np.zeros(self.size, dtype=np.bool_)
        for column in range(len(self)):
            low, high = int(self.first[column]), int(self.first[column + 1])
            opened = int(rng.integers(self.least[column], self.most[column] + 1))
            bits[low + rng.permutation(high - low)[:opened]] = True
        return bits
