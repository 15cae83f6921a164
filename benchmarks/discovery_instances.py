"""Make the instances in `instances/discovery/`, and improve the solutions beside them.

    python benchmarks/discovery_instances.py

All are generated; they differ in how the paper is read. A solution is written only where
there is none for the instance, or where the new one is better or better bounded, and only
if it passes the check.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from make_instances import worth_writing

import optkit

FOLDER = Path(__file__).resolve().parent.parent / "instances" / "discovery"

SMALL = {"nodes": 12, "windows": 4, "resources": 2, "candidates": 4}
MEDIUM = {"nodes": 20, "windows": 5, "resources": 2, "candidates": 6}

INSTANCES: dict[str, dict[str, Any]] = {
    "cover-window": {**SMALL, "weight_energy": 0.1},
    "cover-stackelberg": {
        **MEDIUM,
        "connection_cost": "agent-mode",
        "accuracy_scope": "horizon",
        "required_agent": 0.6,
        "required_self": 0.335,
    },
    "single-optional": {
        **MEDIUM,
        "qan_rule": "single",
        "connection": "optional",
        "connection_cost": "agent-mode",
        "accuracy_scope": "horizon",
        "weight_energy": 0.1,
        "required_agent": 0.6,
        "required_self": 0.335,
    },
    "sum-optional": {
        **SMALL,
        "connection": "optional",
        "connection_cost": "agent-mode",
        "accuracy_form": "sum",
        "required_agent": 1.5,
        "required_self": 2.0,
    },
}
"""The generator's options; those that are not named have their defaults."""


def main() -> None:
    """Make everything."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, options in INSTANCES.items():
        instance = optkit.generate("discovery", seed=1, name=name, **options)
        optkit.save_instance(instance, FOLDER / f"{name}.json")
        result = optkit.solve(
            instance, "bilevel-exact", limits=optkit.Limits(time=300.0)
        )
        print(
            f"{name}: {result.status}, objective {result.objective},"
            f" gap {result.gap}, {result.termination.detail},"
            f" {result.timings.solve_s:.2f} s"
        )
        if result.objective is None:
            continue
        relaxed = optkit.solve(instance, "highpoint", time_limit=60.0, bound="none")
        print(f"  high-point relaxation: bound {relaxed.bound}, {relaxed.objective}")
        solution = FOLDER / f"{name}.sol.json"
        if worth_writing(result, solution):
            optkit.save(result, solution)


if __name__ == "__main__":
    main()
