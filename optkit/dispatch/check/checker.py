"""The independent checker of dispatch solutions: it replays and recounts everything."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.solving.family import resolve
from optkit.core.solving.result import Verification, Violation
from optkit.dispatch.check import policy_bound
from optkit.dispatch.check.network_in_force import met_by_jobs, networks_in_force
from optkit.dispatch.check.replay import Histories, replay_all
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution

MOST_SHOWN = 100
"""Most wrong targets that are reported one by one."""

CHECK_INFORMATION = "optkit.coupling.check.checker:check_information"
"""Checks messages. It is named and not imported: sync's checker is needed for it, and
families do not know one another."""


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
        in the system at every boundary, the load of each server, the bound on the mean of
        every policy if the solution has prices for it, and, where access points were told
        of queues by messages, what these were and cost.
    """
    broken = _violations(instance, solution)
    if broken:
        return Verification(False, None, tuple(broken))
    histories = replay_all(instance, solution.target)
    costs = _costs(instance, solution, histories)
    dropped = int((~histories.accepted & (histories.join < _horizon(instance))).sum())
    objective = float(costs["stage"].mean())
    objective += instance.drop_penalty * dropped / instance.intervals
    metrics = _metrics(instance, solution, histories, costs, dropped)
    if solution.information is None:
        return Verification(True, objective, (), metrics)
    judged = resolve(CHECK_INFORMATION)(
        instance, solution.target, solution.information, histories, objective
    )
    metrics["information"] = dict(judged.metrics)
    return Verification(not judged.violations, objective, judged.violations, metrics)


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
    prices = solution.policy_prices
    if prices is not None and len(prices) != count:
        text = f"has {len(prices)} entries; the instance has {count} jobs"
        return [Violation("length", "policy_prices", text)]
    if _all_are_candidates(instance, solution):
        return []
    position = {server.id: index for index, server in enumerate(instance.servers)}
    networks = networks_in_force(instance)
    met = met_by_jobs(instance, networks).tolist()
    allowed = [
        [{position[name] for name in row} for row in network.candidates]
        for network in networks
    ]
    broken = []
    for job, server in enumerate(solution.target):
        if server >= len(instance.servers):
            text = f"{server} is past the last of {len(instance.servers)} servers"
            broken.append(Violation("unknown-server", f"target[{job}]", text))
        elif server not in allowed[met[job]][instance.jobs.ap[job]]:
            ap = instance.aps[instance.jobs.ap[job]]
            text = f"{instance.servers[server].id!r} is no candidate of {ap!r}"
            if instance.changes:
                text += f" in slot {instance.jobs.slot[job]}"
            broken.append(Violation("candidate", f"target[{job}]", text))
    return broken[:MOST_SHOWN]


def _all_are_candidates(instance: DispatchInstance, solution: DispatchSolution) -> bool:
    """Say whether every job is sent to a candidate of its access point."""
    aps, servers = len(instance.aps), len(instance.servers)
    position = {server.id: index for index, server in enumerate(instance.servers)}
    networks = networks_in_force(instance)
    pairs = [
        (number * aps + k) * servers + position[name]
        for number, network in enumerate(networks)
        for k, row in enumerate(network.candidates)
        for name in row
    ]
    try:
        target = np.array(solution.target, dtype=np.int64)
    except OverflowError:
        return False
    if (target >= servers).any():
        return False
    ap = met_by_jobs(instance, networks) * aps + np.array(instance.jobs.ap, np.int64)
    return bool(np.isin(ap * servers + target, pairs).all())


def _costs(
    instance: DispatchInstance, solution: DispatchSolution, histories: Histories
) -> dict[str, Floats]:
    """Return jobs in transit, jobs queued, full queues and g (eq 9) at boundaries 1 … T.

    A boundary lies just before its slot. A job is in transit at boundary slot B if it
    arrived before B and has not joined before B, and in a queue if it joined before B and
    its last slot is not before B.
    """
    boundaries = np.arange(1, instance.intervals + 1) * instance.slots_per_interval
    types = len(instance.job_types)
    transit = _present(histories.arrival, histories.join, boundaries)
    queued = np.zeros(len(boundaries))
    full = np.zeros(len(boundaries))
    queue = np.array(solution.target, dtype=np.int64) * types
    queue += np.array(instance.jobs.type, dtype=np.int64)
    members = np.flatnonzero(histories.accepted)
    members = members[np.argsort(queue[members], kind="stable")]
    for part in np.split(members, np.flatnonzero(np.diff(queue[members])) + 1):
        length = _present(histories.join[part], histories.finish[part], boundaries)
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
    histories: Histories,
    costs: dict[str, Floats],
    dropped: int,
) -> dict[str, Any]:
    horizon = _horizon(instance)
    per = instance.slots_per_interval
    done = histories.accepted & (histories.finish < horizon)
    response = (histories.finish + 1 - histories.arrival)[done]
    completed = len(response)
    reached = int((histories.join < horizon).sum())
    in_system = costs["transit"] + costs["queued"]
    powers = instance.discount ** np.arange(instance.intervals)
    target = np.array(solution.target, dtype=np.int64)
    sent = np.bincount(target, minlength=len(instance.servers))
    accepted = np.bincount(target[histories.accepted], minlength=len(instance.servers))
    throughput = completed / instance.intervals
    return {
        "jobs": len(target),
        "completed": completed,
        "dropped": dropped,
        "drop_rate": dropped / reached if reached else 0.0,
        "mean_jobs_in_system": float(in_system.mean()),
        "mean_stage_cost": float(costs["stage"].mean()),
        "discounted_cost": float(powers @ costs["stage"]),
        "mean_response_intervals": float(np.mean(response)) / per
        if completed
        else None,
        "mean_response_s": float(np.mean(response)) * instance.slot_seconds
        if completed
        else None,
        "response_intervals_by_littles_law": float(in_system.mean()) / throughput
        if throughput
        else None,
        "full_queues": int(costs["full"].sum()),
        "jobs_in_transit": costs["transit"].astype(int).tolist(),
        "jobs_queued": costs["queued"].astype(int).tolist(),
        **_policy_bound(instance, solution),
        "servers": {
            server.id: {"sent": int(sent[m]), "accepted": int(accepted[m])}
            for m, server in enumerate(instance.servers)
        },
    }


def _policy_bound(
    instance: DispatchInstance, solution: DispatchSolution
) -> dict[str, Any]:
    """Return the bound on the mean of every policy; empty if there are no prices for it."""
    if solution.policy_prices is None:
        return {}
    bound = policy_bound.policy_bound(instance, solution.policy_prices)
    if bound is None:
        return {}
    return {"policy_bound": bound, "policy_bound_source": policy_bound.SOURCE}
