"""A good assignment of jobs whose future is known: one job moves at a time.

Import where needed: it loads numba.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.runtime.compiled import compiled
from optkit.dispatch.bounds.hindsight.job_tables import Known
from optkit.dispatch.policies.clairvoyant.assignment_kernels import (
    descend_some,
    total_cost,
)
from optkit.dispatch.problem.problem_data import World


class Assignment:
    """An assignment of one type's jobs, improved a job at a time.

    Parameters
    ----------
    world
        The instance.
    seen
        The jobs of the type.
    target
        (N,): a server for each.
    """

    def __init__(self, world: World, seen: Known, target: Ints) -> None:
        self._world = world
        self._seen = seen
        self.target = target.astype(np.int64)
        self.changed = True

    def cost(self) -> float:
        """Return the type's part of the cost, in jobs times boundaries."""
        total: float = compiled(total_cost)(*self._arguments())
        return total

    def improve(self, begin: int, end: int) -> bool:
        """Move each of some jobs to its best server, all others fixed; say if any moved."""
        moved: bool = compiled(descend_some)(begin, end, *self._arguments())
        return moved

    def _arguments(self) -> tuple[Any, ...]:
        world, seen = self._world, self._seen
        return (
            seen.arrival,
            seen.rank,
            seen.join,
            seen.service,
            self.target,
            (
                world.slots_per_interval,
                world.intervals,
                world.queue_limit,
                float(world.overflow_penalty),
                float(world.drop_penalty),
            ),
        )


def descend(assignment: Assignment, stop: Callable[[], bool]) -> Iterator[float]:
    """Improve until nothing moves; yield the cost after each pass."""
    size = len(assignment.target)
    moved = True
    while moved and not stop():
        moved = False
        for begin in range(0, size, 200):
            if stop():
                break
            moved |= assignment.improve(begin, min(size, begin + 200))
        yield assignment.cost()
