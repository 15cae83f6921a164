"""The numbers that pictures of solutions show."""

from __future__ import annotations

import numpy as np

from optkit.dispatch.check.checker import check
from optkit.dispatch.display.drawing.series import queue_lengths, sent_jobs
from optkit.dispatch.solution import DispatchSolution
from tests.dispatch.instances import random_instance, random_target


def test_queue_strip_is_what_the_checker_counts() -> None:
    """The strips of all servers add up to the checker's queues."""
    for seed in range(25):
        instance = random_instance(seed)
        solution = DispatchSolution(target=random_target(instance, seed))
        counted = check(instance, solution).metrics["jobs_queued"]
        assert queue_lengths(instance, solution).sum(axis=0).tolist() == counted


def test_decisions_are_those_of_the_solution() -> None:
    """Each job counts once, in its interval and at its server."""
    for seed in range(25):
        instance = random_instance(seed)
        target = random_target(instance, seed)
        counts = sent_jobs(instance, DispatchSolution(target=target))
        expected = np.zeros_like(counts)
        for slot, server in zip(instance.jobs.slot, target, strict=True):
            expected[server, slot // instance.slots_per_interval] += 1
        assert (counts == expected).all()
