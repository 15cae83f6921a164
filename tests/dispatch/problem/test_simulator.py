"""The simulator against the checker's event-driven replay."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.dispatch.bounds import isolated_jobs
from optkit.dispatch.check.checker import check
from optkit.dispatch.check.replay import replay, upload_slots
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.finish_slots import DROPPED, PENDING
from optkit.dispatch.problem.objective import objective
from optkit.dispatch.problem.problem_data import problem_data
from optkit.dispatch.problem.simulator import Simulator, upload_latency
from optkit.dispatch.solution import DispatchSolution
from tests.dispatch.instances import (
    random_instance,
    random_target,
    simulated,
    tiny,
    tiny_document,
)


@pytest.mark.parametrize("block", range(6))
def test_simulator_and_replay_agree_job_by_job(block: int) -> None:
    """Simulator and replay agree on every job and on the objective."""
    dropped = pending = 0
    for seed in range(25 * block, 25 * block + 25):
        instance = random_instance(seed)
        target = random_target(instance, seed)
        data = problem_data(instance)
        system = simulated(instance, target, 1 + seed % 4)
        histories = replay(instance, target)
        for position, job in enumerate(data.job):
            history = histories[job]
            assert system.join[position] == history.join
            inside = history.join < data.horizon
            if system.finish[position] == DROPPED:
                assert inside
                assert history.finish is None
                dropped += 1
            elif system.finish[position] == PENDING:
                assert history.finish is None or history.finish >= data.horizon
                assert inside or history.join >= data.horizon
                pending += 1
            else:
                assert system.finish[position] == history.finish
        report = check(instance, DispatchSolution(target=target))
        assert report.objective == pytest.approx(objective(data, system), rel=1e-12)
        assert isolated_jobs.alone(data) <= objective(data, system) + 1e-9
    assert dropped > 20
    assert pending > 20


def test_states_between_calls_are_those_of_the_replay() -> None:
    """Queues and jobs in transit at every boundary are those of the replay."""
    for seed in range(20):
        instance = random_instance(seed)
        target = random_target(instance, seed)
        data, histories = problem_data(instance), replay(instance, target)
        ordered = np.array(target, dtype=np.int64)[data.job]
        system = Simulator(data)
        for _ in range(data.intervals):
            jobs = system.arrivals(data.slots_per_interval)
            system.advance(data.slots_per_interval, ordered[jobs])
            now = system.slot
            queues = np.zeros_like(system.queues)
            ages = []
            for job, history in enumerate(histories):
                if (
                    history.join < now
                    and history.finish is not None
                    and history.finish >= now
                ):
                    queues[target[job], instance.jobs.type[job]] += 1
                if history.arrival < now <= history.join:
                    ages.append(now - history.arrival)
            assert (system.queues == queues).all()
            assert sorted(system.transit.age.tolist()) == sorted(ages)


def test_upload_latency_at_the_edges_of_its_law() -> None:
    """The guide table is right on every step of a law, and past its sum."""
    rng = np.random.default_rng(4)
    for _ in range(100):
        law = rng.random(rng.integers(1, 12)) * rng.integers(0, 2, 1)
        law[rng.integers(len(law))] += 0.5
        law = np.append(law / law.sum() * (1 - 5e-10), [0.0] * rng.integers(3))
        steps = np.concatenate([[0.0, 1 - 2**-53], np.cumsum(law), np.arange(16) / 16])
        steps = np.concatenate([steps, np.nextafter(steps, 0), np.nextafter(steps, 1)])
        quantiles = steps[steps < 1.0]
        document = tiny_document()
        document["upload_pmf"][0][0] = [law.tolist()]
        zeros = [0] * len(quantiles)
        document["jobs"] = dict.fromkeys(document["jobs"], zeros)
        document["jobs"]["upload_u"] = quantiles.tolist()
        jobs = np.arange(len(quantiles))
        latency = upload_latency(
            problem_data(DispatchInstance.parse(document)), jobs, 0 * jobs
        )
        expected = [upload_slots(law.tolist(), x) for x in quantiles]
        assert latency.tolist() == expected


def test_every_arrival_needs_a_target() -> None:
    """Too many or too few targets are refused."""
    for targets in (3, 5):
        with pytest.raises(ValueError, match="one target"):
            Simulator(problem_data(tiny())).advance(
                4, np.zeros(targets, dtype=np.int64)
            )
