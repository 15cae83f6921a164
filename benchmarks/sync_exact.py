"""Time the exact optimum of sync, for given reports and over all of them.

    python benchmarks/sync_exact.py
    python benchmarks/sync_exact.py --slots 300 --repeats 9

Instances come from ``optkit generate sync`` with its defaults (five routers, twenty links);
there is a report every four slots. The first call compiles and does not count. Times are
the least of the repeats, wall clock and processor, since other work on the machine only
adds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

import optkit
from optkit.core.runtime.machine import machine
from optkit.sync.data.generate import GeneratorOptions, generate
from optkit.sync.exact import best_notifications
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.problem_data import problem_data

CASES: dict[str, dict[str, object]] = {
    "the paper's reading": {},
    "true error": {"error": "true"},
    "true error, reports cost": {"error": "true", "weight_report": 0.3},
    "the same, two devices a router": {
        "error": "true",
        "weight_report": 0.3,
        "devices": 10,
    },
}


def least(repeats: int, work: Callable[[], object]) -> tuple[float, float]:
    """Return the least wall-clock and processor seconds of some repeats."""
    wall, processor = [], []
    for _ in range(repeats):
        began, busy = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - began)
        processor.append(time.process_time() - busy)
    return min(wall), min(processor)


def generated(slots: int, settings: dict[str, object]) -> SyncInstance:
    """Return a generated instance."""
    options = GeneratorOptions.model_validate({"slots": slots, **settings})
    return SyncInstance.parse(generate(options, 1))


def given_reports(slots: list[int], repeats: int) -> None:
    """Print the times for given reports."""
    print("| slots | links | case | wall s | processor s |\n|--:|--:|---|--:|--:|")
    for count in slots:
        for label in ("the paper's reading", "true error"):
            data = problem_data(generated(count, CASES[label]))
            reports = [np.arange(0, count, 4)] * data.devices

            def solve(data=data, reports=reports) -> None:  # type: ignore[no-untyped-def]
                best_notifications(data, held_values(data, reports))

            solve()
            wall, processor = least(repeats, solve)
            print(
                f"| {count} | {data.links} | {label} | {wall:.4f} | {processor:.4f} |"
            )


def all_reports(slots: int) -> None:
    """Print objective, bound and time over all reports."""
    print("| case | objective | bound | gap % | wall s | processor s |")
    print("|---|--:|--:|--:|--:|--:|")
    for label, settings in CASES.items():
        instance = generated(slots, settings)
        began, busy = time.perf_counter(), time.process_time()
        result = optkit.solve(instance, "exact-offline")
        took, worked = time.perf_counter() - began, time.process_time() - busy
        assert result.objective is not None
        assert result.bound is not None
        assert result.gap is not None
        print(
            f"| {label} | {result.objective:.4f} | {result.bound:.4f}"
            f" | {100 * result.gap:.3f} | {took:.1f} | {worked:.1f} |",
            flush=True,
        )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slots", type=int, nargs="+", default=[300, 100_000])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--free", type=int, default=300, help="slots, reports free")
    arguments = parser.parse_args()
    print("On " + ", ".join(machine().values()) + ".\n\nFor given reports:\n")
    given_reports(arguments.slots, arguments.repeats)
    print(f"\nOver all reports, {arguments.free} slots:\n")
    optkit.solve(generated(20, {}), "exact-offline")
    all_reports(arguments.free)


if __name__ == "__main__":
    main()
