"""Generate the instances in `instances/dispatch/`, and improve their solutions.

    python benchmarks/dispatch_instances.py

The clairvoyant descends from its own start and from the answers of each of the policies.
A solution is written only if there is none for the instance, or if the new one is better
or better bounded, and only if it passes the check.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from make_instances import worth_writing

import optkit

FOLDER = Path(__file__).resolve().parent.parent / "instances" / "dispatch"

ROUNDS = {"rounds": 3000}
"""Price updates of the clairvoyant: more than by default, for a better bound."""

POLICIES = ("rollout", "queue-aware", "mdp", "joint", "selfish")
"""Policies from whose answers the clairvoyant starts."""

INSTANCES: dict[str, dict[str, Any]] = {
    "shared-cloud": {
        "aps": 5,
        "servers": 4,
        "types": 2,
        "slots": 10,
        "intervals": 50,
        "arrival": 0.08,
        "service": 9.0,
        "cloud_speed": 3.0,
        "upload_intervals": 2.0,
        "queue_limit": 12,
        "overflow_penalty": 24.0,
    },
    "no-cloud": {
        "aps": 6,
        "servers": 4,
        "types": 1,
        "cloud": False,
        "attachment": 2,
        "slots": 10,
        "intervals": 80,
        "arrival": 0.06,
        "service": 8.0,
        "upload_intervals": 1.5,
        "queue_limit": 8,
        "overflow_penalty": 16.0,
    },
}
"""The generator's options; all others have their defaults."""


def main() -> None:
    """Write all instances and solutions."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, options in INSTANCES.items():
        instance = optkit.generate("dispatch", seed=1, name=name, **options)
        optkit.save_instance(instance, FOLDER / f"{name}.json")
        starts = [(policy, optkit.solve(instance, policy)) for policy in POLICIES]
        starts += [
            (f"random, seed {seed}", optkit.solve(instance, "random", seed=seed))
            for seed in range(20)
        ]
        for policy, start in [("its own", None), *starts]:
            result = optkit.solve(
                instance,
                "clairvoyant",
                options=ROUNDS,
                initial=None if start is None else start.solution,
            )
            cost = "" if start is None else f" ({start.objective:.6g})"
            print(
                f"{name} from {policy}{cost}: objective {result.objective:.6g},"
                f" bound {result.bound:.6g}, gap {result.gap:.2%}"
            )
            solution = FOLDER / f"{name}.sol.json"
            if worth_writing(result, solution):
                optkit.save(result, solution)


if __name__ == "__main__":
    main()
