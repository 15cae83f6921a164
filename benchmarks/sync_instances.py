"""Make the instances in `instances/sync/`, and improve the solutions beside them.

    python benchmarks/sync_instances.py

All are generated, and solved with every load known. A solution is written only if it passes
the check, and if there is none yet, or it is better or better bounded than the old one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from make_instances import worth_writing

import optkit

FOLDER = Path(__file__).resolve().parent.parent / "instances" / "sync"

POLICIES = ("auto", "gradient+rent-or-buy", "threshold+threshold")
"""Policies that do not know the future, for comparison."""

SECONDS = 120.0
"""Limit of each search for the optimum."""

INSTANCES: dict[str, dict[str, Any]] = {
    "bursts": {},
    "priced-reports": {
        "load": "autoregressive",
        "routers": 4,
        "devices": 4,
        "slots": 200,
        "error": "true",
        "weight_report": 0.3,
    },
    "two-devices-each": {
        "routers": 3,
        "devices": 6,
        "slots": 120,
        "error": "true",
        "weight_report": 0.1,
        "farthest": 1,
        "max_device_age": 6.0,
        "max_pair_age": 8.0,
    },
}
"""Options of the generator; all others have their defaults."""


def main() -> None:
    """Make everything."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, options in INSTANCES.items():
        instance = optkit.generate("sync", seed=1, name=name, **options)
        optkit.save_instance(instance, FOLDER / f"{name}.json")
        best = optkit.solve(
            instance, "exact-offline", limits=optkit.Limits(time=SECONDS)
        )
        print(
            f"{name}: objective {best.objective:.6g}, bound {best.bound:.6g},"
            f" {best.status}, {best.timings.solve_s:.1f} s"
        )
        solution = FOLDER / f"{name}.sol.json"
        if worth_writing(best, solution):
            optkit.save(best, solution)
        for policy in POLICIES:
            result = optkit.solve(instance, policy)
            above = result.objective / best.objective - 1.0
            print(f"  {policy}: {result.objective:.6g}, {above:.1%} above")


if __name__ == "__main__":
    main()
