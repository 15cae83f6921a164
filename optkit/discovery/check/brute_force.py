"""The optimum of tiny instances from the definition alone, to compare solvers with.

Every choice of agents, connections and modes is tried. Two kinds are left out: agents for
resources that no node demands, which only cost; and, among choices of agents that allow
the same connections, all but the cheapest. No code is shared with any solver.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from optkit.discovery.check.follower import ROW_TOLERANCE, tolerance
from optkit.discovery.instance import DiscoveryInstance

Request = tuple[int, int, int]
"""A request: window, node, resource."""

Connections = tuple[int | None, ...]
"""The candidate that each request of a window connects to."""


def brute_force(instance: DiscoveryInstance) -> float | None:
    """Return the least Φ over (X, W, Y) with Y optimal for the follower, or None.

    None if the instance is infeasible. It takes Π_k (choices of window k) · 2^P
    evaluations; meant for P up to about 8.
    """
    by_window = _requests_by_window(instance)
    if instance.reading.accuracy_scope == "horizon":
        return _scope(instance, by_window)
    total = 0.0
    for window in by_window:
        least = _scope(instance, [window])
        if least is None:
            return None
        total += least
    return total


def _requests_by_window(instance: DiscoveryInstance) -> list[list[Request]]:
    """Return the requests of each window."""
    return [
        [
            (k, i, instance.resources.index(name))
            for i, name in enumerate(row)
            if name is not None and instance.present[k][i]
        ]
        for k, row in enumerate(instance.demand)
    ]


def brute_force_front(instance: DiscoveryInstance) -> list[tuple[float, float]]:
    """Return all (Z1, Z2) that no bilevel solution beats in both, sorted by Z1.

    Empty if the instance is infeasible. It takes as many evaluations as
    :func:`brute_force`, and the product of the windows' fronts.
    """
    windows = _requests_by_window(instance)
    scopes = [windows]
    if instance.reading.accuracy_scope == "window":
        scopes = [[window] for window in windows]
    front = np.zeros((1, 2))
    for scope in scopes:
        points = np.concatenate([np.zeros((0, 2)), *_points(instance, scope)])
        front = _lower_left((front[:, None] + points[None]).reshape(-1, 2))
    return [(float(time), float(energy)) for time, energy in front]


def _lower_left(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points that no other one is as small as in both coordinates."""
    kept: list[NDArray[np.float64]] = []
    for point in points[np.lexsort((points[:, 1], points[:, 0]))]:
        if not kept or point[1] < kept[-1][1]:
            kept.append(point)
    return np.array(kept).reshape(-1, 2)


def _scope(instance: DiscoveryInstance, windows: list[list[Request]]) -> float | None:
    """Return the least Φ of windows with common accuracy rows."""
    weights = np.array([instance.weights.time, instance.weights.energy])
    least = [float(np.min(points @ weights)) for points in _points(instance, windows)]
    return min(least, default=None)


def _points(
    instance: DiscoveryInstance, windows: list[list[Request]]
) -> Iterator[NDArray[np.float64]]:
    """Yield Z1 and Z2 of the follower's optimal responses, shape (n, 2) per choice."""
    requests = [request for window in windows for request in window]
    if not requests:
        yield np.zeros((1, 2))
        return
    modes = np.array(list(itertools.product((False, True), repeat=len(requests))))
    energies = _energies(instance, requests, modes)
    accurate = _accurate(instance, requests, modes)
    largest = max(
        max(instance.energy_agent[k][i], instance.energy_self[k][i])
        for k, i, _ in requests
    )
    agent_only = instance.reading.connection_cost == "agent-mode"
    for choices in itertools.product(
        *(_leader_choices(instance, window).items() for window in windows)
    ):
        targets = [target for connections, _ in choices for target in connections]
        seconds = np.array(
            [
                0.0 if j is None else instance.connect_time[k][i][j]
                for (k, i, _), j in zip(requests, targets, strict=True)
            ]
        )
        connected = np.array([j is not None for j in targets])
        possible = accurate & ~np.any(modes & ~connected, axis=1)
        if not possible.any():
            continue
        least = float(energies[possible].min())
        optimal = possible & (energies <= least + tolerance(least, largest))
        selecting = math.fsum(cost for _, cost in choices)
        count = int(optimal.sum())
        connecting = (
            modes[optimal] @ seconds
            if agent_only
            else np.full(count, float(seconds.sum()))
        )
        yield np.column_stack([selecting + connecting, energies[optimal]])


def _energies(
    instance: DiscoveryInstance, requests: list[Request], modes: NDArray[np.bool_]
) -> NDArray[np.float64]:
    agent = np.array([instance.energy_agent[k][i] for k, i, _ in requests])
    self_directed = np.array([instance.energy_self[k][i] for k, i, _ in requests])
    energies: NDArray[np.float64] = np.where(modes, agent, self_directed).sum(axis=1)
    return energies


def _accurate(
    instance: DiscoveryInstance, requests: list[Request], modes: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which rows of ``modes`` keep both accuracy rows."""
    keeps = np.ones(len(modes), dtype=bool)
    required = instance.required_accuracy
    for chosen, accuracy, level in (
        (modes, instance.accuracy_agent, required.agent),
        (~modes, instance.accuracy_self, required.self_),
    ):
        values = np.array([accuracy[k][i] for k, i, _ in requests])
        if instance.reading.accuracy_form == "mean":
            keeps &= (values - level) @ chosen.T >= -ROW_TOLERANCE
        else:
            keeps &= values @ chosen.T >= level - ROW_TOLERANCE
    return keeps


def _leader_choices(
    instance: DiscoveryInstance, requests: list[Request]
) -> dict[Connections, float]:
    """Return each way to connect a window, and the least selection time that allows it."""
    choices: dict[Connections, float] = {}
    k = requests[0][0] if requests else 0
    demanded = sorted({m for _, _, m in requests})
    subsets = [
        subset
        for size in range(1, len(instance.candidates) + 1)
        for subset in itertools.combinations(range(len(instance.candidates)), size)
    ]
    for opened in itertools.product(subsets, repeat=len(demanded)):
        agents = dict(zip(demanded, opened, strict=True))
        if not _allowed(instance, requests, agents):
            continue
        cost = math.fsum(
            instance.select_time[k][m][j]
            for m, subset in agents.items()
            for j in subset
        )
        for connections in _connections(instance, requests, agents):
            choices[connections] = min(cost, choices.get(connections, math.inf))
    return choices


def _links(instance: DiscoveryInstance, request: Request) -> list[int]:
    k, i, _ = request
    return [j for j, time in enumerate(instance.connect_time[k][i]) if time is not None]


def _allowed(
    instance: DiscoveryInstance,
    requests: list[Request],
    agents: dict[int, tuple[int, ...]],
) -> bool:
    """Say whether the opened agents keep C1."""
    rule = instance.reading.qan_rule
    if rule == "single":
        return all(len(subset) == 1 for subset in agents.values())
    for request in requests:
        links = _links(instance, request)
        usable = sum(j in agents[request[2]] for j in links)
        if links and (usable == 0 or (rule == "exact" and usable != 1)):
            return False
    return True


def _connections(
    instance: DiscoveryInstance,
    requests: list[Request],
    agents: dict[int, tuple[int, ...]],
) -> Iterator[Connections]:
    """Yield every way to connect that keeps C2, C3 and C4."""
    offers: list[list[int | None]] = []
    for request in requests:
        usable: list[int | None] = [
            j for j in _links(instance, request) if j in agents[request[2]]
        ]
        if not usable or instance.reading.connection == "optional":
            usable.append(None)
        offers.append(usable)
    linked = {request[2] for request in requests if _links(instance, request)}
    for connections in itertools.product(*offers):
        joined = {
            request[2]
            for request, j in zip(requests, connections, strict=True)
            if j is not None
        }
        if linked <= joined:
            yield connections
