"""What it takes to fill a queue, worked out by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from optkit.dispatch.bounds.hindsight.full_queue import FullQueue
from optkit.dispatch.bounds.hindsight.job_tables import JobTable
from optkit.dispatch.bounds.hindsight.price_kernels import IN_SERVICE
from tests.dispatch.instances import crowded_data


def test_a_full_queue_by_hand() -> None:
    """Shares, lags and longest waits of a full queue are those worked out by hand."""
    data = crowded_data(0)
    service = np.tile([[5], [1], [4], [2], [3]], data.shape[1])
    jobs = JobTable(*(np.arange(5) for _ in range(3)), np.zeros_like(service), service)
    queues = {
        limit: FullQueue.of(dataclasses.replace(data, queue_limit=limit), jobs)
        for limit in (1, 2, 4, 5, 8)
    }
    # One place: its job is in service, and none waits.
    assert (queues[1].lag[0], queues[1].longest_wait[0]) == (IN_SERVICE, 0)
    assert queues[1].share[0] == 1.0
    # Two places: the second job starts in the next slot at the soonest.
    assert (queues[2].lag[0], queues[2].longest_wait[0]) == (1, 5)
    # Four places, counted from the second: three jobs, each a third.
    assert queues[4].share[0] == pytest.approx(1 / 3)
    assert (queues[4].lag[0], queues[4].longest_wait[0]) == (1, 5 + 4 + 3)
    # Five jobs can fill five places, but then nobody is left to be dropped.
    assert queues[5].share[0] == queues[8].share[0] == 0.0
    # Eight places, counted from the fourth: two services between it and the first.
    assert queues[8].lag[0] == 1 + 1 + 2
