"""Checks what access points were told in a dispatch run, and what it cost.

The lengths of queues at boundaries come from the replay of dispatch's checker. With them as
loads, the messages are a solution of sync, which sync's checker judges. Both replays, and
what is between them here, share no code with the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.consistency import agree
from optkit.core.errors import InvalidFileError
from optkit.core.solving.result import Violation
from optkit.dispatch.check.replay import Histories
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import Information
from optkit.sync.check.checker import check
from optkit.sync.instance import HIGHEST_LOAD, SyncInstance
from optkit.sync.solution import Notifications, SyncSolution


@dataclass(frozen=True)
class Judged:
    """The verdict on the messages of a run.

    Parameters
    ----------
    violations
        Every rule that they break.
    metrics
        Their number and cost, and how old and how wrong they left what is known.
    """

    violations: tuple[Violation, ...]
    metrics: Mapping[str, Any]


def check_information(
    instance: DispatchInstance,
    target: Sequence[int],
    information: Information,
    histories: Histories,
    cost: float,
) -> Judged:
    """Replay the messages of a run and recompute their cost.

    Parameters
    ----------
    instance, target
        The dispatch instance, and the server of each job.
    information
        The messages.
    histories
        The histories of the jobs, replayed.
    cost
        The recomputed cost of dispatching, in jobs.
    """
    if instance.changes is not None:
        text = "messages are for networks that stay as they are, and this one changes"
        return Judged((Violation("information", "information", text),), {})
    queues, under_way = boundary_states(instance, target, histories)
    try:
        replayed = _sync_instance(instance, information, queues, under_way)
    except InvalidFileError as error:
        text = f"there is no sync instance of these prices and names: {error}"
        return Judged((Violation("information", "information", text),), {})
    verdict = check(replayed, _sync_solution(information))
    broken = [Violation(v.kind, _path(v.path), v.message) for v in verdict.violations]
    if verdict.objective is None:
        return Judged(tuple(broken), {})
    if not agree(information.objective, verdict.objective):
        broken.append(
            Violation(
                "information-objective",
                "information.objective",
                f"{information.objective!r} is claimed, {verdict.objective!r} is"
                " recomputed",
            )
        )
    age, wrong = _known_queues(instance, information, queues)
    intervals = instance.intervals
    messages = int(verdict.metrics["notifications"])
    reports = int(verdict.metrics["reports_sent"])
    hops = _hops(replayed, information)
    price = (information.fee * hops + information.report_fee * reports) / intervals
    seconds = intervals * instance.slots_per_interval * instance.slot_seconds
    metrics = {
        "messages": messages,
        "message_hops": hops,
        "messages_per_interval": messages / intervals,
        "messages_per_s": messages / seconds,
        "reports": reports,
        "message_cost": price,
        "total_cost": cost + price,
        "sync_objective": verdict.objective,
        "mean_link_age_intervals": verdict.metrics["mean_age"],
        "mean_queue_age_intervals": age,
        "mean_queue_error": wrong,
    }
    return Judged(tuple(broken), metrics)


def _path(path: str) -> str:
    """Return where in a dispatch solution a violation of sync's checker is."""
    return (
        "information."
        + path.removesuffix(".slots")
        + (".intervals" if path.endswith(".slots") else "")
    )


def boundary_states(
    instance: DispatchInstance, target: Sequence[int], histories: Histories
) -> tuple[Ints, Ints]:
    """Return the jobs in each queue, (M, J, T), and of each access point under way, (K, T).

    They are those at the starts of the intervals, the boundaries 0 … T − 1.
    """
    boundaries = np.arange(instance.intervals) * instance.slots_per_interval
    kinds = len(instance.job_types)
    queue = np.array(target, dtype=np.int64) * kinds
    queue += np.array(instance.jobs.type, dtype=np.int64)
    kept = histories.accepted
    queues = _present(
        queue[kept],
        len(instance.servers) * kinds,
        histories.join[kept],
        histories.finish[kept],
        boundaries,
    )
    ap = np.array(instance.jobs.ap, dtype=np.int64)
    under_way = _present(
        ap, len(instance.aps), histories.arrival, histories.join, boundaries
    )
    return queues.reshape(len(instance.servers), kinds, -1), under_way


def _present(
    group: Ints, groups: int, first: Ints, last: Ints, boundaries: Ints
) -> Ints:
    """Return, (groups, T), how many of a group have first < B ≤ last at each boundary."""
    present = np.zeros((groups, len(boundaries) + 1), dtype=np.int64)
    enters = np.searchsorted(boundaries, first, side="right")
    leaves = np.searchsorted(boundaries, last, side="right")
    np.add.at(present, (group, enters), 1)
    np.add.at(present, (group, leaves), -1)
    counted: Ints = np.cumsum(present, axis=1)[:, :-1]
    return counted


def _router(instance: DispatchInstance, server: int) -> str:
    """Return the name of the router at which a server reports."""
    home = instance.servers[server]
    return home.id if home.ap is None else home.ap


def _sync_instance(
    instance: DispatchInstance, information: Information, queues: Ints, under_way: Ints
) -> SyncInstance:
    """Return the sync instance whose loads are the lengths of the queues."""
    clouds = [server.id for server in instance.servers if server.kind == "cloud"]
    routers = [*instance.aps, *clouds]
    place = {server.id: m for m, server in enumerate(instance.servers)}
    reach = [{place[name] for name in row} for row in instance.candidates]
    links: list[dict[str, Any]] = []
    for k, target in enumerate(instance.aps):
        known = {_router(instance, m) for m in reach[k]}
        known |= {instance.aps[p] for p, row in enumerate(reach) if row & reach[k]}
        for r, source in enumerate(routers):
            hops = 1 if instance.message_hops is None else instance.message_hops[r][k]
            if source in known and source != target and hops is not None:
                links.append({"source": source, "target": target, "hops": hops})
    percent = 100.0 / instance.queue_limit
    devices: list[tuple[str, str, Floats]] = [
        (f"{server.id}/{kind}", _router(instance, m), queues[m, j] * percent)
        for m, server in enumerate(instance.servers)
        for j, kind in enumerate(instance.job_types)
    ]
    devices += [
        (ap, ap, np.minimum(under_way[k] * percent, HIGHEST_LOAD))
        for k, ap in enumerate(instance.aps)
    ]
    count = max(1, len(links))
    interval = instance.slot_seconds * instance.slots_per_interval
    return SyncInstance.parse(
        {
            "schema": "optkit/sync",
            "schema_version": 1,
            "name": "messages",
            "slots": instance.intervals,
            "slot_seconds": interval,
            "routers": routers,
            "devices": [
                {
                    "id": name,
                    "router": router,
                    "transmit_slots": 0,
                    "load_percent": load.tolist(),
                }
                for name, router, load in devices
            ],
            "links": [{**link, "payload": 0.0, "rate": 1.0} for link in links],
            "header_cost": 1.0,
            "age_tolerance": 1.0,
            "weights": {
                "age": information.age_price * count,
                "error": information.error_price * count / percent,
                "cost": information.fee * len(routers),
                "report": information.report_fee * len(devices),
            },
            "max_device_age": float(instance.intervals),
            "max_pair_age": float(instance.intervals),
        },
        "information",
    )


def _sync_solution(information: Information) -> SyncSolution:
    return SyncSolution(
        reports=information.reports,
        notifications=tuple(
            Notifications(source=n.source, target=n.target, slots=n.intervals)
            for n in information.notifications
        ),
    )


def _hops(replayed: SyncInstance, information: Information) -> int:
    """Return the number of messages, each times its hops."""
    hops = {(link.source, link.target): link.hops for link in replayed.links}
    return sum(
        hops[n.source, n.target] * len(n.intervals) for n in information.notifications
    )


def _known_queues(
    instance: DispatchInstance, information: Information, queues: Ints
) -> tuple[float, float]:
    """Return how old and how wrong the known lengths of candidate queues are, in the mean.

    The means are over access points, their candidates, types and intervals; ages are in
    intervals and errors in jobs.
    """
    messages = {(n.source, n.target): n.intervals for n in information.notifications}
    place = {server.id: m for m, server in enumerate(instance.servers)}
    now = np.arange(instance.intervals)
    age, wrong, count = 0.0, 0.0, 0
    for k, ap in enumerate(instance.aps):
        for name in instance.candidates[k]:
            m = place[name]
            router = _router(instance, m)
            told = now if router == ap else _latest(messages.get((router, ap), ()), now)
            for j, kind in enumerate(instance.job_types):
                reports = information.reports.get(f"{name}/{kind}", ())
                sampled = np.where(told < 0, 0, _latest(reports, told))
                sampled = np.maximum(sampled, 0)
                age += float((now - sampled).sum())
                wrong += float(np.abs(queues[m, j] - queues[m, j, sampled]).sum())
                count += len(now)
    return age / count, wrong / count


def _latest(events: Sequence[int], by: Ints) -> Ints:
    """Return the latest of increasing events by each time; −1 where there is none."""
    times = np.array([-1, *events], dtype=np.int64)
    latest: Ints = times[np.searchsorted(times, by, side="right") - 1]
    return latest
