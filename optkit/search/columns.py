"""Columns of bits, and how many of each may be open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Bits: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Columns:
    """How the bits are grouped.

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
                f" {len(self.most)} most numbers; give one of each a column."
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
            c = wrong[0]
            raise ValueError(
                f"column {c}: {sizes[c]} bits, of which {self.least[c]} to"
                f" {self.most[c]} open; 0 ≤ least ≤ most ≤ bits and bits ≥ 1 must hold."
            )

    @classmethod
    def of(
        cls, sizes: Iterable[int], least: int = 0, most: int | None = None
    ) -> Columns:
        """Return columns of the given sizes with the same numbers for all.

        Parameters
        ----------
        sizes
            Bits of each column.
        least, most
            Open bits allowed; None for all.
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
        """Say whether each column has a number of open bits that it allows."""
        counts = self.counts(bits)
        return bool(np.all((counts >= self.least) & (counts <= self.most)))

    def fit(self, bits: Bits, priority: Floats) -> None:
        """Close or open bits, in place, until every column is legal.

        Parameters
        ----------
        bits
            The solution.
        priority
            The least is closed first, the greatest opened first; shape of ``bits``.
        """
        counts = self.counts(bits)
        for c in np.flatnonzero((counts < self.least) | (counts > self.most)):
            low, high = self.first[c], self.first[c + 1]
            column, worth = bits[low:high], priority[low:high]
            surplus = int(counts[c] - self.most[c])
            if surplus > 0:
                opened = np.flatnonzero(column)
                column[opened[np.argsort(worth[opened], kind="stable")[:surplus]]] = (
                    False
                )
            else:
                closed = np.flatnonzero(~column)
                missing = int(self.least[c] - counts[c])
                best = np.argsort(-worth[closed], kind="stable")[:missing]
                column[closed[best]] = True

    def draw(self, odds: Floats, rng: np.random.Generator) -> Bits:
        """Return a legal solution in which bits are open by their odds.

        Each bit is drawn by itself, and columns with too many or too few open bits are
        mended by the odds. Where exactly one bit must be open, one is drawn in proportion
        to the odds instead: drawn by themselves, an exchange there would need two rare
        draws at once.

        Parameters
        ----------
        odds
            Probability that a bit is open, in (0, 1), shape (bits,).
        rng
            The source of randomness.
        """
        drawn = rng.random(len(odds))
        bits: Bits = drawn < odds
        lone = np.flatnonzero((self.least == 1) & (self.most == 1))
        if len(lone):
            widths = np.diff(self.first)
            column = np.repeat(np.arange(len(self)), widths)
            among = np.flatnonzero(np.isin(column, lone))
            bits[among] = False
            # The greatest of log odds plus Gumbel noise is a draw in proportion to odds.
            keys = np.log(odds[among]) - np.log(
                -np.log(np.maximum(drawn[among], 1e-300))
            )
            order = among[np.lexsort((keys, column[among]))]
            bits[order[np.cumsum(widths[lone]) - 1]] = True
        self.fit(bits, odds - drawn)
        return bits

    def random(self, rng: np.random.Generator) -> Bits:
        """Return a legal solution: in each column any legal number, then any bits."""
        bits = np.zeros(self.size, dtype=np.bool_)
        for c in range(len(self)):
            low, high = int(self.first[c]), int(self.first[c + 1])
            opened = int(rng.integers(self.least[c], self.most[c] + 1))
            bits[low + rng.permutation(high - low)[:opened]] = True
        return bits
