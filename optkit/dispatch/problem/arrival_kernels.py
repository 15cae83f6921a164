"""Compiled loops over laws of arrivals: how many jobs join a queue in each slot.

The law of one slot is (A + 1,): the probabilities of 0 … A joins, where A stands for A or
more. With A = 1 the probabilities of single joins are added up, to one at most: the
paper's approximation by one Bernoulli draw.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import loop


@loop(lambda law, chance: len(law))
def add_arrival(law: Any, chance: float) -> None:
    """Add an independent arrival of probability ``chance`` to a law, in place."""
    most = len(law) - 1
    if most == 1:
        law[1] = min(1.0, law[1] + chance)
        law[0] = 1.0 - law[1]
        return
    law[most] += law[most - 1] * chance
    for count in range(most - 1, 0, -1):
        law[count] = law[count] * (1.0 - chance) + law[count - 1] * chance
    law[0] *= 1.0 - chance


@loop(lambda laws, mass, alive, age: laws.size)
def add_job(laws: Any, mass: Any, alive: float, age: int) -> None:
    """Add the join of one job under way, in place.

    Parameters
    ----------
    laws
        (slots, A + 1): laws of the slots from now on.
    mass
        (Ξ + 1,): P(U = x) of its upload.
    alive, age
        P(U ≥ age), and the slots since its arrival.
    """
    if alive > 0.0:
        for slot in range(min(len(laws), len(mass) - age)):
            if mass[age + slot] > 0.0:
                add_arrival(laws[slot], mass[age + slot] / alive)


@loop(lambda laws, mass, rate, begin, end: laws.size * len(mass))
def add_source(laws: Any, mass: Any, rate: float, begin: int, end: int) -> None:
    """Add a source whose jobs join independently of one another, in place.

    Parameters
    ----------
    laws
        (slots, A + 1).
    mass
        (Ξ + 1,): P(U = x) of its uploads.
    rate
        Its arrival probability per slot.
    begin, end
        Its first slot, and the first slot in which it no longer sends; −1 for never.
    """
    longest = len(mass) - 1
    for slot in range(begin, len(laws)):
        first = 0 if end < 0 else max(0, slot - end + 1)
        for wait in range(first, min(slot - begin, longest) + 1):
            if mass[wait] > 0.0:
                add_arrival(laws[slot], rate * mass[wait])


@loop(lambda law, mass, rate: len(mass) * len(law))
def add_lasting_source(law: Any, mass: Any, rate: float) -> None:
    """Add a source that has been sending for long to the law of one slot, in place."""
    for wait in range(len(mass)):
        if mass[wait] > 0.0:
            add_arrival(law, rate * mass[wait])


@loop(lambda laws, reached, rate, begin, end: laws.size)
def add_merged_source(
    laws: Any, reached: Any, rate: float, begin: int, end: int
) -> None:
    """Add a source of which at most one job joins in a slot, in place.

    Parameters
    ----------
    laws
        (slots, A + 1).
    reached
        (Ξ + 1,): P(U ≤ x) of its uploads.
    rate, begin, end
        As in :func:`add_source`.
    """
    longest = len(reached) - 1
    for slot in range(begin, len(laws)):
        chance = reached[min(slot - begin, longest)]
        if 0 <= end <= slot:
            chance -= reached[min(slot - end, longest)]
        if chance > 0.0:
            add_arrival(laws[slot], rate * chance)


@loop(lambda laws, others: laws.size * laws.shape[1])
def sum_of_streams(laws: Any, others: Any) -> Any:
    """Return (slots, A + 1): the laws of two independent streams added up.

    With A = 1 probabilities are added, to one at most.
    """
    most = laws.shape[1] - 1
    total = np.zeros(laws.shape)
    for slot in range(len(laws)):
        if most == 1:
            total[slot, 1] = min(1.0, laws[slot, 1] + others[slot, 1])
            total[slot, 0] = 1.0 - total[slot, 1]
            continue
        for first in range(most + 1):
            for second in range(most + 1):
                count = min(most, first + second)
                total[slot, count] += laws[slot, first] * others[slot, second]
    return total
