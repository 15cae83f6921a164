"""Small valid documents that the tests of the core spoil in many ways."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

FROZEN = Path(__file__).parents[1] / "data" / "frozen"
"""Files of version 1, which every later version has to read."""

FROZEN_HASH = "de2b863fa86f484a1485a0a885fc6a67515acedf2b9234061f6491ee3b5efbf1"
"""Identity of ``allocation-v1.json``; published solutions refer to it. Never change it."""

_INSTANCE: dict[str, Any] = {
    "schema": "optkit/allocation",
    "schema_version": 1,
    "name": "three in a row",
    "provenance": "written by hand",
    "task": {"size_gbit": 6.0, "gcycles_per_gbit": 2.0},
    "weights": {"time": 0.5, "energy": 0.25},
    "master": "m",
    "servers": [
        {"id": "m", "ghz": 2.0, "capacitance": 0.5, "tx_watt": 4.0},
        {"id": "a", "ghz": 4.0, "capacitance": 0.25, "tx_watt": 2.0},
        {"id": "b", "ghz": 1.0, "capacitance": 1.0, "tx_watt": 8.0},
    ],
    "links": [
        {"source": "m", "target": "a", "gbps": 2.0},
        {"source": "a", "target": "b", "gbps": 4.0},
    ],
}

_SOLUTION: dict[str, Any] = {
    "schema": "optkit/solution",
    "schema_version": 1,
    "instance": {
        "schema": "optkit/allocation",
        "name": "three in a row",
        "sha256": "0" * 64,
    },
    "solver": {"name": "pmo", "version": "0.1.0", "options": {}, "seed": 0},
    "status": "feasible",
    "termination": {"reason": "converged", "detail": ""},
    "objective": 9.0,
    "bound": 1.0,
    "bound_source": "by hand",
    "gap": 8.0 / 9.0,
    "metrics": {},
    "limits": {"time": 1.0},
    "timings": {"build_s": 0.0, "solve_s": 0.0, "check_s": 0.0},
    "verification": {"feasible": True, "objective": 9.0, "violations": []},
    "trajectory": [[0.1, 10.0, None], [0.2, 9.0, 1.0]],
    "versions": {"optkit": "0.1.0"},
    "solution": {
        "routing": "sink",
        "parent": {"a": "m", "b": "a"},
        "load_gbit": {"m": 1.0, "a": 3.0, "b": 2.0},
        "order": {"a": ["a", "b"]},
    },
}


def instance_document(**changes: Any) -> dict[str, Any]:
    """Return a valid allocation instance's document with some keys replaced."""
    return {**copy.deepcopy(_INSTANCE), **changes}


def solution_document(**changes: Any) -> dict[str, Any]:
    """Return a valid solution file's document with some keys replaced."""
    return {**copy.deepcopy(_SOLUTION), **changes}


def placed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return ``document`` with ``value`` at ``path``, such as ``servers.0.ghz``."""
    *steps, last = path.split(".")
    at: Any = document
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    if isinstance(at, list):
        at[int(last)] = value
    else:
        at[last] = value
    return document


def without(document: dict[str, Any], path: str) -> dict[str, Any]:
    """Return ``document`` without the key at ``path``."""
    *steps, last = path.split(".")
    at: Any = document
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    del at[last]
    return document


def encoded(document: Any) -> bytes:
    """Return ``document`` as JSON text; NaN and infinity are written as Python does."""
    return json.dumps(document).encode()
