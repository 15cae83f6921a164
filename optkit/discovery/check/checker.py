"""The independent checker of discovery solutions.

Everything is recomputed from the lists in the files. The follower's problem is solved again
for the leader's choice, by code that no solver shares: modes that merely satisfy the rows
are not enough, they have to be the follower's best.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optkit.core.solving.result import Verification, Violation
from optkit.discovery.check.follower import (
    FollowerScope,
    any_response,
    better_response,
)
from optkit.discovery.check.metrics import (
    Request,
    metrics,
    served_requests,
    total_energy,
    total_time,
)
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.solution import DiscoverySolution


def check(instance: DiscoveryInstance, solution: DiscoverySolution) -> Verification:
    """Recompute both levels and report everything that is wrong with a solution.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.

    Returns
    -------
    Verification
        With ``metrics``: Z1 and Z2, in total, by mode and by window; mean accuracies;
        numbers of agents, connections and modes.
    """
    broken = [*_shape(instance, solution)]
    if not broken:
        broken += _entries(instance, solution)
    if broken:
        return Verification(False, None, tuple(broken))
    requests = served_requests(instance, solution)
    broken += _leader(instance, solution, requests)
    broken += _connections(instance, solution, requests)
    broken += _follower(instance, requests)
    time, energy = total_time(instance, solution, requests), total_energy(requests)
    objective = instance.weights.time * time + instance.weights.energy * energy
    return Verification(
        not broken, objective, tuple(broken), metrics(instance, solution, requests)
    )


def _shape(
    instance: DiscoveryInstance, solution: DiscoverySolution
) -> Iterator[Violation]:
    """Yield lists of wrong length."""
    below = {"qans": "resources", "connect": "nodes", "agent": "nodes"}
    for key, name in below.items():
        rows = getattr(solution, key)
        if len(rows) != instance.windows:
            message = f"has {len(rows)} rows; there are {instance.windows} windows"
            yield Violation("shape", key, message)
        for k, row in enumerate(rows):
            if len(row) != len(getattr(instance, name)):
                message = f"has {len(row)} entries, one for each of {name} is needed"
                yield Violation("shape", f"{key}[{k}]", message)


def _entries(
    instance: DiscoveryInstance, solution: DiscoverySolution
) -> Iterator[Violation]:
    """Yield unknown and repeated ids, and entries that are missing or must be null."""
    known = set(instance.candidates)
    for k in range(instance.windows):
        for m, opened in enumerate(solution.qans[k]):
            for n, name in enumerate(opened):
                path = f"qans[{k}][{m}][{n}]"
                if name not in known:
                    message = f"{name!r} is not the id of a candidate"
                    yield Violation("unknown-candidate", path, message)
                elif name in opened[:n]:
                    yield Violation("repeated-qan", path, f"{name!r} is listed twice")
        for i in range(len(instance.nodes)):
            target, mode = solution.connect[k][i], solution.agent[k][i]
            asks = instance.present[k][i] and instance.demand[k][i] is not None
            if target is not None and target not in known:
                message = f"{target!r} is not the id of a candidate"
                yield Violation("unknown-candidate", f"connect[{k}][{i}]", message)
            if asks and mode is None:
                message = "null, but the node has a demand; its mode must be 0 or 1"
                yield Violation("mode", f"agent[{k}][{i}]", message)
            if not asks:
                idle = "absent" if not instance.present[k][i] else "without a demand"
                for key, value in (("connect", target), ("agent", mode)):
                    if value is not None:
                        message = f"{value!r}, but the node is {idle}; it must be null"
                        yield Violation("idle-node", f"{key}[{k}][{i}]", message)


def _leader(
    instance: DiscoveryInstance,
    solution: DiscoverySolution,
    requests: list[Request],
) -> Iterator[Violation]:
    """Yield broken rules on open agents (C1), and groups without connection (C2)."""
    rule = instance.reading.qan_rule
    groups: dict[tuple[int, int], list[Request]] = {}
    for request in requests:
        groups.setdefault((request.k, request.m), []).append(request)
    for (k, m), members in groups.items():
        opened = solution.qans[k][m]
        path = f"qans[{k}][{m}]"
        if rule == "single" and len(opened) != 1:
            message = f"{len(opened)} agents are open; rule 'single' allows exactly one"
            yield Violation("qan-rule", path, message)
        elif not opened:
            message = "no agent is open for a demanded resource"
            yield Violation("qan-rule", path, message)
        linked = [request for request in members if request.links]
        if linked and not any(request.target is not None for request in members):
            message = "no node connects, although one has a usable link"
            yield Violation("no-connection", f"connect[{k}]", message)
        for request in linked if rule != "single" else ():
            usable = len(request.links.usable(opened))
            if usable == 0 or (rule == "exact" and usable > 1):
                wanted = "exactly one" if rule == "exact" else "at least one"
                message = (
                    f"node {instance.nodes[request.i]!r} can use {usable} of the open"
                    f" agents; rule {rule!r} requires {wanted}"
                )
                yield Violation("qan-rule", path, message)


def _connections(
    instance: DiscoveryInstance,
    solution: DiscoverySolution,
    requests: list[Request],
) -> Iterator[Violation]:
    """Yield connections that are impossible (C4), missing (C3), or lacking for a mode."""
    forced = instance.reading.connection == "forced"
    for request in requests:
        path = f"connect[{request.k}][{request.i}]"
        opened = solution.qans[request.k][request.m]
        resource = instance.resources[request.m]
        if request.target is None:
            near = request.links.usable(opened)
            if forced and near:
                message = f"null, but {near[0]!r} is open and usable; it has to connect"
                yield Violation("unconnected", path, message)
            if request.agent:
                message = "agent mode without a connection"
                yield Violation(
                    "agent-unconnected", f"agent[{request.k}][{request.i}]", message
                )
        elif request.target not in request.links:
            message = f"there is no usable link to {request.target!r}"
            yield Violation("link", path, message)
        elif request.target not in opened:
            message = f"{request.target!r} is not open for {resource!r}"
            yield Violation("closed-qan", path, message)


def _follower(
    instance: DiscoveryInstance, requests: list[Request]
) -> Iterator[Violation]:
    """Yield missed accuracy rows, and modes that are not the follower's best."""
    scopes: dict[int | None, list[Request]] = {}
    by_window = instance.reading.accuracy_scope == "window"
    for request in requests:
        scopes.setdefault(request.k if by_window else None, []).append(request)
    for window, members in scopes.items():
        path = "agent" if window is None else f"agent[{window}]"
        scope = _scope(instance, members)
        agent = np.array([request.agent for request in members])
        if np.any(agent & ~scope.connected):
            continue  # reported as agent mode without a connection
        if not scope.feasible(agent):
            yield from _missed(instance, scope, agent, path)
            continue
        better = better_response(scope, agent)
        if better is not None:
            message = (
                f"takes {scope.energy(agent)!r} J; other modes of the follower take"
                f" {scope.energy(better)!r} J"
            )
            yield Violation("not-optimal", path, message)


def _missed(
    instance: DiscoveryInstance, scope: FollowerScope, agent: np.ndarray, path: str
) -> Iterator[Violation]:
    form = instance.reading.accuracy_form
    hint = "" if any_response(scope) is not None else "; no modes keep both rows"
    for name, shortfall in zip(("agent", "self"), scope.shortfalls(agent), strict=True):
        if shortfall > 1e-9:
            message = f"the row on the {form} in mode {name} is missed by {shortfall!r}"
            yield Violation(f"accuracy-{name}", path, message + hint)
    if hint:
        message = "for this choice of the leader the follower's problem is infeasible"
        yield Violation("follower-infeasible", path, message)


def _scope(instance: DiscoveryInstance, members: list[Request]) -> FollowerScope:
    """Return the follower's problem over the requests of one scope."""
    required = instance.required_accuracy
    # The mean reaches q where the sum of (accuracy - q) reaches 0.
    by_mean = instance.reading.accuracy_form == "mean"
    agent_level, self_level = (
        (required.agent, required.self_) if by_mean else (0.0, 0.0)
    )
    return FollowerScope(
        energy_agent=np.array([request.energy_agent for request in members]),
        energy_self=np.array([request.energy_self for request in members]),
        gain_agent=np.array([r.accuracy_agent - agent_level for r in members]),
        gain_self=np.array([r.accuracy_self - self_level for r in members]),
        need_agent=0.0 if by_mean else required.agent,
        need_self=0.0 if by_mean else required.self_,
        connected=np.array([request.target is not None for request in members]),
    )
