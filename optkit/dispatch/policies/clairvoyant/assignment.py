"""A good assignment of jobs whose future is known: one job moves at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.bounds.hindsight.job_tables import JobTable
from optkit.dispatch.policies.clairvoyant.assignment_kernels import (
    improve_range,
    total_cost,
)
from optkit.dispatch.problem.problem_data import ProblemData

AT_ONCE = 200
"""Jobs that are moved between two looks at the clock."""


class Assignment:
    """An assignment of one type's jobs, improved one job at a time.

    Parameters
    ----------
    data
        The instance.
    jobs
        The jobs of the type.
    target
        (N,): a server for each.
    """

    def __init__(self, data: ProblemData, jobs: JobTable, target: Ints) -> None:
        self._data = data
        self._jobs = jobs
        self.target = target.astype(np.int64)

    def cost(self) -> float:
        """Return the type's part of the cost, in jobs times boundaries."""
        total: float = total_cost(*self._arguments())
        return total

    def improve(self, begin: int, end: int) -> bool:
        """Move each of the jobs ``begin`` … ``end`` − 1 to its best server, others fixed.

        Returns whether any moved.
        """
        moved: bool = improve_range(begin, end, *self._arguments())
        return moved

    def _arguments(self) -> tuple[Any, ...]:
        data, jobs = self._data, self._jobs
        return (
            jobs.arrival,
            jobs.rank,
            jobs.join,
            jobs.service,
            self.target,
            (
                data.slots_per_interval,
                data.intervals,
                data.queue_limit,
                float(data.overflow_penalty),
                float(data.drop_penalty),
            ),
        )


def descend(assignment: Assignment, stop: Callable[[], bool]) -> Iterator[float]:
    """Improve until nothing moves; yield the cost after each pass."""
    size = len(assignment.target)
    moved = True
    while moved and not stop():
        moved = False
        for begin in range(0, size, AT_ONCE):
            if stop():
                break
            moved |= assignment.improve(begin, min(size, begin + AT_ONCE))
        yield assignment.cost()
