"""Whole runs agree with a plain one, in which everything is computed by its definition.

The plain run uses the checker's replay of jobs, dictionaries of what each access point has
heard, and the rule of the queue-aware policy; nothing of the simulator, of the observer or
of the policies.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from optkit.dispatch.check.replay import replay
from optkit.dispatch.instance import DispatchInstance
from tests.coupling.runs import solved, told
from tests.dispatch.instances import random_instance

Known = dict[tuple[str, int, int], int]
"""Jobs in a queue, by the access point that knows it, the server and the type."""

Rule = Callable[[int, float, float], bool]
"""Whether to send in an interval, by its number, the value now and that sent last."""


def _router(instance: DispatchInstance, server: int) -> str:
    entry = instance.servers[server]
    return entry.id if entry.ap is None else entry.ap


def _queue_lengths(
    instance: DispatchInstance, target: list[int | None], boundary: int
) -> dict[tuple[int, int], int]:
    """Return the queue lengths at a boundary slot if jobs so far went to ``target``."""
    jobs = [n for n, server in enumerate(target) if server is not None]
    picked = instance.model_copy(
        update={
            "jobs": instance.jobs.model_copy(
                update={
                    name: tuple(getattr(instance.jobs, name)[n] for n in jobs)
                    for name in ("slot", "ap", "type", "upload_u", "service_u")
                }
            )
        }
    )
    histories = replay(picked, [server for server in target if server is not None])
    lengths: dict[tuple[int, int], int] = {
        (m, j): 0
        for m in range(len(instance.servers))
        for j in range(len(instance.job_types))
    }
    for job, history in zip(jobs, histories, strict=True):
        server = target[job]
        assert server is not None
        if history.finish is not None and history.join < boundary <= history.finish:
            lengths[server, instance.jobs.type[job]] += 1
    return lengths


def _quantile(law: tuple[float, ...], quantile: float) -> int:
    total = 0.0
    for slot, mass in enumerate(law):
        total += mass
        if total > quantile:
            return slot
    return max(slot for slot, mass in enumerate(law) if mass > 0.0)


def _latency(instance: DispatchInstance, k: int, m: int, j: int) -> float:
    laws = instance.upload_pmf[k][m]
    assert laws is not None
    law = laws[j]
    assert law is not None
    upload = sum(slots * mass for slots, mass in enumerate(law))
    return upload + instance.mean_service_slots[m][j]


def _actions(instance: DispatchInstance, known: Known) -> dict[tuple[int, int], int]:
    """Return the queue-aware action of each access point and type."""
    place = {server.id: m for m, server in enumerate(instance.servers)}
    actions = {}
    for k, ap in enumerate(instance.aps):
        for j in range(len(instance.job_types)):
            best, least = -1, math.inf
            for m in sorted(place[name] for name in instance.candidates[k]):
                cost = _latency(instance, k, m, j)
                cost += known[ap, m, j] * instance.mean_service_slots[m][j]
                if cost < least - 1e-9:
                    best, least = m, cost
            actions[k, j] = best
    return actions


def _plain_run(
    instance: DispatchInstance, report: Rule, notify: Rule
) -> tuple[list[int], dict[str, list[int]], dict[tuple[str, str], list[int]]]:
    """Return targets, reports and notifications; a notification weighs no values."""
    per, aps = instance.slots_per_interval, list(instance.aps)
    queues = [
        (m, j)
        for m in range(len(instance.servers))
        for j in range(len(instance.job_types))
    ]
    places = {server.id: m for m, server in enumerate(instance.servers)}
    reach = [{places[name] for name in row} for row in instance.candidates]
    known: Known = {(ap, m, j): 0 for ap in aps for m, j in queues}
    held = dict.fromkeys(queues, 0)
    sent_last = dict.fromkeys(queues, math.nan)
    reports: dict[str, list[int]] = {}
    notifications: dict[tuple[str, str], list[int]] = {}
    target: list[int | None] = [None] * len(instance.jobs.slot)
    actions = _actions(instance, known)
    for t in range(instance.intervals):
        lengths = _queue_lengths(instance, target, t * per)
        for m, j in queues:
            percent = 100.0 * lengths[m, j] / instance.queue_limit
            if report(t, percent, sent_last[m, j]):
                held[m, j], sent_last[m, j] = lengths[m, j], percent
                name = f"{instance.servers[m].id}/{instance.job_types[j]}"
                reports.setdefault(name, []).append(t)
        for k, ap in enumerate(aps):
            sources = {_router(instance, m) for m in reach[k]}
            sources |= {p for i, p in enumerate(aps) if reach[i] & reach[k]}
            for source in sources - {ap}:
                if notify(t, 0.0, 0.0):
                    notifications.setdefault((source, ap), []).append(t)
            for m, j in queues:
                router = _router(instance, m)
                if router == ap or (router in sources and notify(t, 0.0, 0.0)):
                    known[ap, m, j] = held[m, j]
        later = _actions(instance, known)
        for n, (slot, k, j) in enumerate(
            zip(instance.jobs.slot, instance.jobs.ap, instance.jobs.type, strict=True)
        ):
            if t * per <= slot < (t + 1) * per:
                signal = _quantile(
                    instance.signal_latency_pmf[k], instance.signal_u[t][k]
                )
                target[n] = (later if slot - t * per >= signal else actions)[k, j]
        actions = later
    return [m for m in target if m is not None], reports, notifications


def _every(period: int, offset: int = 0) -> Rule:
    return lambda t, now, last: t >= offset and (t - offset) % period == 0


def _moved(absolute: float) -> Rule:
    """Report in interval 0, and when the value has moved by more than this."""
    return lambda t, now, last: t == 0 or abs(now - last) > absolute


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("moved", [False, True])
def test_runs_agree_with_a_plain_one(seed: int, moved: bool) -> None:
    """Targets, reports and notifications are those of the plain run."""
    instance = random_instance(seed)
    period, offset = 1 + seed % 4, seed % 2
    reporting = {"absolute": 10.0, "relative": 0.0} if moved else {"period": period}
    solution = solved(
        instance,
        "queue-aware",
        {
            "policy": "threshold+periodic" if moved else "periodic+periodic",
            "reporting": reporting,
            "notification": {"period": 1 + period, "offset": offset},
        },
    )
    target, reports, notifications = _plain_run(
        instance,
        _moved(10.0) if moved else _every(period),
        _every(1 + period, offset),
    )
    assert list(solution.target) == target
    messages = told(solution)
    sent = {
        name: list(slots)
        for name, slots in messages.reports.items()
        if name not in instance.aps
    }
    assert sent == reports
    assert {
        (n.source, n.target): list(n.intervals) for n in messages.notifications
    } == notifications
