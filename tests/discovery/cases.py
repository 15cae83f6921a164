"""An instance with an optimum computed by hand, and ways to spoil documents."""

from __future__ import annotations

import copy
from typing import Any

from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.solution import DiscoverySolution

Plain = dict[str, Any]

# Two windows, three nodes, two candidates, two resources. In window 0, a and b want r0 and
# c wants r1; in window 1, a wants r1, b is absent and c wants nothing.
BY_HAND: Plain = {
    "schema": "optkit/discovery",
    "schema_version": 1,
    "name": "by hand",
    "provenance": "worked out for tests",
    "nodes": ["a", "b", "c"],
    "candidates": ["p", "q"],
    "resources": ["r0", "r1"],
    "windows": 2,
    "present": [[True, True, True], [True, False, True]],
    "demand": [["r0", "r0", "r1"], ["r1", "r0", None]],
    "select_time": [[[1.0, 3.0], [2.0, 4.0]], [[9.0, 9.0], [5.0, 6.0]]],
    "connect_time": [
        [[0.5, None], [0.25, 1.0], [None, 2.0]],
        [[None, 0.75], [1.0, 1.0], [1.0, 1.0]],
    ],
    "energy_agent": [[1.0, 6.0, 2.0], [3.0, 0.0, 0.0]],
    "energy_self": [[4.0, 5.0, 8.0], [7.0, 0.0, 0.0]],
    "accuracy_agent": [[0.5, 0.75, 0.25], [0.5, 0.0, 0.0]],
    "accuracy_self": [[0.25, 0.5, 0.75], [0.25, 0.0, 0.0]],
    "required_accuracy": {"agent": 0.25, "self": 0.25},
    "weights": {"time": 2.0, "energy": 0.5},
    "reading": {
        "qan_rule": "cover",
        "connection": "forced",
        "connection_cost": "connected",
        "accuracy_form": "mean",
        "accuracy_scope": "window",
    },
}

# Window 0: p opens for r0 (1 s), q for r1 (4 s): a connects to p (0.5), b to p (0.25), c
# to q (2). a and c save energy in agent mode, b does not: 1 + 5 + 2 = 8 J.
# Window 1: q opens for r1 (6 s), a connects (0.75 s) and runs in agent mode: 3 J.
ANSWER: Plain = {
    "qans": [[["p"], ["q"]], [[], ["q"]]],
    "connect": [["p", "p", "q"], ["q", None, None]],
    "agent": [[1, 0, 1], [1, None, None]],
}
TIME = 1 + 4 + 0.5 + 0.25 + 2 + 6 + 0.75
TIME_SELF = 0.25
ENERGY = 8.0 + 3.0
ENERGY_SELF = 5.0
OBJECTIVE = 2.0 * TIME + 0.5 * ENERGY


def instance(**changes: Any) -> DiscoveryInstance:
    """Return the instance with some keys changed; ``reading`` is merged."""
    document = copy.deepcopy(BY_HAND)
    reading = {**document["reading"], **changes.pop("reading", {})}
    return DiscoveryInstance.parse({**document, **changes, "reading": reading})


def solution(**changes: Any) -> DiscoverySolution:
    """Return its optimum with some keys changed."""
    return DiscoverySolution.model_validate({**copy.deepcopy(ANSWER), **changes})


def spoilt(path: str, value: Any, document: Plain | None = None) -> Plain:
    """Return a copy with ``value`` at a path such as ``present.0.1``."""
    changed = copy.deepcopy(BY_HAND if document is None else document)
    *steps, last = path.split(".")
    parent: Any = changed
    for step in steps:
        parent = parent[int(step)] if isinstance(parent, list) else parent[step]
    if isinstance(parent, list):
        parent[int(last)] = value
    else:
        parent[last] = value
    return changed
