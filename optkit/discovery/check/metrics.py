"""Metrics of a solution, recomputed for the checker from plain lists."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.solution import DiscoverySolution


class Links:
    """The candidates to which a request has a usable link.

    Parameters
    ----------
    seconds
        Seconds to connect to each candidate; None where there is no usable link.
    number
        Number of each candidate, by its id.
    """

    __slots__ = ("number", "seconds")

    def __init__(
        self, seconds: Sequence[float | None], number: Mapping[str, int]
    ) -> None:
        self.seconds, self.number = seconds, number

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return any(seconds is not None for seconds in self.seconds)

    def __contains__(self, name: str) -> bool:
        """Return whether there is a usable link to a candidate."""
        return self.get(name) is not None

    def usable(self, names: Sequence[str]) -> list[str]:
        """Return those of some candidates to which there is a usable link."""
        number, seconds = self.number, self.seconds
        return [name for name in names if seconds[number[name]] is not None]

    def get(self, name: str) -> float | None:
        """Return the seconds to connect to a candidate; None if there is no link."""
        number = self.number.get(name)
        return None if number is None else self.seconds[number]


@dataclass(frozen=True)
class Request:
    """A present node with a demand in one window, as a solution serves it.

    Parameters
    ----------
    k, i, m
        Window, node and demanded resource.
    links
        The candidates with a usable link.
    target
        The candidate that it connects to; None if it does not connect.
    agent
        Whether it runs in agent mode.
    energy_agent, energy_self
        Joules.
    accuracy_agent, accuracy_self
        Expected accuracies.
    """

    k: int
    i: int
    m: int
    links: Links
    target: str | None
    agent: bool
    energy_agent: float
    energy_self: float
    accuracy_agent: float
    accuracy_self: float

    @property
    def energy(self) -> float:
        """Joules in its mode."""
        return self.energy_agent if self.agent else self.energy_self

    @property
    def connecting(self) -> float:
        """Seconds that its connection takes; 0 without one."""
        return 0.0 if self.target is None else self.links.get(self.target) or 0.0


def served_requests(
    instance: DiscoveryInstance, solution: DiscoverySolution
) -> list[Request]:
    """Return every request, with its part of a solution of the right shape."""
    number = {name: m for m, name in enumerate(instance.resources)}
    candidate = {name: j for j, name in enumerate(instance.candidates)}
    requests = []
    for k in range(instance.windows):
        for i in range(len(instance.nodes)):
            resource = instance.demand[k][i]
            if resource is None or not instance.present[k][i]:
                continue
            requests.append(
                Request(
                    k=k,
                    i=i,
                    m=number[resource],
                    links=Links(instance.connect_time[k][i], candidate),
                    target=solution.connect[k][i],
                    agent=bool(solution.agent[k][i]),
                    energy_agent=instance.energy_agent[k][i],
                    energy_self=instance.energy_self[k][i],
                    accuracy_agent=instance.accuracy_agent[k][i],
                    accuracy_self=instance.accuracy_self[k][i],
                )
            )
    return requests


def total_energy(requests: list[Request]) -> float:
    """Return Z2 of some requests, J."""
    return math.fsum(request.energy for request in requests)


def total_time(
    instance: DiscoveryInstance, solution: DiscoverySolution, requests: list[Request]
) -> float:
    """Return Z1, s."""
    times = [selecting(instance, solution, k) for k in range(instance.windows)]
    return math.fsum([*times, *(_charged(instance, request) for request in requests)])


def selecting(
    instance: DiscoveryInstance, solution: DiscoverySolution, k: int
) -> float:
    """Return the seconds that setting up the agents of a window takes."""
    number = {name: j for j, name in enumerate(instance.candidates)}
    return math.fsum(
        instance.select_time[k][m][number[name]]
        for m, opened in enumerate(solution.qans[k])
        for name in opened
    )


def _charged(instance: DiscoveryInstance, request: Request) -> float:
    """Return the seconds of a connection; 0 where the reading does not count it."""
    counted = request.agent or instance.reading.connection_cost == "connected"
    return request.connecting if counted else 0.0


def metrics(
    instance: DiscoveryInstance, solution: DiscoverySolution, requests: list[Request]
) -> dict[str, Any]:
    """Return the metrics of a solution, in total and by window."""
    by_window: list[list[Request]] = [[] for _ in range(instance.windows)]
    for request in requests:
        by_window[request.k].append(request)
    windows = [
        _summary(instance, members, [selecting(instance, solution, k)])
        for k, members in enumerate(by_window)
    ]
    opened = [
        sum(len(names) for names in solution.qans[k]) for k in range(instance.windows)
    ]
    for window, count in zip(windows, opened, strict=True):
        window["qans"] = count
    whole = _summary(
        instance,
        requests,
        [selecting(instance, solution, k) for k in range(instance.windows)],
    )
    return {**whole, "qans": sum(opened), "windows": windows}


def _summary(
    instance: DiscoveryInstance, members: list[Request], selection: list[float]
) -> dict[str, Any]:
    """Return time and energy by mode, accuracies and numbers of some requests.

    ``selection`` has the seconds to set agents up, which count as time of the agent mode.
    """
    agents = [request for request in members if request.agent]
    others = [request for request in members if not request.agent]
    time_agent = math.fsum([*selection, *(_charged(instance, r) for r in agents)])
    time_self = math.fsum(_charged(instance, request) for request in others)
    energy_agent, energy_self = total_energy(agents), total_energy(others)
    return {
        "time_s": time_agent + time_self,
        "time_agent_s": time_agent,
        "time_self_s": time_self,
        "energy_j": energy_agent + energy_self,
        "energy_agent_j": energy_agent,
        "energy_self_j": energy_self,
        "accuracy_agent": _mean([request.accuracy_agent for request in agents]),
        "accuracy_self": _mean([request.accuracy_self for request in others]),
        "nodes": len(members),
        "connected": sum(request.target is not None for request in members),
        "agents": len(agents),
    }


def _mean(values: list[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
