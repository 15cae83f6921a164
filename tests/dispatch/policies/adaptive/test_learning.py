"""What is learned: rates, hazards of uploads, services behind lengths of queues."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.dispatch.policies.adaptive.learning_kernels import queue_statistics
from optkit.dispatch.policies.adaptive.rates import ChangingRates
from optkit.dispatch.policies.adaptive.tracked_jobs import TrackedJobs
from optkit.dispatch.policies.adaptive.upload_laws import UploadLaws


def _by_enumeration(
    start: int, end: int, known: list[int], hidden: float, rate: float, limit: int
) -> list[float]:
    """Return services ended, slots of service, and other joins, over all histories."""
    total, sums = 0.0, np.zeros(3)
    for history in itertools.product((0, 1), (0, 1), repeat=len(known)):
        length, chance, seen = start, 1.0, np.zeros(3)
        for slot, more in enumerate(history[::2]):
            leaves = history[2 * slot + 1]
            chance *= hidden if more else 1.0 - hidden
            length = min(limit, length + known[slot] + more)
            if length == 0:
                chance *= 1.0 - leaves  # nobody can leave
            else:
                chance *= rate if leaves else 1.0 - rate
                seen += [leaves, 1, 0]
            length -= leaves
            seen[2] += more
        if length == end:
            total += chance
            sums += chance * seen
    return (sums / total).tolist()


@pytest.mark.parametrize("seed", range(40))
def test_expectations_are_those_of_all_histories(seed: int) -> None:
    """The forward and backward passes give what enumeration gives."""
    rng = np.random.default_rng(seed)
    slots, limit = int(rng.integers(1, 5)), int(rng.integers(3, 8))
    start = int(rng.integers(0, 4))
    known = rng.integers(0, 2, slots)
    hidden, rate = rng.uniform(0.05, 0.6, 2).tolist()
    end = start
    for joins in known:
        end = min(limit, end + int(joins) + int(rng.random() < hidden))
        end -= int(end > 0 and rng.random() < rate)
    done = np.empty((1, 3))
    queue_statistics(
        np.array([start]),
        np.array([end]),
        known[None],
        np.array([hidden]),
        np.array([rate]),
        limit,
        done,
    )
    expected = _by_enumeration(start, end, known.tolist(), hidden, rate, limit)
    assert done[0] == pytest.approx(expected)


def test_services_and_hidden_joins_are_found_from_lengths_alone() -> None:
    """EM by boundaries converges to the rates of a queue that was simulated."""
    rng = np.random.default_rng(5)
    ends, hidden, per = 0.12, 0.07, 25
    rates = [ChangingRates((1,), 1.0, 4.0, 1.0), ChangingRates((1,), 0.02, per, 1.0)]
    length, done = 0, np.empty((1, 3))
    for _ in range(1500):
        start = length
        for _ in range(per):
            length = min(60, length + int(rng.random() < hidden))
            length -= int(length > 0 and rng.random() < ends)
        queue_statistics(
            np.array([start]),
            np.array([length]),
            np.zeros((1, per), dtype=np.int64),
            rates[1].mean,
            rates[0].mean,
            60,
            done,
        )
        rates[0].update(done[:, 0], done[:, 1])
        rates[1].update(done[:, 2], per)
    assert rates[0].mean[0] == pytest.approx(ends, rel=0.15)
    assert rates[1].mean[0] == pytest.approx(hidden, rel=0.15)


def test_hazards_approach_the_law() -> None:
    """Uploads that are seen at boundaries only give their law, and their mean soon."""
    rng = np.random.default_rng(1)
    law, per = np.zeros(60), 10
    law[[12, 13, 40]] = 0.3, 0.3, 0.4
    laws = UploadLaws(np.array([1, -1]), per, 1.0)
    for _ in range(1200):
        upload, age = int(rng.choice(60, p=law)), int(rng.integers(1, per))
        first = 0
        while True:
            joined = upload < age
            drawn = laws.update(
                np.array([[0, 1]]),
                np.array([first]),
                np.array([age - 1]),
                np.array([joined]),
            )
            if joined:
                assert first <= drawn[0] < age
                break
            first, age = age, age + per
    mean = float(laws.mass[0] @ np.arange(laws.mass.shape[1]))
    assert mean == pytest.approx(float(law @ np.arange(60)), rel=0.05)
    assert laws.mass[0, 10:16].sum() == pytest.approx(0.6, abs=0.1)


def test_a_change_is_noticed_and_the_past_forgotten() -> None:
    """After a jump of a rate its estimate follows within 25 intervals; others stay."""
    rng = np.random.default_rng(0)
    rates = ChangingRates((2,), 0.02, 25.0, 1.0)
    for _ in range(400):
        rates.update(rng.poisson([2.0, 2.0]), 25.0)
    changed = np.zeros(2, dtype=bool)
    for _ in range(25):
        changed |= rates.update(rng.poisson([6.0, 2.0]), 25.0)
    assert changed.tolist() == [True, False]
    assert rates.mean[0] == pytest.approx(6.0 / 25.0, rel=0.2)
    assert rates.mean[1] == pytest.approx(2.0 / 25.0, rel=0.1)


def test_jobs_that_are_alike_are_counted() -> None:
    """Of three equal jobs, two remain if two are seen later."""
    one = np.array([1, 1, 1, 2])
    before = TrackedJobs(one, np.zeros(4, int), np.zeros(4, int), np.zeros(4, int))
    now = before.only(np.array([True, False, True, False]))
    assert before.among(now).tolist() == [True, True, False, False]
    assert now.among(before).tolist() == [True, True]
    assert not TrackedJobs.none().among(now).size
