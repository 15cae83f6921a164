"""The independent checker of dispatch solutions: it replays and recounts everything."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.solving.result import Verification, Violation
from optkit.dispatch.check.replay import JobHistory, replay
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution

MOST_SHOWN = 100
"""Most wrong targets that are reported one by one."""


def check(instance: DispatchInstance, solution: DispatchSolution) -> Verification:
    """Replay a solution and recompute its cost.

    Parameters
    ----------
    instance
        The instance.
    solution
        The solution.

    Returns
    -------
    Verification
        Its ``metrics`` are the discounted cost (eq 10), response times, drops, the jobs
        in the system at every boundary, and the load of each server.
    """
    broken = _violations(instance, solution)
    if broken:
        return Verification(False, None, tuple(broken))
    histories = replay(instance, solution.target)
    costs = _costs(instance, solution, histories)
    dropped = sum(
        history.finish is None and history.join < _horizon(instance)
        for history in histories
    )
    objective = float(costs["stage"].mean())
    objective += instance.drop_penalty * dropped / instance.intervals
    return Verification(
        True, objective, (), _metrics(instance, solution, histories, costs, dropped)
    )


def _horizon(instance: DispatchInstance) -> int:
    return instance.intervals * instance.slots_per_interval


def _violations(
    instance: DispatchInstance, solution: DispatchSolution
) -> list[Violation]:
    count = len(instance.jobs.slot)
    if len(solution.target) != count:
        return [
            Violation(
                "length",
                "target",
                f"has {len(solution.target)} entries; the instance has {count} jobs",
            )
        ]
    position = {server.id: index for index, server in enumerate(instance.servers)}
    allowed = [{position[name] for name in row} for row in instance.candidates]
    broken = []
    for job, server in enumerate(solution.target):
        if server >= len(instance.servers):
            text = f"{server} is past the last of {len(instance.servers)} servers"
            broken.append(Violation("unknown-server", f"target[{job}]", text))
        elif server not in allowed[instance.jobs.ap[job]]:
            ap = instance.aps[instance.jobs.ap[job]]
            text = f"{instance.servers[server].id!r} is no candidate of {ap!r}"
            broken.append(Violation("candidate", f"target[{job}]", text))
    return broken[:MOST_SHOWN]


def _costs(
    instance: DispatchInstance, solution: DispatchSolution, histories: list[JobHistory]
) -> dict[str, Floats]:
    """Return jobs in transit, jobs queued, full queues and g (eq 9) at boundaries 1 … T.

    A boundary lies just before its slot. A job is in transit at boundary slot B if it
    arrived before B and has not joined before B, and in a queue if it joined before B and
    its last slot is not before B.
    """
    boundaries = np.arange(1, instance.intervals + 1) * instance.slots_per_interval
    types = len(instance.job_types)
    arrival = np.array([history.arrival for history in histories], dtype=np.int64)
    join = np.array([history.join for history in histories], dtype=np.int64)
    transit = _present(arrival, join, boundaries)
    queued = np.zeros(len(boundaries))
    full = np.zeros(len(boundaries))
    accepted = np.array(
        [history.finish is not None for history in histories], dtype=bool
    )
    finish = np.array([history.finish or 0 for history in histories], dtype=np.int64)
    queue = np.array(solution.target, dtype=np.int64) * types
    queue += np.array(instance.jobs.type, dtype=np.int64)
    members = np.flatnonzero(accepted)
    members = members[np.argsort(queue[members], kind="stable")]
    for part in np.split(members, np.flatnonzero(np.diff(queue[members])) + 1):
        length = _present(join[part], finish[part], boundaries)
        queued += length
        full += length >= instance.queue_limit
    stage = transit + queued + instance.overflow_penalty * full
    return {"transit": transit, "queued": queued, "full": full, "stage": stage}


def _present(
    first: Ints,
    last: Ints,
    boundaries: Ints,
) -> Floats:
    """Return, for each boundary B, the number of spans with first < B ≤ last."""
    entered = np.searchsorted(np.sort(first), boundaries, side="left")
    left = np.searchsorted(np.sort(last), boundaries, side="left")
    return (entered - left).astype(float)


def _metrics(
    instance: DispatchInstance,
    solution: DispatchSolution,
    histories: list[JobHistory],
    costs: dict[str, Floats],
    dropped: int,
) -> dict[str, Any]:
    horizon = _horizon(instance)
    per = instance.slots_per_interval
    done = [
        history
        for history in histories
        if history.finish is not None and history.finish < horizon
    ]
    response = [(history.finish or 0) + 1 - history.arrival for history in done]
    reached = sum(history.join < horizon for history in histories)
    in_system = costs["transit"] + costs["queued"]
    powers = instance.discount ** np.arange(instance.intervals)
    sent = np.bincount(
        np.array(solution.target, dtype=np.int64), minlength=len(instance.servers)
    )
    accepted = np.zeros(len(instance.servers))
    for history, server in zip(histories, solution.target, strict=True):
        if history.finish is not None:
            accepted[server] += 1
    throughput = len(done) / instance.intervals
    return {
        "jobs": len(histories),
        "completed": len(done),
        "dropped": int(dropped),
        "drop_rate": dropped / reached if reached else 0.0,
        "mean_jobs_in_system": float(in_system.mean()),
        "mean_stage_cost": float(costs["stage"].mean()),
        "discounted_cost": float(powers @ costs["stage"]),
        "mean_response_intervals": float(np.mean(response)) / per if response else None,
        "mean_response_s": float(np.mean(response)) * instance.slot_seconds
        if response
        else None,
        "response_intervals_by_littles_law": float(in_system.mean()) / throughput
        if throughput
        else None,
        "full_queues": int(costs["full"].sum()),
        "jobs_in_transit": costs["transit"].astype(int).tolist(),
        "jobs_queued": costs["queued"].astype(int).tolist(),
        "servers": {
            server.id: {"sent": int(sent[m]), "accepted": int(accepted[m])}
            for m, server in enumerate(instance.servers)
        },
    }
