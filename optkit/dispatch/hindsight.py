"""What could have been: good assignments for a sample path that is known, and a bound.

Queues of different types share nothing, so each type is a problem of its own. Import where
needed: it loads numba.

**Bound.** First come first served, a job of S slots of service occupies S slots of its
server in a row. Take prices π ≥ 0 for the slots of each server. A job that arrives in
interval a and is served from slot s on meets ⌊(s + S − 1)/t_B⌋ − a boundaries, so for any
schedule

    cost ≥ Σ_jobs min over m, s ≥ join of
                  (⌊(s + S − 1)/t_B⌋ − a + π_{m,s} + … + π_{m,s+S−1})  −  Σ_{m,s} π_{m,s},

since no slot serves two jobs; a dropped job costs its upload and the penalty instead,
full queues only add, and what lies behind the last boundary is free. Any prices give a
bound; subgradient steps look for good ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.compiled import compiled
from optkit.dispatch.slots import service_time, upload_latency
from optkit.dispatch.world import Integers, World


@dataclass(frozen=True, eq=False)
class Known:
    """The jobs of one type, with what each would meet at each server.

    Parameters
    ----------
    jobs
        (N,): their places in the world's arrays.
    arrival
        (N,): slots.
    rank
        (N,): the instance's index, which orders joins in one slot.
    join, service
        (N, M): slot of joining and slots of service; −1 where no candidate.
    """

    jobs: Integers
    arrival: Integers
    rank: Integers
    join: Integers
    service: Integers


def known(world: World, kind: int) -> Known:
    """Return what is known about the jobs of one type."""
    jobs = np.flatnonzero(world.kind == kind)
    servers = world.shape[1]
    join = np.full((len(jobs), servers), -1, dtype=np.int64)
    service = np.full((len(jobs), servers), -1, dtype=np.int64)
    for server in range(servers):
        able = np.flatnonzero(world.candidate[world.ap[jobs], server])
        if len(able):
            target = np.full(len(able), server, dtype=np.int64)
            join[able, server] = world.slot[jobs[able]] + upload_latency(
                world, jobs[able], target
            )
            service[able, server] = service_time(world, jobs[able], target)
    return Known(jobs, world.slot[jobs], world.job[jobs], join, service)


class PricedBound:
    """The best bound that subgradient steps find for one type; better with each round.

    Parameters
    ----------
    world
        The instance.
    seen
        The jobs of the type.
    """

    def __init__(self, world: World, seen: Known) -> None:
        self._world = world
        self._seen = seen
        self._price = np.zeros((world.shape[1], world.horizon))
        self._pace = 1.0
        self.value = 0.0

    def improve(self, goal: float, rounds: int) -> None:
        """Take some steps towards ``goal``, the cost of a known solution."""
        world, seen = self._world, self._seen
        for _ in range(rounds):
            value, used = compiled(_priced)(
                seen.arrival,
                seen.join,
                seen.service,
                self._price,
                world.slots_per_interval,
                world.intervals,
                world.drop_penalty,
            )
            if value > self.value:
                self.value = value
            else:
                self._pace *= PATIENCE
            slope = used - 1.0
            slope[(self._price <= 0.0) & (slope < 0.0)] = 0.0
            norm = float((slope**2).sum())
            if norm == 0.0 or goal <= value:
                return
            step = self._pace * (goal - value) / norm
            self._price = np.maximum(self._price + step * slope, 0.0)


PATIENCE = 0.97
"""By how much steps shorten whenever one does not help."""


class Assignment:
    """An assignment of one type's jobs, improved a job at a time.

    Parameters
    ----------
    world
        The instance.
    seen
        The jobs of the type.
    target
        (N,): a server for each.
    """

    def __init__(self, world: World, seen: Known, target: Integers) -> None:
        self._world = world
        self._seen = seen
        self.target = target.astype(np.int64)
        self.changed = True

    def cost(self) -> float:
        """Return the type's part of the cost, in jobs times boundaries."""
        total: float = compiled(_total)(*self._arguments())
        return total

    def improve(self, begin: int, end: int) -> bool:
        """Move each of some jobs to its best server, all others fixed; say if any moved."""
        moved: bool = compiled(_descend)(begin, end, *self._arguments())
        return moved

    def _arguments(self) -> tuple[Any, ...]:
        world, seen = self._world, self._seen
        return (
            seen.arrival,
            seen.rank,
            seen.join,
            seen.service,
            self.target,
            (
                world.slots_per_interval,
                world.intervals,
                world.queue_limit,
                float(world.overflow_penalty),
                float(world.drop_penalty),
            ),
        )


def descend(assignment: Assignment, stop: Callable[[], bool]) -> Iterator[float]:
    """Improve until nothing moves; yield the cost after each pass."""
    size = len(assignment.target)
    moved = True
    while moved and not stop():
        moved = False
        for begin in range(0, size, 200):
            if stop():
                break
            moved |= assignment.improve(begin, min(size, begin + 200))
        yield assignment.cost()


def _priced(
    arrival: Any,
    join: Any,
    service: Any,
    price: Any,
    per: int,
    intervals: int,
    penalty: float,
) -> tuple[float, Any]:
    """Return the bound at some prices, and how many jobs use each slot."""
    jobs, servers = join.shape
    horizon = per * intervals
    paid = np.zeros((servers, horizon + 1))  # price of all slots before
    for server in range(servers):
        for slot in range(horizon):
            paid[server, slot + 1] = paid[server, slot] + price[server, slot]
    change = np.zeros((servers, horizon + 1))
    total = -np.sum(price)
    for job in range(jobs):
        came = min(arrival[job] // per, intervals)
        least, where, when = np.inf, -1, -1
        for server in range(servers):
            begin = join[job, server]
            if begin < 0:
                continue
            length = service[job, server]
            if begin < horizon:
                dropped = begin // per - came + penalty
                if dropped < least:
                    least, where = dropped, -1
            for slot in range(begin, max(begin, horizon) + 1):
                cost = min((slot + length - 1) // per, intervals) - came
                if cost >= least:
                    break
                cost += paid[server, min(slot + length, horizon)]
                cost -= paid[server, min(slot, horizon)]
                if cost < least:
                    least, where, when = cost, server, slot
        total += least
        if where >= 0 and when < horizon:
            change[where, when] += 1.0
            change[where, min(when + service[job, where], horizon)] -= 1.0
    used = np.zeros((servers, horizon))
    for server in range(servers):
        now = 0.0
        for slot in range(horizon):
            now += change[server, slot]
            used[server, slot] = now
    return total, used


def _queue(
    members: Any,
    size: int,
    server: int,
    join: Any,
    service: Any,
    rules: Any,
    finish: Any,
) -> float:
    """Return the cost of one queue: jobs queued at boundaries, full ones, and drops."""
    per, intervals, limit, overflow, penalty = rules
    horizon = per * intervals
    cost = 0.0
    first = 0  # first accepted job that may still be there
    accepted = 0
    crowded = False
    for place in range(size):
        job = members[place]
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
            crowded = True
    if crowded and overflow > 0.0:
        come, gone = 0, 0
        for boundary in range(1, intervals + 1):
            while come < accepted and finish[come, 1] < boundary * per:
                come += 1
            while gone < accepted and finish[gone, 0] < boundary * per:
                gone += 1
            if come - gone >= limit:
                cost += overflow
    return cost


queue = compiled(_queue)


def _members(target: Any, rank: Any, join: Any, servers: int) -> tuple[Any, Any]:
    """Return each server's jobs in order of joining, and how many there are."""
    jobs = len(target)
    lists = np.zeros((servers, jobs + 1), dtype=np.int64)
    sizes = np.zeros(servers, dtype=np.int64)
    for job in range(jobs):
        insert(lists[target[job]], sizes[target[job]], job, target[job], rank, join)
        sizes[target[job]] += 1
    return lists, sizes


def _insert(row: Any, size: int, job: int, server: int, rank: Any, join: Any) -> None:
    """Insert a job into a row that is ordered by join, then by rank."""
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


insert = compiled(_insert)
members_of = compiled(_members)


def _total(
    arrival: Any,
    rank: Any,
    join: Any,
    service: Any,
    target: Any,
    rules: Any,
) -> float:
    per, intervals = rules[0], rules[1]
    servers = join.shape[1]
    lists, sizes = members_of(target, rank, join, servers)
    finish = np.zeros((len(target) + 1, 2), dtype=np.int64)
    cost = 0.0
    for job in range(len(target)):
        cost += min(join[job, target[job]] // per, intervals)
        cost -= min(arrival[job] // per, intervals)
    for server in range(servers):
        cost += queue(
            lists[server],
            sizes[server],
            server,
            join,
            service,
            rules,
            finish,
        )
    return cost


def _descend(
    begin: int,
    end: int,
    arrival: Any,
    rank: Any,
    join: Any,
    service: Any,
    target: Any,
    rules: Any,
) -> bool:
    per, intervals = rules[0], rules[1]
    servers = join.shape[1]
    lists, sizes = members_of(target, rank, join, servers)
    finish = np.zeros((len(target) + 1, 2), dtype=np.int64)
    trial = np.zeros(len(target) + 1, dtype=np.int64)
    costs = np.zeros(servers)
    for server in range(servers):
        costs[server] = queue(
            lists[server],
            sizes[server],
            server,
            join,
            service,
            rules,
            finish,
        )
    moved = False
    for job in range(begin, end):
        home = target[job]
        count = 0
        for place in range(sizes[home]):
            if lists[home, place] != job:
                trial[count] = lists[home, place]
                count += 1
        without = queue(
            trial,
            count,
            home,
            join,
            service,
            rules,
            finish,
        )
        saved = costs[home] - without + min(join[job, home] // per, intervals)
        best, gain, cost_there = -1, 1e-9, 0.0
        for server in range(servers):
            if server == home or join[job, server] < 0:
                continue
            way = min(join[job, server] // per, intervals)
            if saved - way <= gain:  # its upload alone costs as much
                continue
            size = sizes[server]
            trial[:size] = lists[server, :size]
            insert(trial, size, job, server, rank, join)
            cost = queue(
                trial,
                size + 1,
                server,
                join,
                service,
                rules,
                finish,
            )
            if saved - way - (cost - costs[server]) > gain:
                best, cost_there = server, cost
                gain = saved - way - (cost - costs[server])
        if best >= 0:
            count = 0
            for place in range(sizes[home]):
                if lists[home, place] != job:
                    lists[home, count] = lists[home, place]
                    count += 1
            sizes[home] = count
            costs[home] = without
            insert(lists[best], sizes[best], job, best, rank, join)
            sizes[best] += 1
            costs[best] = cost_there
            target[job] = best
            moved = True
    return moved
