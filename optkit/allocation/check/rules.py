"""The rules that a solution must keep: its tree, its loads and its orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optkit.allocation.check.sink import sink_parents
from optkit.allocation.instance import AllocationInstance, Server
from optkit.allocation.solution import AllocationSolution
from optkit.core.solving.result import Violation

LOAD_TOLERANCE = 1e-7
"""Relative to the task size, for the sum of the loads and for each load's sign."""

_STRUCTURAL = frozenset({"parent", "order", "unknown-server"})


def find_violations(
    instance: AllocationInstance, solution: AllocationSolution, sink: Mapping[str, str]
) -> list[Violation]:
    """Return everything that is wrong with a solution, given :func:`sink_parents`."""
    servers = {server.id: server for server in instance.servers}
    violations = [
        *_check_tree(instance, solution, servers, sink),
        *_check_loads(instance, solution, servers),
    ]
    if not is_structural(violations):
        violations += _check_order(instance, solution)
    return violations


def is_structural(violations: Iterable[Violation]) -> bool:
    """Say whether violations leave a solution without any metrics."""
    return any(violation.kind in _STRUCTURAL for violation in violations)


def structural_violations(
    instance: AllocationInstance, solution: AllocationSolution
) -> list[Violation]:
    """Return the violations that leave a solution without any metrics."""
    violations = find_violations(instance, solution, sink_parents(instance))
    return [violation for violation in violations if violation.kind in _STRUCTURAL]


def _check_tree(
    instance: AllocationInstance,
    solution: AllocationSolution,
    servers: Mapping[str, Server],
    sink: Mapping[str, str],
) -> list[Violation]:
    violations = []
    links = {(link.source, link.target) for link in instance.links}
    for child, parent in solution.parent.items():
        path = f"parent.{child}"
        if child not in servers:
            violations.append(
                Violation("unknown-server", path, "is not the id of a server")
            )
        elif parent not in servers:
            violations.append(
                Violation(
                    "unknown-server", path, f"{parent!r} is not the id of a server"
                )
            )
        elif child == instance.master:
            violations.append(
                Violation("parent", path, "the master receives from nobody")
            )
        elif (parent, child) not in links:
            violations.append(
                Violation("parent", path, f"there is no link from {parent!r}")
            )
    if violations:
        return violations
    rooted = {instance.master}
    for server in solution.parent:
        trail: dict[str, None] = {}
        step = server
        while step not in rooted and step in solution.parent and step not in trail:
            trail[step] = None
            step = solution.parent[step]
        if step in rooted:
            rooted.update(trail)
        else:
            violations.append(
                Violation(
                    "parent",
                    f"parent.{server}",
                    f"following the parents ends at {step!r}, not at the master",
                )
            )
    if not violations and solution.routing == "sink":
        violations += [
            Violation(
                "routing",
                f"parent.{child}",
                f"{parent!r} is claimed for routing 'sink'; the shortest path comes"
                f" from {sink[child]!r}",
            )
            for child, parent in solution.parent.items()
            if sink[child] != parent
        ]
    return violations


def _check_loads(
    instance: AllocationInstance,
    solution: AllocationSolution,
    servers: Mapping[str, Server],
) -> list[Violation]:
    violations = []
    size = instance.task.size_gbit
    for server, load in solution.load_gbit.items():
        path = f"load_gbit.{server}"
        if server not in servers:
            violations.append(
                Violation("unknown-server", path, "is not the id of a server")
            )
        elif load < -LOAD_TOLERANCE * size:
            violations.append(
                Violation("negative-load", path, f"{load!r} is below zero")
            )
        elif load != 0 and server != instance.master and server not in solution.parent:
            violations.append(
                Violation(
                    "unrouted-load",
                    path,
                    f"{load!r} Gbit, but the server is not in the tree; name its parent",
                )
            )
    total = sum(solution.load_gbit.values())
    if abs(total - size) > LOAD_TOLERANCE * size:
        violations.append(
            Violation(
                "task-size",
                "load_gbit",
                f"sums to {total!r} Gbit; the task has {size!r}",
            )
        )
    return violations


def _check_order(
    instance: AllocationInstance, solution: AllocationSolution
) -> list[Violation]:
    violations = []
    members = _subtrees(instance, solution)
    for root, expected in members.items():
        if root not in solution.order:
            violations.append(
                Violation(
                    "order",
                    f"order.{root}",
                    "missing; every child of the master has one",
                )
            )
            continue
        listed = solution.order[root]
        listed_before: set[str] = set()
        for position, server in enumerate(listed):
            path = f"order.{root}[{position}]"
            if server not in expected:
                violations.append(
                    Violation("order", path, f"{server!r} is not in this subtree")
                )
            elif server in listed_before:
                violations.append(
                    Violation("order", path, f"{server!r} is listed twice")
                )
            listed_before.add(server)
        violations += [
            Violation("order", f"order.{root}", f"{server!r} is missing")
            for server in expected
            if server not in listed_before
        ]
    violations += [
        Violation("order", f"order.{root}", "is not a child of the master in `parent`")
        for root in solution.order
        if root not in members
    ]
    return violations


def _subtrees(
    instance: AllocationInstance, solution: AllocationSolution
) -> dict[str, dict[str, None]]:
    """Return the members of each subtree, by the id of the master's child."""
    root = {
        child: child
        for child, parent in solution.parent.items()
        if parent == instance.master
    }
    for server in solution.parent:
        trail = []
        step = server
        while step not in root:
            trail.append(step)
            step = solution.parent[step]
        for passed in trail:
            root[passed] = root[step]
    members: dict[str, dict[str, None]] = {}
    for server in solution.parent:
        members.setdefault(root[server], {})[server] = None
    return members
