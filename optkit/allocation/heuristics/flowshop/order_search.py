"""Local search on the order of one subtree for true times."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from optkit.core.arrays import Ints

IMPROVES = 1e-12
"""Least relative improvement: rounding must not send the search in circles."""


class FlowShopSearch:
    """First-improvement search: one server is sent elsewhere, or two change places.

    Parameters
    ----------
    value
        What an order is worth; more is better.
    order
        Where to start, shape (n,).
    """

    def __init__(self, value: Callable[[Ints], float], order: Ints) -> None:
        self._value_of = value
        self.order = np.array(order, dtype=np.int64)
        self.value = value(self.order)
        self.complete = False
        self._steps = self._climb()

    def advance(self, most: int) -> int:
        """Evaluate up to ``most`` neighbours; return how many were."""
        used = 0
        while used < most and not self.complete:
            if next(self._steps, None) is None:
                self.complete = True
            else:
                used += 1
        return used

    def _climb(self) -> Iterator[float]:
        """Yield the value of one neighbour after the other; keep what is better.

        The moves are gone through in a circle, and the search ends once all of them in a
        row have brought nothing.
        """
        moves = list(_moves(len(self.order)))
        trial = self.order.copy()
        since, number = 0, 0
        while since < len(moves):
            source, target, exchange = moves[number]
            trial[:] = self.order
            if exchange:
                trial[source], trial[target] = trial[target], trial[source]
            elif source < target:
                trial[source:target] = self.order[source + 1 : target + 1]
                trial[target] = self.order[source]
            else:
                trial[target + 1 : source + 1] = self.order[target:source]
                trial[target] = self.order[source]
            found = self._value_of(trial)
            since += 1
            number = (number + 1) % len(moves)
            if found > self.value * (1.0 + IMPROVES):
                self.value = found
                self.order[:] = trial
                since = 0
            yield found


def _moves(n: int) -> Iterator[tuple[int, int, bool]]:
    """Yield (from, to, exchange?), each neighbour once."""
    for source in range(n):
        for target in range(n):
            if target not in (source, source - 1):
                yield source, target, False
    for source in range(n):
        for target in range(source + 2, n):
            yield source, target, True
