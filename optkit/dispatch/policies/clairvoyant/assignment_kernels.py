"""Compiled loops over the jobs of queues whose future is known.

``constants`` are slots per interval, intervals, queue limit, overflow and drop penalty.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop


@inner_loop
def queue_cost(
    members: Any,
    size: int,
    server: int,
    join: Any,
    service: Any,
    constants: Any,
    finish: Any,
) -> float:
    """Return the cost of one queue: jobs queued at boundaries, full ones, and drops."""
    per, intervals, limit, overflow, penalty = constants
    horizon = per * intervals
    cost = 0.0
    first = 0  # the first accepted job that may still be in the queue
    accepted = 0
    filled = False
    for position in range(size):
        job = members[position]
        came = join[job, server]
        while first < accepted and finish[first, 0] < came:
            first += 1
        if accepted - first >= limit:
            if came < horizon:
                cost += penalty
            continue
        start = came
        if accepted > first and finish[accepted - 1, 0] >= came:
            start = finish[accepted - 1, 0] + 1
        leave = start + service[job, server] - 1
        finish[accepted, 0] = leave
        finish[accepted, 1] = came
        accepted += 1
        cost += min(leave // per, intervals) - min(came // per, intervals)
        if accepted - first >= limit:
            filled = True
    if filled and overflow > 0.0:
        come, gone = 0, 0
        for boundary in range(1, intervals + 1):
            while come < accepted and finish[come, 1] < boundary * per:
                come += 1
            while gone < accepted and finish[gone, 0] < boundary * per:
                gone += 1
            if come - gone >= limit:
                cost += overflow
    return cost


@inner_loop
def insert(row: Any, size: int, job: int, server: int, rank: Any, join: Any) -> None:
    """Insert a job into a row that is ordered by slot of joining, then by rank."""
    at = size
    while at > 0 and (
        join[row[at - 1], server] > join[job, server]
        or (
            join[row[at - 1], server] == join[job, server]
            and rank[row[at - 1]] > rank[job]
        )
    ):
        row[at] = row[at - 1]
        at -= 1
    row[at] = job


@inner_loop
def members_of(target: Any, rank: Any, join: Any, servers: int) -> tuple[Any, Any]:
    """Return each server's jobs in order of joining, and how many there are."""
    jobs = len(target)
    lists = np.zeros((servers, jobs + 1), dtype=np.int64)
    sizes = np.zeros(servers, dtype=np.int64)
    for job in range(jobs):
        insert(lists[target[job]], sizes[target[job]], job, target[job], rank, join)
        sizes[target[job]] += 1
    return lists, sizes


@loop(lambda arrival, *_: 10 * len(arrival))
def total_cost(
    arrival: Any,
    rank: Any,
    join: Any,
    service: Any,
    target: Any,
    constants: Any,
) -> float:
    """Return what an assignment costs, in jobs times boundaries, drops included."""
    per, intervals = constants[0], constants[1]
    servers = join.shape[1]
    lists, sizes = members_of(target, rank, join, servers)
    finish = np.zeros((len(target) + 1, 2), dtype=np.int64)
    cost = 0.0
    for job in range(len(target)):
        cost += min(join[job, target[job]] // per, intervals)
        cost -= min(arrival[job] // per, intervals)
    for server in range(servers):
        cost += queue_cost(
            lists[server], sizes[server], server, join, service, constants, finish
        )
    return cost


@loop(lambda begin, end, arrival, *_: (10 + 4 * (end - begin)) * len(arrival))
def improve_range(
    begin: int,
    end: int,
    arrival: Any,
    rank: Any,
    join: Any,
    service: Any,
    target: Any,
    constants: Any,
) -> bool:
    """Move each of the jobs ``begin`` … ``end`` − 1 to its best server, in place.

    Returns whether any moved.
    """
    per, intervals = constants[0], constants[1]
    servers = join.shape[1]
    lists, sizes = members_of(target, rank, join, servers)
    finish = np.zeros((len(target) + 1, 2), dtype=np.int64)
    trial = np.zeros(len(target) + 1, dtype=np.int64)
    costs = np.zeros(servers)
    for server in range(servers):
        costs[server] = queue_cost(
            lists[server], sizes[server], server, join, service, constants, finish
        )
    moved = False
    for job in range(begin, end):
        home = target[job]
        count = 0
        for position in range(sizes[home]):
            if lists[home, position] != job:
                trial[count] = lists[home, position]
                count += 1
        without = queue_cost(trial, count, home, join, service, constants, finish)
        saved = costs[home] - without + min(join[job, home] // per, intervals)
        best, gain, cost_there = -1, 1e-9, 0.0
        for server in range(servers):
            if server == home or join[job, server] < 0:
                continue
            way = min(join[job, server] // per, intervals)
            if saved - way <= gain:  # its upload there alone costs as much
                continue
            size = sizes[server]
            for position in range(size):
                trial[position] = lists[server, position]
            insert(trial, size, job, server, rank, join)
            cost = queue_cost(trial, size + 1, server, join, service, constants, finish)
            if saved - way - (cost - costs[server]) > gain:
                best, cost_there = server, cost
                gain = saved - way - (cost - costs[server])
        if best >= 0:
            count = 0
            for position in range(sizes[home]):
                if lists[home, position] != job:
                    lists[home, count] = lists[home, position]
                    count += 1
            sizes[home] = count
            costs[home] = without
            insert(lists[best], sizes[best], job, best, rank, join)
            sizes[best] += 1
            costs[best] = cost_there
            target[job] = best
            moved = True
    return moved
