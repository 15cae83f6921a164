"""The front of one scope, point by point: time against energy, each step with a bound.

Every solve limits the energy and proves the least time there. So the energies that are
left are intervals, in each of which a point may still be missing. The widest intervals are
divided in the middle; small ones are searched from the top, where each solve either finds
the next point or proves that there is none.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline
from optkit.discovery.exact.energy_limit import EnergyLimitedScope, ScopePoint
from optkit.discovery.exact.value_function_cuts import CLOSED_GAP

SMALL = 1.0 / 16.0
"""Share of the first interval's area up to which an interval is searched from the top."""


@dataclass(order=True)
class _Interval:
    """Energies in which points may be missing.

    Parameters
    ----------
    rank
        Minus the area that is open, s·J: the largest comes first.
    low, high
        Its ends, J; ``low`` itself does not belong to it.
    time
        Time of a known point whose energy is at most about ``low``, s.
    bound
        Least time of any solution with at most ``high``, as far as is known, s.
    """

    rank: float
    low: float = field(compare=False)
    high: float = field(compare=False)
    time: float = field(compare=False)
    bound: float = field(compare=False)


class ScopeFront:
    """The points of one scope that are known, and what is proven of the others.

    Parameters
    ----------
    program
        Solves the scope with limited energy.
    """

    def __init__(self, program: EnergyLimitedScope) -> None:
        self.program = program
        self.points: list[ScopePoint] = []
        self.settled = True
        """False once a solve ended before its interval was settled."""
        self._facts: list[tuple[float, float]] = []
        self._least_energy = -math.inf
        self._open: list[_Interval] = []
        self._first_area = 0.0

    def add(self, points: Iterable[ScopePoint]) -> None:
        """Take points that are known from elsewhere."""
        self.points += points

    def begin(self, deadline: Deadline) -> bool:
        """Solve the two ends; return whether the scope has both."""
        lowest = self.program.least_energy(deadline)
        self._least_energy = lowest.bound
        fastest = self.program.least_time(math.inf, deadline)
        self._facts.append((math.inf, fastest.bound))
        self.points += lowest.points + fastest.points
        if not self.points or not math.isfinite(lowest.bound):
            self.settled = False
            return bool(self.points)
        time, energy = min(point.values for point in self.points)
        low = min(self.points, key=lambda point: point.values[::-1])
        # Where a solve was cut short, there may be a faster solution than is known.
        self._push(energy, math.inf, time, fastest.bound)
        self._push(
            lowest.bound - self.program.resolution(lowest.bound),
            energy - self.program.resolution(energy),
            low.values[0],
            fastest.bound,
        )
        return True

    @property
    def area(self) -> float:
        """The largest open area, s·J; 0 where nothing is left to do."""
        return -self._open[0].rank if self._open else 0.0

    def _push(self, low: float, high: float, time: float, bound: float) -> None:
        """Keep an interval, as in :class:`_Interval`, if points may be missing in it."""
        if low >= high or time - bound <= CLOSED_GAP * abs(time):
            return
        if math.isinf(high):
            self.settled = False
            return
        area = (high - low) * (time - bound)
        self._first_area = max(self._first_area, area)
        heapq.heappush(self._open, _Interval(-area, low, high, time, bound))

    def explore(self, deadline: Deadline) -> None:
        """Solve once, in the largest interval."""
        interval = heapq.heappop(self._open)
        whole = -interval.rank <= SMALL * self._first_area
        limit = interval.high if whole else 0.5 * (interval.low + interval.high)
        solved = self.program.least_time(limit, deadline)
        self._facts.append((limit, solved.bound))
        self.points += solved.points
        within = limit + self.program.resolution(limit)
        time, energy = min(
            (p.values for p in self.points if p.values[1] <= within),
            default=(interval.time, interval.low),
        )
        bound = max(interval.bound, solved.bound)
        if not whole:
            self._push(limit, interval.high, time, interval.bound)
        below = min(energy, limit) - self.program.resolution(limit)
        if time - bound > CLOSED_GAP * abs(time) and whole:
            # The limit is where the solve was given up: nothing is left to divide.
            self.settled = False
        self._push(interval.low, below, interval.time, bound)

    def found(self) -> Floats:
        """Return the values of all points that are known, s and J, shape (n, 2)."""
        return np.array([point.values for point in self.points]).reshape(-1, 2)

    def bounds(self) -> Floats:
        """Return corners of which every solution is as large as one in both aims.

        In s and J, shape (n, 2); none where nothing is known.
        """
        if not math.isfinite(self._least_energy) or not self._facts:
            return np.zeros((0, 2))
        facts = sorted(self._facts, reverse=True)
        limits = [limit for limit, _ in facts[1:]] + [self._least_energy]
        corners: list[tuple[float, float]] = []
        most = 0.0
        for (_, bound), following in zip(facts, limits, strict=True):
            most = max(most, bound)
            if math.isinf(most):
                break
            corners.append((most, max(following, self._least_energy)))
        return np.array(corners).reshape(-1, 2)
