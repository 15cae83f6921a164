"""Local search on the order of one subtree for true times."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from optkit.core.arrays import Ints

IMPROVES = 1e-12
"""Least relative improvement, so that rounding does not send the search in circles."""


class FlowShopSearch:
    """First-improvement search: move one server, or exchange two.

    Parameters
    ----------
    value
        Returns what an order is worth; more is better.
    order
        Where to start, shape (n,).
    """

    def __init__(self, value: Callable[[Ints], float], order: Ints) -> None:
        self._value_of = value
        self.order = np.array(order, dtype=np.int64)
        self.value = value(self.order)
        self.complete = False
        self._steps = self._climb()

    def advance(self, neighbours: int) -> int:
        """Evaluate up to ``neighbours`` neighbours; return how many it evaluated."""
        evaluated = 0
        while evaluated < neighbours and not self.complete:
            if next(self._steps, None) is None:
                self.complete = True
            else:
                evaluated += 1
        return evaluated

    def _climb(self) -> Iterator[float]:
        """Yield the value of one neighbour after the other; keep the better ones.

        The moves are tried in a circle, and the search ends once all of them in a row have
        improved nothing.
        """
        moves = list(_moves(len(self.order)))
        trial = self.order.copy()
        unchanged, number = 0, 0
        while unchanged < len(moves):
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
            value = self._value_of(trial)
            unchanged += 1
            number = (number + 1) % len(moves)
            if value > self.value * (1.0 + IMPROVES):
                self.value = value
                self.order[:] = trial
                unchanged = 0
            yield value


def _moves(n: int) -> Iterator[tuple[int, int, bool]]:
    """Yield (from, to, exchange?), each neighbour once."""
    for source in range(n):
        for target in range(n):
            if target not in (source, source - 1):
                yield source, target, False
    for source in range(n):
        for target in range(source + 2, n):
            yield source, target, True
