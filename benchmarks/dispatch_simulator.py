"""The speed of the dispatch simulator, against the same network in SimPy and Ciw.

All replay one sample path with the same servers for the same jobs, slot for slot: a job
leaves its access point in its slot, joins its queue after its upload, is dropped if the
queue is full, and is served first come first served. The others are handed the upload and
service times; our time includes computing them from their laws. Before anything is timed,
finish slots are compared job by job. Our simulator is timed twice: the whole path in one
call, as the others run it, and interval by interval, as policies use it.

Times are processor times. In each repetition SimPy runs once and our simulator, which is
far faster, many times, all of which count. Rates are medians over the repetitions; ratios
to SimPy are taken within one repetition, and shown from the least to the greatest. Ciw is
much slower and runs once, on a shorter sample path.

    pip install -r benchmarks/requirements-peers.txt
    python benchmarks/dispatch_simulator.py
    python benchmarks/dispatch_simulator.py --intervals 60 --repeat 1
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import deque
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy
from dispatch_ciw import by_ciw

from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.finish_slots import DROPPED, PENDING
from optkit.dispatch.problem.nearest_server import selfish_actions
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.problem.simulator import Simulator, service_time, upload_latency

SETTINGS: dict[str, dict[str, Any]] = {
    "paper": {},
    "arrivals ×3": {"arrival": 0.0619},
    "short queues": {"queue_limit": 4, "arrival": 0.0619},
}

CIW_INTERVALS = 25
"""Length of Ciw's sample path."""

RUNS = 50
"""Runs of our simulator per repetition, to take about as long as one run of SimPy."""

Finish = np.ndarray[Any, np.dtype[np.int64]]


def ours(data: ProblemData, target: Finish, calls: int = 1) -> Finish:
    """Return each job's last slot of service by our simulator, run in ``calls`` parts."""
    system = Simulator(data)
    for _ in range(calls):
        jobs = system.arrivals(data.horizon // calls)
        system.advance(data.horizon // calls, target[jobs])
    return system.finish


class Queue:
    """One queue in SimPy: a list of jobs, and a server that wakes up when a job joins."""

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
        """Serve the head; the job in service counts as waiting."""
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
"""Jobs join at half slots, after those that leave at the end of the slot before."""


def by_simpy(
    data: ProblemData, target: Finish, upload: list[int], service: list[int]
) -> Finish:
    """Return the same by SimPy, from each job's upload and service slots."""
    finish = np.full(len(data.slot), PENDING, dtype=np.int64)
    env = simpy.Environment()
    _, servers, kinds = data.shape
    queues = [
        Queue(env, data.queue_limit, finish)
        for _ in range(servers)
        for _ in range(kinds)
    ]
    queue_of = (target * kinds + data.kind).tolist()

    def travel(job: int) -> Generator[simpy.Event, None, None]:
        yield env.timeout(upload[job] + HALF)
        queues[queue_of[job]].join(job, service[job])

    def arrive() -> Generator[simpy.Event, None, None]:
        for job, slot in enumerate(data.slot.tolist()):
            if slot > env.now:
                yield env.timeout(slot - env.now)
            env.process(travel(job))

    env.process(arrive())
    # Departures at the very end belong to the last slot.
    env.run(until=data.horizon + HALF / 2)
    return finish


def rate(run: Callable[[], Finish], times: int) -> float:
    """Return jobs per second of processor time, over some runs."""
    begin = time.process_time()
    jobs = sum(len(run()) for _ in range(times))
    return jobs / (time.process_time() - begin)


def rate_cells(rates: list[tuple[float, ...]]) -> str:
    """Return table cells: median rates, and the least and greatest ratio to the first."""
    columns = list(zip(*rates, strict=True))
    cells = [f"{statistics.median(columns[0]):,.0f}"]
    for column in columns[1:]:
        ratios = [fast / slow for fast, slow in zip(column, columns[0], strict=True)]
        cells.append(f"{statistics.median(column):,.0f}")
        cells.append(f"{min(ratios):.0f} … {max(ratios):.0f} ×")
    return " | ".join(cells)


def generated(
    settings: dict[str, Any], intervals: int
) -> tuple[ProblemData, Finish, list[int], list[int]]:
    """Return an instance, a server for each job, and its upload and service slots."""
    options = GeneratorOptions(intervals=intervals, **settings)
    data = problem_data(DispatchInstance.parse(generate(options, 0)))
    target = selfish_actions(data)[data.ap, data.kind]
    jobs = np.arange(len(target))
    upload = upload_latency(data, jobs, target).tolist()
    return data, target, upload, service_time(data, jobs, target).tolist()


def same(name: str, first: Finish, second: Finish) -> None:
    """Stop if finish slots differ."""
    wrong = np.count_nonzero(first != second)
    if wrong:
        raise SystemExit(f"{name}: {wrong} jobs differ")


def compared(name: str, settings: dict[str, Any], intervals: int, repeat: int) -> str:
    """Return the line of one setting."""
    data, target, upload, service = generated(settings, intervals)
    peer = by_simpy(data, target, upload, service)
    for calls in (1, intervals):
        same(name, ours(data, target, calls), peer)
    rates = [
        (
            rate(lambda: by_simpy(data, target, upload, service), 1),
            rate(lambda: ours(data, target), RUNS),
            rate(lambda: ours(data, target, intervals), RUNS),
        )
        for _ in range(repeat)
    ]
    dropped = np.count_nonzero(peer == DROPPED)
    return (
        f"| {name} | {len(peer)} | {dropped} | {ciw_rate(name, settings):,.0f} |"
        f" {rate_cells(rates)} |"
    )


def ciw_rate(name: str, settings: dict[str, Any]) -> float:
    """Return jobs per second by Ciw."""
    data, target, upload, service = generated(settings, CIW_INTERVALS)
    finish: list[Finish] = []

    def run() -> Finish:
        finish.append(by_ciw(data, target, upload, service))
        return finish[0]

    jobs_per_second = rate(run, 1)
    same(name, finish[0], ours(data, target))
    return jobs_per_second


def main() -> None:
    """Print one line per setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--intervals", type=int, default=250)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    print(
        "| setting | jobs | dropped | Ciw, jobs/s | SimPy, jobs/s |"
        " optkit, the path at once | | optkit, by interval | |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, settings in SETTINGS.items():
        print(
            compared(name, settings, arguments.intervals, arguments.repeat), flush=True
        )


if __name__ == "__main__":
    main()
