"""Tasks on an executor, within the limits of a run."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import TypeVar

from optkit.core.solving.run import Run

T = TypeVar("T")


def executor_size(executor: Executor) -> int:
    """Return how many workers an executor has, or 1 where it does not say."""
    return max(1, int(getattr(executor, "_max_workers", 1) or 1))


def time_per_task(run: Run, executor: Executor, tasks: int) -> tuple[float, float]:
    """Share the time that is left among tasks on an executor.

    Returns
    -------
    tuple of float
        Seconds for each task, and the time of day (:func:`time.time`) at which all of
        them have to stop. A little time is kept for the way back: what comes back late
        is lost.
    """
    rounds = math.ceil(tasks / executor_size(executor))
    usable = 0.95 * run.remaining()
    return usable / max(1, rounds), time.time() + usable


def collect_in_order(
    run: Run, futures: Sequence[Future[T]], collect: Callable[[int, T], None]
) -> None:
    """Hand every future's result to ``collect``, until the run has to stop.

    Results are waited for in their order, so that a target ends the run at the same place
    however many workers there are. What is not back in time is given up.
    """
    try:
        for number, future in enumerate(futures):
            left = run.remaining()
            collect(number, future.result(None if math.isinf(left) else left))
            if run.should_stop():
                return
    except TimeoutError:
        return
    finally:
        for future in futures:
            future.cancel()
