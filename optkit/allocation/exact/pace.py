"""How much work to do between two looks at the limits."""

from __future__ import annotations

import time


class Pace:
    """Doubles or halves a step until it takes about as long as it should.

    How long a step takes is not known beforehand: orders differ a hundredfold, depending
    on whether their program is two square systems or needs a simplex.

    Parameters
    ----------
    length
        Length of the first step, in whatever is counted.
    longest
        Greatest length.
    seconds
        Time that a step should take, s.
    """

    def __init__(self, length: int, longest: int, seconds: float) -> None:
        self.length = length
        self._longest = longest
        self._seconds = seconds
        self._began = self._reported = time.perf_counter()

    def step(self) -> None:
        """Book one step, and set the length of the next."""
        now = time.perf_counter()
        took, self._began = now - self._began, now
        if took < self._seconds / 2:
            self.length = min(2 * self.length, self._longest)
        elif took > 2 * self._seconds:
            self.length = max(1, self.length // 2)

    def report_due(self) -> bool:
        """Say, some four times a second, that it is time to report."""
        if self._began - self._reported < 0.25:
            return False
        self._reported = self._began
        return True
