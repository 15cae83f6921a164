"""Deadlines: moments at which work has to stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Deadline:
    """Tells work to stop after some seconds, or as soon as another condition holds.

    It is callable, so it can be passed wherever a ``should_stop`` is expected.

    Parameters
    ----------
    seconds
        Time from now, s; infinite for no limit.
    should_stop
        The other condition; None if there is none.
    """

    def __init__(
        self,
        seconds: float = math.inf,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self._began = time.perf_counter()
        self._until = self._began + seconds
        self._should_stop = should_stop

    def __call__(self) -> bool:
        """Return whether to stop."""
        if time.perf_counter() >= self._until:
            return True
        return self._should_stop is not None and self._should_stop()

    @property
    def remaining(self) -> float:
        """Seconds left; never negative, infinite without a limit."""
        return max(0.0, self._until - time.perf_counter())

    @property
    def elapsed(self) -> float:
        """Seconds since the deadline was set."""
        return time.perf_counter() - self._began
