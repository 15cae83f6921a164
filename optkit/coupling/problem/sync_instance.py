"""The sync instance of a dispatch instance: its queues as devices, its APs as routers.

A slot of sync is an interval of dispatch, since access points decide once per interval.
What is told at a boundary is therefore used ``signal_latency`` slots later, like everything
that is announced in the paper, and takes no time in sync.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.errors import UsageError
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.sync.instance import HIGHEST_LOAD, SyncInstance

LONGEST_NAME = 200
"""Most characters of the name of a device."""


@dataclass(frozen=True)
class Prices:
    """Prices in jobs.

    Parameters
    ----------
    fee, report_fee
        Of a message per hop, and of a report.
    error, age
        Of an interval in which a copy is wrong by one job, and of an interval of its age.
    """

    fee: float
    report_fee: float
    error: float
    age: float


@dataclass(frozen=True, eq=False)
class Parties:
    """The routers, devices and links of a dispatch instance.

    Parameters
    ----------
    routers
        Names: the K access points, then the clouds.
    devices
        Names: the queues, server by server, then the access points, each of which has a
        device for its own actions and jobs under way.
    device_router
        (N,), index of each device's router.
    source, target
        (L,), indices of the routers of each link; every target is an access point.
    hops
        (L,), hops of a message on each link.
    """

    routers: Sequence[str]
    devices: Sequence[str]
    device_router: Ints
    source: Ints
    target: Ints
    hops: Ints


def parties(instance: DispatchInstance, data: ProblemData, conflict: Bools) -> Parties:
    """Return the routers, devices and links of a dispatch instance.

    An access point is linked from every router of which it may know something: those
    beside its candidate servers, and the access points with which it shares one. There is
    no link where no path leads.

    Parameters
    ----------
    instance, data
        The instance.
    conflict
        (K, K): whether two access points share a candidate server.

    Raises
    ------
    UsageError
        If two devices or two routers would have the same name, or one is too long.
    """
    points, servers, kinds = data.shape
    clouds = np.flatnonzero(data.cloud)
    index = {name: k for k, name in enumerate(instance.aps)}
    home = np.empty(servers, dtype=np.int64)
    home[clouds] = points + np.arange(len(clouds))
    for m, server in enumerate(instance.servers):
        if server.ap is not None:
            home[m] = index[server.ap]
    routers = [*instance.aps, *(instance.servers[m].id for m in clouds)]
    queues = [f"{s.id}/{t}" for s in instance.servers for t in instance.job_types]
    devices = [*queues, *instance.aps]
    _require_names("access points and clouds", routers)
    _require_names("queues (SERVER/TYPE) and access points", devices)
    linked = np.zeros((len(routers), points), dtype=bool)
    linked[:points] = conflict
    for k in range(points):
        linked[home[np.flatnonzero(data.candidate[k])], k] = True
        linked[k, k] = False
    hops = _hops(instance, linked.shape)
    source, target = np.nonzero(linked & (hops > 0))
    return Parties(
        routers,
        devices,
        np.concatenate([np.repeat(home, kinds), np.arange(points)]),
        source.astype(np.int64),
        target.astype(np.int64),
        hops[source, target],
    )


def _hops(instance: DispatchInstance, shape: tuple[int, int]) -> Ints:
    """Return the hops of a message from each router to each access point; 0 for no path."""
    if instance.message_hops is None:
        return np.ones(shape, dtype=np.int64)
    rows = [[hops or 0 for hops in row] for row in instance.message_hops]
    return np.array(rows, dtype=np.int64)


def _require_names(what: str, names: Sequence[str]) -> None:
    """Raise if names are not different, or too long for a solution file."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise UsageError(
            f"information: {what} of this instance are told apart by their names, and"
            f" {twice[0]!r} is there twice; rename one."
        )
    longest = max(names, key=len)
    if len(longest) > LONGEST_NAME:
        raise UsageError(
            f"information: the name {longest[:40]!r}… of {len(longest)} characters is too"
            f" long; at most {LONGEST_NAME} are possible."
        )


def loads(data: ProblemData, queues: Ints, under_way: Ints) -> Floats:
    """Return the loads of all devices at a boundary, in percent of the queue limit.

    Parameters
    ----------
    data
        The dispatch instance.
    queues
        (M, J), jobs in each queue.
    under_way
        (K,), jobs of each access point under way; above ten times the limit they count as
        that many.
    """
    jobs = np.concatenate([queues.ravel(), under_way])
    return np.minimum(100.0 * jobs / data.queue_limit, HIGHEST_LOAD)


def silent_instance(
    instance: DispatchInstance, who: Parties, prices: Prices
) -> SyncInstance:
    """Return the sync instance with loads of 0, to be filled as the run goes on.

    Its objective is a sum of prices in jobs: weights are multiplied by what the objective
    of sync divides by. There are no limits on ages.
    """
    slots, links = instance.intervals, max(1, len(who.source))
    series = (0.0,) * slots
    return SyncInstance.model_validate(
        {
            "schema": "optkit/sync",
            "schema_version": 1,
            "name": instance.name,
            "slots": slots,
            "slot_seconds": instance.slot_seconds * instance.slots_per_interval,
            "routers": who.routers,
            "devices": [
                {
                    "id": name,
                    "router": who.routers[router],
                    "transmit_slots": 0,
                    "load_percent": series,
                }
                for name, router in zip(
                    who.devices, who.device_router.tolist(), strict=True
                )
            ],
            "links": [
                {
                    "source": who.routers[source],
                    "target": who.routers[target],
                    "hops": hops,
                    "payload": 0.0,
                    "rate": 1.0,
                }
                for source, target, hops in zip(
                    who.source.tolist(),
                    who.target.tolist(),
                    who.hops.tolist(),
                    strict=True,
                )
            ],
            "header_cost": 1.0,
            "age_tolerance": 1.0,
            "weights": {
                "age": prices.age * links,
                "error": prices.error * links * instance.queue_limit / 100.0,
                "cost": prices.fee * len(who.routers),
                "report": prices.report_fee * len(who.devices),
            },
            "reading": {"error": "held"},
            "max_device_age": float(slots),
            "max_pair_age": float(slots),
        }
    )
