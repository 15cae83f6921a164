"""Held values and ages."""

from __future__ import annotations

import pytest

from optkit.sync.problem.held_values import held_values, notified_age
from optkit.sync.problem.problem_data import problem_data
from tests.sync.instances import (
    random_instance,
    random_solution,
    slots_of,
)


def test_the_two_counts_of_a_pairs_age_are_one() -> None:
    """In (8), the running age is the age at reception plus the time since."""
    for seed in range(20):
        instance = random_instance(seed)
        reports, _ = slots_of(random_solution(instance, seed), instance)
        data = problem_data(instance)
        ages = notified_age(data, held_values(data, reports))
        for link, router in enumerate(data.source):
            for t in range(data.slots):
                sums = []
                for device in data.members[router]:
                    delay = data.transmit[device]
                    arrived = [s + delay for s in reports[device] if s + delay <= t]
                    at_reception, since = (
                        (delay, t - arrived[-1]) if arrived else (0, t)
                    )
                    sums.append(at_reception + since)
                mean = sum(sums) / len(sums)
                assert ages[link, t] == pytest.approx(mean + data.residence[link])
