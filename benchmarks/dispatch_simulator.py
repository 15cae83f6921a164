"""The dispatch simulator's speed, against the same network written in SimPy.

Both replay one sample path with the same servers for the same jobs, slot for slot: a job
leaves its access point in its slot, joins its queue after its upload, is dropped if the
queue is full, and is served first come first served. SimPy is given the upload and
service times ready made; our time includes drawing them from their laws. Before anything is
timed, finish slots are compared job by job. Our simulator is timed twice: the whole path in
one call, as SimPy runs it, and interval by interval, as policies use it. Times are those of
the processor, the best of the repetitions.

    pip install -r benchmarks/requirements-peers.txt
    python benchmarks/dispatch_simulator.py
    python benchmarks/dispatch_simulator.py --intervals 60 --repeat 1
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from optkit.dispatch.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.selfish import selfish_actions
from optkit.dispatch.slots import DROPPED, PENDING, Slots, service_time, upload_latency
from optkit.dispatch.world import World, world

SETTINGS: dict[str, dict[str, Any]] = {
    "paper": {},
    "arrivals ×3": {"arrival": 0.0619},
    "short queues": {"queue_limit": 4, "arrival": 0.0619},
}

Finish = np.ndarray[Any, np.dtype[np.int64]]


def ours(seen: World, target: Finish, calls: int = 1) -> Finish:
    """Return each job's last slot of service by our simulator, moved on in some calls."""
    system = Slots(seen)
    for _ in range(calls):
        jobs = system.arrivals(seen.horizon // calls)
        system.advance(seen.horizon // calls, target[jobs])
    return system.finish


class Queue:
    """One queue in SimPy: a list of jobs, and a server that wakes up when one joins."""

    def __init__(self, env: simpy.Environment, limit: int, finish: Finish) -> None:
        self.env = env
        self.limit = limit
        self.finish = finish
        self.waiting: deque[tuple[int, int]] = deque()
        self.idle: simpy.Event | None = None
        env.process(self.serve())

    def join(self, job: int, service: int) -> None:
        """Let a job in, or drop it."""
        if len(self.waiting) >= self.limit:
            self.finish[job] = DROPPED
            return
        self.waiting.append((job, service))
        if self.idle is not None:
            self.idle.succeed()
            self.idle = None

    def serve(self) -> Generator[simpy.Event, None, None]:
        """Serve the head; whoever is in service counts as waiting."""
        while True:
            early = 0.0
            if not self.waiting:
                self.idle = self.env.event()
                yield self.idle
                early = HALF  # the slot of joining is the first of service
            job, service = self.waiting[0]
            yield self.env.timeout(service - early)
            self.waiting.popleft()
            self.finish[job] = int(self.env.now) - 1


HALF = 0.5
"""Jobs join at halves of slots: who leaves at the end of a slot is gone before."""


def theirs(
    seen: World, target: Finish, upload: list[int], service: list[int]
) -> Finish:
    """Return the same by SimPy."""
    finish = np.full(len(seen.slot), PENDING, dtype=np.int64)
    env = simpy.Environment()
    _, servers, kinds = seen.shape
    queues = [
        Queue(env, seen.queue_limit, finish)
        for _ in range(servers)
        for _ in range(kinds)
    ]
    place = (target * kinds + seen.kind).tolist()

    def travel(job: int) -> Generator[simpy.Event, None, None]:
        yield env.timeout(upload[job] + HALF)
        queues[place[job]].join(job, service[job])

    def arrive() -> Generator[simpy.Event, None, None]:
        for job, slot in enumerate(seen.slot.tolist()):
            if slot > env.now:
                yield env.timeout(slot - env.now)
            env.process(travel(job))

    env.process(arrive())
    # Departures at the very end belong to the last slot.
    env.run(until=seen.horizon + HALF / 2)
    return finish


def best(run: Callable[[], Finish], repeat: int) -> float:
    """Return the least processor time of some runs, in s."""
    times = []
    for _ in range(repeat):
        begin = time.process_time()
        run()
        times.append(time.process_time() - begin)
    return min(times)


def compared(name: str, settings: dict[str, Any], intervals: int, repeat: int) -> str:
    """Return the line of one setting."""
    options = GeneratorOptions(intervals=intervals, **settings)
    seen = world(DispatchInstance.parse(generate(options, 0)))
    target = selfish_actions(seen)[seen.ap, seen.kind]
    jobs = np.arange(len(target))
    upload = upload_latency(seen, jobs, target).tolist()
    service = service_time(seen, jobs, target).tolist()
    peer = theirs(seen, target, upload, service)
    for calls in (1, intervals):
        wrong = np.count_nonzero(ours(seen, target, calls) != peer)
        if wrong:
            raise SystemExit(f"{name}: {wrong} jobs differ")
    count = len(jobs)
    whole = count / best(lambda: ours(seen, target), 10 * repeat)
    stepped = count / best(lambda: ours(seen, target, intervals), 5 * repeat)
    slow = count / best(lambda: theirs(seen, target, upload, service), repeat)
    dropped = np.count_nonzero(peer == DROPPED)
    return (
        f"| {name} | {count} | {dropped} | {slow:,.0f} | {whole:,.0f} |"
        f" {whole / slow:.0f} × | {stepped:,.0f} | {stepped / slow:.0f} × |"
    )


def main() -> None:
    """Print one line a setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--intervals", type=int, default=250)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    print(
        "| setting | jobs | dropped | SimPy, jobs/s | optkit, the path at once | |"
        " optkit, by interval | |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, settings in SETTINGS.items():
        print(compared(name, settings, given.intervals, given.repeat), flush=True)


if __name__ == "__main__":
    main()
