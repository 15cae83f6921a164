"""Record the answer of every solver on many instances, and compare two records.

    python benchmarks/recorded_answers.py record before.json.gz
    python benchmarks/recorded_answers.py compare before.json.gz after.json.gz

Made for changes that must not change any answer: record before, record after, compare.
Every shipped instance and 500 generated ones (100 per family) are solved by every solver
that takes them. Runs are limited by iterations or evaluations where the solver counts
them; a run that a clock ended is recorded, and left out of the comparison, since two such
runs may differ on the same code. Floats are recorded exactly.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import optkit

ROOT = Path(__file__).resolve().parent.parent
FAMILIES = ("allocation", "bilevel", "discovery", "dispatch", "sync")
PER_FAMILY = 100
SECONDS = 10.0
ITERATIONS = 40
EVALUATIONS = 400
BY_CLOCK = frozenset({"time-limit", "memory-limit", "interrupted"})

ALLOCATION = (
    {"servers": 5, "shape": "random-tree"},
    {"servers": 6, "shape": "erdos-renyi"},
    {"servers": 7, "shape": "binary", "weight_energy": 5.0, "tx_watt": 10.0},
    {"servers": 8, "shape": "random-tree", "gbps_low": 0.05, "gbps_high": 500.0},
    {"servers": 9, "shape": "caterpillar", "weight_energy": 0.0},
    {"servers": 12, "shape": "random-tree", "weight_energy": 5.0, "tx_watt": 10.0},
    {"servers": 6, "shape": "chain", "capacitance": 0.001, "tx_watt": 3.0},
    {"servers": 25, "shape": "random-tree"},
    {"servers": 7, "shape": "pairs", "weight_time": 0.0, "weight_energy": 1.0},
    {"servers": 6, "shape": "star"},
)
BILEVEL = (
    {"upper_columns": 3, "lower_columns": 3},
    {"upper_columns": 5, "lower_columns": 4, "lower_kind": "continuous"},
    {"upper_columns": 4, "lower_columns": 4, "upper_kind": "binary", "coupling": 0.5},
    {"shape": "knapsack-interdiction", "lower_columns": 12},
    {"shape": "interdiction", "lower_columns": 8, "lower_rows": 3},
)
DISCOVERY = (
    {"nodes": 8, "windows": 2, "candidates": 3},
    {"nodes": 12, "windows": 3, "candidates": 4},
    {"nodes": 15, "windows": 2, "candidates": 5},
    {"nodes": 20, "windows": 4},
    {"nodes": 6, "windows": 1, "candidates": 2},
)
DISPATCH = (
    {"aps": 3, "servers": 2, "types": 2, "intervals": 8},
    {"aps": 5, "servers": 3, "types": 2, "intervals": 10, "cloud": False},
    {"aps": 8, "servers": 4, "types": 3, "intervals": 10, "drop_penalty": 0.0},
    {"aps": 6, "servers": 4, "types": 3, "intervals": 12, "service": 10.0},
)
SYNC = (
    {"routers": 3, "devices": 3, "slots": 60},
    {"routers": 4, "devices": 6, "slots": 80, "load": "autoregressive"},
)
SETTINGS: dict[str, tuple[dict[str, Any], ...]] = {
    "allocation": ALLOCATION,
    "bilevel": BILEVEL,
    "discovery": DISCOVERY,
    "dispatch": DISPATCH,
    "sync": SYNC,
}


def instances(family: str) -> Iterator[tuple[str, optkit.Instance]]:
    """Yield the shipped instances of a family, then the generated ones."""
    for path in sorted((ROOT / "instances" / family).glob("*.json")):
        if not path.name.endswith(".sol.json"):
            yield path.name, optkit.load(path)
    settings = SETTINGS[family]
    for seed in range(PER_FAMILY):
        chosen = settings[seed % len(settings)]
        yield (
            f"generated {json.dumps(chosen, sort_keys=True)} seed {seed}",
            optkit.generate(family, seed=seed, **chosen),
        )


def solver_names(family: str) -> list[str]:
    """Return the names to try: ``auto``, all solvers, and sync's parts in pairs."""
    listed = [row.name for row in optkit.solvers(family)]
    if family != "sync":
        return ["auto", *listed]
    reporting = ("gradient", "threshold", "shared-index", "budgeted-index")
    notification = ("random", "rent-or-buy", "mappo", "maa2c", "exact-offline")
    pairs = [f"{name}+threshold" for name in reporting]
    pairs += [f"gradient+{name}" for name in notification]
    return ["auto", *listed, *pairs]


def solve(family: str, name: str, instance: optkit.Instance) -> dict[str, Any]:
    """Solve once, and return what must not change."""
    asked: list[dict[str, int]] = [
        {"iterations": ITERATIONS, "evaluations": EVALUATIONS},
        {"evaluations": EVALUATIONS},
        {"iterations": ITERATIONS},
        {},
    ]
    for limits in asked:
        try:
            result = optkit.solve(
                instance, name, limits=optkit.Limits(time=SECONDS, **limits), seed=3
            )
        except optkit.UnavailableError as error:
            if "limit" in str(error):
                continue
            return {"refused": type(error).__name__}
        except optkit.OptkitError as error:
            return {"refused": type(error).__name__}
        except Exception as error:  # recorded: it is what a user would meet
            return {"crash": f"{type(error).__name__}: {error}"}
        solution = result.solution
        text = (
            ""
            if solution is None
            else json.dumps(solution.model_dump(mode="json"), sort_keys=True)
        )
        return {
            "status": str(result.status),
            "reason": str(result.termination.reason),
            "objective": repr(result.objective),
            "bound": repr(result.bound),
            "solver": result.solver.name,
            "solution": hashlib.sha256(text.encode()).hexdigest()[:16],
            "metrics": hashlib.sha256(
                json.dumps(dict(result.metrics), sort_keys=True, default=repr).encode()
            ).hexdigest()[:16],
        }
    return {"refused": "no limits fit"}


def record_instance(family: str, index: int) -> dict[str, dict[str, Any]]:
    """Return the answers of every solver on one instance, by name."""
    for position, (label, instance) in enumerate(instances(family)):
        if position == index:
            return {
                f"{family} | {label} | {name}": solve(family, name, instance)
                for name in solver_names(family)
            }
    return {}


def record(path: Path, families: list[str], workers: int) -> None:
    """Solve everything and write the record."""
    jobs = [
        (family, index)
        for family in families
        for index in range(sum(1 for _ in instances(family)))
    ]
    answers: dict[str, dict[str, Any]] = {}
    started = time.perf_counter()
    with ProcessPoolExecutor(workers) as pool:
        futures = [pool.submit(record_instance, *job) for job in jobs]
        for count, future in enumerate(as_completed(futures), 1):
            answers.update(future.result())
            print(
                f"{count} of {len(jobs)} instances, {time.perf_counter() - started:.0f} s",
                file=sys.stderr,
            )
    data = json.dumps(dict(sorted(answers.items())), indent=0)
    path.write_bytes(gzip.compress(data.encode(), mtime=0))
    kinds = Counter(
        answer.get("reason", next(iter(answer))) for answer in answers.values()
    )
    print(f"{len(answers)} answers: {dict(kinds)}")


def compare(before: Path, after: Path) -> int:
    """Print every answer that differs, in families of both; return how many do."""
    old, new = (
        json.loads(gzip.decompress(path.read_bytes())) for path in (before, after)
    )
    different = clocked = equal = 0
    families = {key.split(" | ")[0] for key in old} & {
        key.split(" | ")[0] for key in new
    }
    for key in sorted({*old, *new}):
        if key.split(" | ")[0] not in families:
            continue
        one, other = old.get(key), new.get(key)
        if {answer.get("reason") for answer in (one, other) if answer} & BY_CLOCK:
            clocked += 1
        elif one == other:
            equal += 1
        else:
            different += 1
            print(f"{key}\n  before {one}\n  after  {other}")
    print(f"{equal} equal, {different} different, {clocked} ended by a clock")
    return different


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record")
    recording.add_argument("path", type=Path)
    recording.add_argument("--family", action="append", choices=FAMILIES)
    recording.add_argument("--workers", type=int, default=2)
    comparing = commands.add_parser("compare")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    given = parser.parse_args()
    if given.command == "record":
        record(given.path, given.family or list(FAMILIES), given.workers)
    else:
        sys.exit(1 if compare(given.before, given.after) else 0)


if __name__ == "__main__":
    main()
