"""The simulator against the checker's event-driven replay."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.dispatch.bounds import isolated_jobs
from optkit.dispatch.check.checker import check
from optkit.dispatch.check.replay import replay, service_slots, upload_slots
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.finish_slots import DROPPED, PENDING
from optkit.dispatch.problem.objective import objective, stage_costs
from optkit.dispatch.problem.problem_data import problem_data, quantile_of
from optkit.dispatch.problem.simulator import Simulator, upload_latency
from optkit.dispatch.solution import DispatchSolution
from tests.dispatch.instances import random_instance, random_target, tiny, tiny_document


def simulated(
    instance: DispatchInstance, target: tuple[int, ...], parts: int
) -> Simulator:
    """Return the system after its last slot, moved on in several calls."""
    data = problem_data(instance)
    ordered = np.array(target, dtype=np.int64)[data.job]
    system = Simulator(data)
    cuts = np.linspace(0, data.horizon, parts + 1).astype(int)
    for begin, end in itertools.pairwise(cuts):
        jobs = system.arrivals(int(end - begin))
        system.advance(int(end - begin), ordered[jobs])
    return system


@pytest.mark.parametrize("block", range(6))
def test_simulator_and_replay_agree_job_by_job(block: int) -> None:
    """Protects every figure of the family: two programs, one life for each job."""
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
    """Protects what policies observe: queues and transit at every boundary."""
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


def test_stage_costs_by_hand() -> None:
    """Protects eq (9): transit, queues and full queues, counted on paper.

    Job 0 (slot 0, upload 1, one slot of service), job 1 (slot 0, upload 0, six slots),
    jobs 2 and 3 find two jobs waiting and are dropped; job 4 is under way to slot 8.
    """
    instance = tiny()
    histories = replay(instance, (0, 0, 0, 0, 1))
    assert [(history.join, history.finish) for history in histories] == [
        (1, 6),
        (0, 5),
        (1, None),
        (2, None),
        (8, 8),
    ]
    system = simulated(instance, (0, 0, 0, 0, 1), 1)
    # Boundary 4: two queued, full; boundary 8: job 4 under way; boundary 12: nothing.
    assert stage_costs(problem_data(instance), system).tolist() == [12.0, 1.0, 0.0]
    assert objective(problem_data(instance), system) == pytest.approx(
        13 / 3 + 2 * 6 / 3
    )


def test_quantiles_agree() -> None:
    """Protects the sample path: laws are inverted as the format says, in both programs."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        law = rng.random(rng.integers(1, 9)) * rng.integers(0, 2, size=1)[0]
        law[rng.integers(len(law))] += 0.5
        law /= law.sum()
        if rng.integers(2):
            law = np.append(law, 0.0)
        edges = np.concatenate([[0.0], np.cumsum(law), rng.random(5)])
        u = edges[edges < 1.0]
        assert quantile_of(law, u).tolist() == [
            upload_slots(law.tolist(), x) for x in u
        ]


def test_upload_latency_at_the_edges_of_its_law() -> None:
    """Protects the guide table: quantiles on every step of a law, and past its sum."""
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
    """Protects against jobs that nobody sent: too many or too few targets are refused."""
    for targets in (3, 5):
        with pytest.raises(ValueError, match="one target"):
            Simulator(problem_data(tiny())).advance(
                4, np.zeros(targets, dtype=np.int64)
            )


def test_service_quantile_is_the_geometric_law() -> None:
    """Protects the service law: P(S > s) = (1 − 1/c)^s, and 1 for c = 1."""
    assert service_slots(1.0, 0.99) == 1
    for mean in (1.5, 2.0, 28.0):
        for u in (0.0, 0.3, 0.5, 0.75, 0.999):
            slots = service_slots(mean, u)
            stay = 1.0 - 1.0 / mean
            assert stay**slots <= (1.0 - u) * (1 + 1e-12)
            assert stay ** (slots - 1) >= (1.0 - u) * (1 - 1e-12)
