"""The checker's replay: the laws behind it."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

import optkit
from optkit.dispatch.check import replay as replaying
from optkit.dispatch.check.replay import (
    JobHistory,
    replay,
    service_slots,
    upload_slots,
)
from optkit.dispatch.instance import DispatchInstance


def test_service_quantile_is_the_geometric_law() -> None:
    """Service quantiles are those of a geometric law, and 1 for a mean of 1."""
    assert service_slots(1.0, 0.99) == 1
    for mean in (1.5, 2.0, 28.0):
        for u in (0.0, 0.3, 0.5, 0.75, 0.999):
            slots = service_slots(mean, u)
            stay = 1.0 - 1.0 / mean
            assert stay**slots <= (1.0 - u) * (1 + 1e-12)
            assert stay ** (slots - 1) >= (1.0 - u) * (1 - 1e-12)


@pytest.mark.parametrize(("cells", "few_jobs"), [(1, 0), (40, 8), (1 << 20, 0)])
def test_arrays_replay_as_single_jobs_do(
    cells: int, few_jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole arrays, in batches of any size, give the history of each job by itself."""
    monkeypatch.setattr(replaying, "CELLS", cells)
    monkeypatch.setattr(replaying, "FEW_JOBS", few_jobs)
    dropped = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        instance = with_odd_laws(seed, rng)
        position = {server.id: m for m, server in enumerate(instance.servers)}
        target = [
            position[rng.choice(instance.candidates[ap])] for ap in instance.jobs.ap
        ]
        histories = replay(instance, target)
        assert histories == job_by_job(instance, target), seed
        dropped += sum(history.finish is None for history in histories)
    assert dropped > 20


def with_odd_laws(seed: int, rng: np.random.Generator) -> DispatchInstance:
    """Return an instance with laws of several lengths, trailing zeros and full queues."""
    content = optkit.generate(
        "dispatch",
        seed=seed,
        aps=4,
        servers=3,
        types=2,
        intervals=3,
        arrival=0.2,
        queue_limit=4,
        service=float(rng.choice([1.0, 4.0, 30.0])),
    ).document()
    for row in content["upload_pmf"]:
        for laws in row:
            for j in range(2) if laws is not None else ():
                mass = rng.random(rng.integers(1, 6)) * (rng.random() < 0.7)
                mass[rng.integers(len(mass))] += 0.1
                laws[j] = [*(mass / mass.sum() * (1.0 - 5e-10)).tolist(), 0.0]
    jobs = content["jobs"]
    jobs["upload_u"] = [
        float(rng.choice([0.0, u, 1 - 1e-10])) for u in jobs["upload_u"]
    ]
    jobs["slot"] = rng.permutation(jobs["slot"]).tolist()
    instance = DispatchInstance.parse(content)
    assert isinstance(instance, DispatchInstance)
    return instance


def job_by_job(instance: DispatchInstance, target: list[int]) -> list[JobHistory]:
    """Return the histories by the definitions for one job and one queue."""
    jobs, joins = instance.jobs, []
    queues: dict[tuple[int, int], list[int]] = {}
    for job, server in enumerate(target):
        laws = instance.upload_pmf[jobs.ap[job]][server]
        assert laws is not None
        law = laws[jobs.type[job]]
        assert law is not None
        joins.append(jobs.slot[job] + upload_slots(law, jobs.upload_u[job]))
        queues.setdefault((server, jobs.type[job]), []).append(job)
    finishes: dict[int, int | None] = {}
    for (server, kind), members in queues.items():
        waiting: deque[int] = deque()
        mean = instance.mean_service_slots[server][kind]
        for job in sorted(members, key=lambda job: (joins[job], job)):
            while waiting and waiting[0] < joins[job]:
                waiting.popleft()
            finishes[job] = None
            if len(waiting) < instance.queue_limit:
                start = max([joins[job], *(last + 1 for last in waiting)])
                finish = start + service_slots(mean, jobs.service_u[job]) - 1
                waiting.append(finish)
                finishes[job] = finish
    return [JobHistory(jobs.slot[n], joins[n], finishes[n]) for n in range(len(target))]
