"""Dispatch policies over paired sample paths, in the paper's settings.

Every policy meets the same network and the same sample path (instance seed). Differences
are taken path by path, with a 95 % interval of their mean (Student's t). A negative one
means that the policy costs less than the one it is compared with. The gap of the best
policy is the share of its mean cost that lies above the mean of the bound on every policy.
Drops are free, as in the paper, unless ``--drops`` is given.

    python benchmarks/dispatch_policies.py --paths 20 --intervals 120
    python benchmarks/dispatch_policies.py --paths 3 --intervals 60 --settings base

With ``--random`` it draws small instances over wide parameters instead, of every kind, and
tests for each policy whether its mean over services drawn anew is below the bound on all
policies. P values are one-sided, and corrected for the number of tests (Holm).

    python benchmarks/dispatch_policies.py --random 300 --draws 100

Finished paths are kept, one line each, in the file that ``--rows`` names; a new run
continues from there. Remove that file when a policy has changed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np
from dispatch_instances import INSTANCES
from scipy import stats
from statsmodels.stats.multitest import multipletests

from optkit.core.arrays import Floats
from optkit.core.mean_gap import gap_of_means
from optkit.core.solving import seeds
from optkit.core.solving.registry import solver_class
from optkit.dispatch.bounds import isolated_jobs
from optkit.dispatch.bounds.policy.price_ascent import step_count
from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.objective import objective
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.solvers.base import PolicySolver

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.dispatch.bounds.policy import mean_costs

RATE = 0.0619
"""Arrivals per slot, access point and type at arrival interval ×1 (the authors' trace)."""

SETTINGS: dict[str, dict[str, Any]] = {
    "base": {},
    "latency 1": {"signal_slot": 1},
    "latency 11": {"signal_slot": 11},
    "latency 24": {"signal_slot": 24},
    "arrival interval ×1": {"arrival": RATE},
    "arrival interval ×2": {"arrival": RATE / 2},
    "arrival interval ×4": {"arrival": RATE / 4},
    "arrival interval ×5": {"arrival": RATE / 5},
    **{
        f"service {mean:g}": {"service": mean * 25}
        for mean in (0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
    },
}
"""The base has latency 16, arrival interval ×3, service 1.12 intervals."""

EXTRA: dict[str, dict[str, Any]] = {
    f"instance {name}": {"drop_penalty": None, **drawing}
    for name, drawing in INSTANCES.items()
}
"""Options of the shipped instances; each path has a network of its own, drops cost."""

POLICIES = ("lagrangian", "rollout", "mdp", "queue-aware", "selfish", "random")

COMPARED = (
    ("lagrangian", "rollout"),
    ("rollout", "mdp"),
    ("rollout", "queue-aware"),
    ("mdp", "queue-aware"),
    ("mdp", "selfish"),
    ("mdp", "random"),
)

POLICY_BOUND = "policy bound"

Task = tuple[str, int, int, bool, tuple[str, ...]]
"""Setting, path, intervals, whether drops are charged, policies."""


def options(setting: str, intervals: int, drops: bool = False) -> GeneratorOptions:
    """Return the generator's options for a setting."""
    return GeneratorOptions.model_validate(
        {
            "intervals": intervals,
            "arrival": RATE / 3,
            "drop_penalty": None if drops else 0.0,
            **(SETTINGS | EXTRA)[setting],
        }
    )


def generated(options: GeneratorOptions, seed: int) -> ProblemData:
    """Return a generated instance as arrays."""
    return problem_data(DispatchInstance.parse(generate(options, seed)))


def costs(task: Task) -> dict[str, float]:
    """Return every policy's cost on one sample path, and the bound."""
    setting, seed, intervals, drops, policies = task
    data = generated(options(setting, intervals, drops), seed)
    results = {
        "bound": isolated_jobs.alone(data),
        POLICY_BOUND: mean_costs.policy_bound_of(data, step_count(data)),
    }
    for name in policies:
        solver = solver_class("dispatch", name)({})
        assert isinstance(solver, PolicySolver)
        rng = seeds.generator(seed, "solver", name, "policy")
        policy = solver.policy(data, rng)
        results[name] = objective(data, simulate(data, policy).system)
    return results


def finished(path: Path) -> dict[Task, dict[str, float]]:
    """Return the rows kept so far."""
    if not path.exists():
        return {}
    rows = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        setting, seed, intervals, drops, policies = row["task"]
        rows[setting, seed, intervals, drops, tuple(policies)] = row["costs"]
    return rows


def mean_interval(values: Sequence[float] | Floats) -> tuple[float, float]:
    """Return the mean, and half of its 95 % interval; 0 for a single value."""
    mean, count = float(np.mean(values)), len(values)
    if count < 2:
        return mean, 0.0
    error = float(np.std(values, ddof=1)) / count**0.5
    return mean, float(stats.t.ppf(0.975, count - 1)) * error


def interval(values: Sequence[float] | Floats) -> str:
    """Return mean and 95 % interval of relative differences, in per cent."""
    mean, half = (100 * value for value in mean_interval(values))
    if len(values) < 2:
        return f"{mean:+.1f} %"
    return f"{mean:+.1f} % [{mean - half:+.1f}, {mean + half:+.1f}]"


def gap_to_bound(rows: list[dict[str, float]], policy: str) -> str:
    """Return the gap of a policy's mean to the mean policy bound, in per cent.

    Nothing for a single path, since the bound holds for means alone.
    """
    costs, bounds = (
        np.array([row[name] for row in rows]) for name in (policy, POLICY_BOUND)
    )
    gap, low, high = (100 * share for share in gap_of_means(costs, bounds))
    return "" if np.isnan(gap) else f"{gap:+.1f} % [{low:+.1f}, {high:+.1f}]"


def table(rows: dict[str, list[dict[str, float]]], policies: Iterable[str]) -> str:
    """Return the Markdown table: mean costs, then relative paired differences."""
    names = [*policies, POLICY_BOUND, "bound"]
    compared = [(a, b) for a, b in COMPARED if a in names and b in names]
    head = ["setting", "paths", *names, "best policy", "its gap"]
    head += [f"{a} − {b}" for a, b in compared]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for setting, costs_of in rows.items():
        means = [f"{statistics.fmean(row[n] for row in costs_of):.1f}" for n in names]
        ahead = [
            interval([row[a] / row[b] - 1 for row in costs_of]) for a, b in compared
        ]
        best = min(policies, key=lambda n: statistics.fmean(r[n] for r in costs_of))
        gap = gap_to_bound(costs_of, best)
        cells = [setting, str(len(costs_of)), *means, best, gap, *ahead]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def random_table(results: list[mean_costs.MeanTest]) -> str:
    """Return the Markdown table of tests on random instances, one row per policy."""
    corrected = multipletests([result.p for result in results], method="holm")[1]
    head = ["policy", "instances", "median above the bound", "within 1 % of it"]
    head += ["below it", "furthest below, in standard errors", "least p", "corrected"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name in dict.fromkeys(result.policy for result in results):
        own = [k for k, result in enumerate(results) if result.policy == name]
        rows = [results[k] for k in own if results[k].bound > 0.0]
        above = np.array([row.mean / row.bound - 1.0 for row in rows])
        errors = [(r.bound - r.mean) / r.error for r in rows if r.error > 0.0]
        cells = [
            name,
            str(len(own)),
            f"{100 * np.median(above):.1f} %",
            str(int((abs(above) < 0.01).sum())),
            str(int((above < -mean_costs.ROUNDING).sum())),
            f"{max(errors):.2f}",
            f"{min(results[k].p for k in own):.2g}",
            f"{min(corrected[k] for k in own):.2g}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def test_random(count: int, draws: int, workers: int, factor: float) -> None:
    """Print the table of tests on some random instances."""
    with ProcessPoolExecutor(workers) as pool:
        tests = [
            pool.submit(mean_costs.mean_tests, seed, draws, mean_costs.POLICIES, factor)
            for seed in range(count)
        ]
        results = [result for test in tests for result in test.result()]
    print(f"{count} random instances, {draws} draws of services each\n")
    print(random_table(results))


def main() -> None:
    """Run what is not in the file yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--paths", type=int, default=20, help="sample paths per setting"
    )
    parser.add_argument("--intervals", type=int, default=120)
    parser.add_argument("--settings", nargs="*", default=list(SETTINGS))
    parser.add_argument("--policies", nargs="*", default=list(POLICIES))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--drops", action="store_true", help="charge dropped jobs too")
    parser.add_argument("--rows", type=Path, default=Path("dispatch-policies.jsonl"))
    parser.add_argument("--random", type=int, help="random instances to test instead")
    parser.add_argument(
        "--draws", type=int, default=100, help="draws of services on a random instance"
    )
    parser.add_argument(
        "--factor", type=float, default=1.0, help="makes the bound too large, as a test"
    )
    arguments = parser.parse_args()
    if arguments.random:
        test_random(
            arguments.random, arguments.draws, arguments.workers, arguments.factor
        )
        return
    policies = tuple(arguments.policies)
    # Path by path, so that an interrupted run covers every setting.
    tasks: list[Task] = [
        (setting, seed, arguments.intervals, arguments.drops, policies)
        for seed in range(arguments.paths)
        for setting in arguments.settings
    ]
    rows = finished(arguments.rows)
    missing = [task for task in tasks if task not in rows]
    with (
        ProcessPoolExecutor(arguments.workers) as pool,
        arguments.rows.open("a", encoding="utf-8") as kept,
    ):
        running = {pool.submit(costs, task): task for task in missing}
        for done in as_completed(running):
            task = running[done]
            rows[task] = done.result()
            kept.write(json.dumps({"task": task, "costs": rows[task]}) + "\n")
            kept.flush()
    print(f"Paired paths of {arguments.intervals} intervals; mean cost per interval\n")
    by_setting = {
        setting: [rows[task] for task in tasks if task[0] == setting]
        for setting in arguments.settings
    }
    print(table(by_setting, policies))


if __name__ == "__main__":
    main()
