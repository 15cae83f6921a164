"""The least mean cost of who knows arrivals and uploads and sees all, by enumeration."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import numpy as np

from optkit.dispatch.check.replay import upload_slots
from optkit.dispatch.instance import DispatchInstance

Pending = tuple[tuple[int, int, int], ...]
"""Jobs under way: slot of joining, number of the job, server."""


def least_mean_cost(instance: DispatchInstance) -> float:
    """Return the least mean objective over services, which end at random.

    Decisions are made when jobs arrive, and may depend on all that has happened, on all
    arrivals, and on all uploads. Every policy is one of these, so none has a lower mean.
    """
    jobs, servers = instance.jobs, range(len(instance.servers))
    assert len(instance.job_types) == 1, "types are independent of each other"
    ends = [1.0 / row[0] for row in instance.mean_service_slots]
    names = [server.id for server in instance.servers]
    limit, per = instance.queue_limit, instance.slots_per_interval
    horizon = per * instance.intervals

    def join(job: int, server: int) -> int:
        laws = instance.upload_pmf[jobs.ap[job]][server]
        assert laws is not None
        return jobs.slot[job] + upload_slots(laws[0], jobs.upload_u[job])

    reach = [[names.index(name) for name in instance.candidates[ap]] for ap in jobs.ap]

    @cache
    def arrive(slot: int, lengths: tuple[int, ...], pending: Pending) -> float:
        if slot == horizon:
            return 0.0
        new = [job for job, arrival in enumerate(jobs.slot) if arrival == slot]
        return min(
            serve(
                slot,
                lengths,
                tuple(sorted((*pending, *((join(j, m), j, m) for j, m in choice)))),
            )
            for choice in itertools.product(
                *([(job, server) for server in reach[job]] for job in new)
            )
        )

    def serve(slot: int, lengths: tuple[int, ...], pending: Pending) -> float:
        queues, cost = list(lengths), 0.0
        for when, _, server in pending:
            if when == slot and queues[server] < limit:
                queues[server] += 1
            elif when == slot:
                cost += instance.drop_penalty
        left = tuple(entry for entry in pending if entry[0] > slot)
        for leaves in itertools.product((0, 1), repeat=len(queues)):
            if any(leaves[m] > queues[m] for m in servers):
                continue
            chances = [
                (ends[m] if leaves[m] else 1.0 - ends[m]) if queues[m] else 1.0
                for m in servers
            ]
            chance = float(np.prod(chances))
            if chance == 0.0:
                continue
            after = tuple(queues[m] - leaves[m] for m in servers)
            stage = 0.0
            if (slot + 1) % per == 0:
                full = sum(length == limit for length in after)
                stage = len(left) + sum(after) + instance.overflow_penalty * full
            cost += chance * (stage + arrive(slot + 1, after, left))
        return cost

    return arrive(0, (0,) * len(names), ()) / instance.intervals


def random_tiny(seed: int) -> DispatchInstance:
    """Return two access points, two or three servers and up to five jobs of one type."""
    rng = np.random.default_rng(seed)
    servers, intervals, per = int(rng.integers(2, 4)), 3, int(rng.integers(2, 4))
    names = [f"s{m}" for m in range(servers)]
    candidates = [
        [name for name in names if rng.random() < 0.7] or [names[0]] for _ in range(2)
    ]

    def law() -> list[float]:
        weights = rng.random(int(rng.integers(1, 5)))
        return [*(weights / weights.sum()).tolist()]

    count = int(rng.integers(1, 6))
    document: dict[str, Any] = {
        "schema": "optkit/dispatch",
        "schema_version": 1,
        "name": f"tiny-{seed}",
        "slots_per_interval": per,
        "intervals": intervals,
        "slot_seconds": 0.1,
        "aps": ["a0", "a1"],
        "servers": [{"id": name, "kind": "edge", "ap": "a0"} for name in names],
        "job_types": ["t0"],
        "candidates": candidates,
        "arrival_probability": [[0.2], [0.3]],
        "upload_pmf": [
            [[law()] if name in row else None for name in names] for row in candidates
        ],
        "mean_service_slots": [
            [float(rng.choice([1.0, 1.5, 3.0, 6.0]))] for _ in names
        ],
        "queue_limit": int(rng.integers(1, 4)),
        "signal_latency_pmf": [[0, 1.0], [0, 1.0]],
        "discount": 0.9,
        "overflow_penalty": float(rng.choice([0.0, 1.0, 4.0])),
        "drop_penalty": float(rng.choice([0.0, 2.0, 8.0])),
        "initial": {"queues": None, "in_transit": None},
        "jobs": {
            "slot": sorted(rng.integers(0, per * intervals, count).tolist()),
            "ap": rng.integers(0, 2, count).tolist(),
            "type": [0] * count,
            "upload_u": rng.random(count).tolist(),
            "service_u": rng.random(count).tolist(),
        },
        "signal_u": np.zeros((intervals, 2)).tolist(),
    }
    return DispatchInstance.parse(document)
