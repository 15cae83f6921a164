"""Dispatch policies over paired sample paths, in the paper's settings.

Every policy meets the same network and the same world (instance seed); differences are
taken path by path, with a 95 % interval of their mean (Student's t). A negative one means
that the policy costs less than the one it is compared with.

    python benchmarks/dispatch_policies.py --paths 20
    python benchmarks/dispatch_policies.py --paths 3 --intervals 60 --settings base
"""

from __future__ import annotations

import argparse
import statistics
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from scipy import stats

import optkit
from optkit.core.registry import family
from optkit.dispatch.generate import GeneratorOptions, generate

SETTINGS: dict[str, dict[str, Any]] = {
    "base": {},
    "latency 1": {"signal_slot": 1},
    "latency 11": {"signal_slot": 11},
    "latency 24": {"signal_slot": 24},
    "arrival interval ×1": {"arrival": 0.0619},
    "arrival interval ×2": {"arrival": 0.0619 / 2},
    "arrival interval ×4": {"arrival": 0.0619 / 4},
    "arrival interval ×5": {"arrival": 0.0619 / 5},
    "service 0.75": {"service": 0.75 * 25},
    "service 1.5": {"service": 1.5 * 25},
    "service 2": {"service": 2 * 25},
}
"""The base has latency 16, arrival interval ×3, service 1.12 intervals."""

POLICIES = ("rollout", "mdp", "queue-aware", "selfish", "random")


def costs(job: tuple[str, int, int, bool]) -> dict[str, float]:
    """Return every policy's verified cost on one sample path, and the bound."""
    setting, seed, intervals, drops = job
    options = GeneratorOptions.model_validate(
        {
            "intervals": intervals,
            "arrival": 0.0619 / 3,
            "drop_penalty": None if drops else 0.0,
            **SETTINGS[setting],
        }
    )
    instance = family("dispatch").instance_type.parse(generate(options, seed))
    found = {}
    for policy in POLICIES:
        result = optkit.solve(instance, solver=policy, seed=seed)
        assert result.verification is not None
        assert result.verification.feasible
        assert result.objective is not None
        assert result.bound is not None
        found[policy] = result.objective
        found["bound"] = result.bound
    return found


def interval(values: list[float]) -> str:
    """Return mean and 95 % interval of relative differences, in per cent."""
    mean = statistics.fmean(values)
    if len(values) < 2:
        return f"{100 * mean:+.1f} %"
    half = stats.t.ppf(0.975, len(values) - 1) * statistics.stdev(values)
    half /= len(values) ** 0.5
    return (
        f"{100 * mean:+.1f} % [{100 * (mean - half):+.1f}, {100 * (mean + half):+.1f}]"
    )


def main() -> None:
    """Print one line a setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", type=int, default=20, help="sample paths a setting")
    parser.add_argument("--intervals", type=int, default=250)
    parser.add_argument("--settings", nargs="*", default=list(SETTINGS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--drops", action="store_true", help="charge dropped jobs too")
    given = parser.parse_args()
    print(f"{given.paths} paired paths of {given.intervals} intervals; mean cost\n")
    names = [*POLICIES, "bound"]
    print(
        "| setting | "
        + " | ".join(names)
        + " | rollout − mdp | rollout − queue-aware |"
    )
    print("|---" * (len(names) + 3) + "|")
    with ProcessPoolExecutor(given.workers) as pool:
        for setting in given.settings:
            jobs = [
                (setting, s, given.intervals, given.drops) for s in range(given.paths)
            ]
            rows = list(pool.map(costs, jobs))
            means = [f"{statistics.fmean(row[n] for row in rows):.1f}" for n in names]
            ahead = [
                interval([row["rollout"] / row[other] - 1 for row in rows])
                for other in ("mdp", "queue-aware")
            ]
            print(f"| {setting} | " + " | ".join(means + ahead) + " |", flush=True)


if __name__ == "__main__":
    main()
