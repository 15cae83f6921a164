"""Solve small instances of every family again in other units, and count contradictions.

    python benchmarks/rescaled_runs.py                         # some minutes per family
    python benchmarks/rescaled_runs.py --family bilevel --cases 6 --verbose

Each case (the degenerate and random ones of the families' contract tests, whose optimum is
known by brute force) is rewritten in other units: objective, rows, times, energies, sizes,
rates and weights, each by factors from 1e-12 to 1e12. Every solver that takes the original
solves each rewriting. A contradiction is

- a proof that a verified answer of another solver, or of the original, refutes;
- two answers that are called optimal, and differ by more than 3e-6;
- an internal error, or an answer that fails its check.

A refusal that says why is none. *Weaker* are answers that the original proves, and the
rewriting does not.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import optkit  # noqa: E402
from optkit.core.solving import registry  # noqa: E402
from optkit.core.solving.family import resolve  # noqa: E402
from tests.rescaled import (  # noqa: E402
    FACTORS,
    REWRITINGS,
    Answer,
    answer,
    judge,
    rewritten,
)

SEED = 20260
CASES = {"bilevel": 24, "discovery": 8, "dispatch": 6, "sync": 6, "allocation": 8}
"""Random cases per family, beside the degenerate ones."""


@dataclass
class Counts:
    """What the runs on one case came to."""

    runs: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    contradictions: list[str] = field(default_factory=list)
    weaker: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        """Take in the counts of another case."""
        self.runs += other.runs
        self.kinds += other.kinds
        self.contradictions += other.contradictions
        self.weaker += other.weaker
        self.refusals += other.refusals


def cases(
    family: str, count: int
) -> Iterator[tuple[str, optkit.Instance, float | None]]:
    """Yield labels, instances and their optima."""
    of_family = registry.family(family)
    assert of_family.contract_cases is not None
    made = resolve(of_family.contract_cases)
    for case in (*made.random(SEED, count), *made.degenerate()):
        yield case.label, case.instance, case.optimum


def solver_names(family: str, heuristics: bool) -> list[str]:
    """Return ``auto`` and every solver; of heuristics only those with bounds, if asked."""
    names = ["auto"]
    for row in optkit.solvers(family):
        of_solver = registry.solver_class(family, row.name)
        if heuristics or of_solver.kind == "exact" or of_solver.capabilities.bound:
            names.append(row.name)
    return names


def run_case(
    family: str, index: int, count: int, heuristics: bool, factors: tuple[float, ...]
) -> Counts:
    """Solve one case in all units."""
    label, instance, optimum = list(cases(family, count))[index]
    counts = Counts()
    names = solver_names(family, heuristics)
    known = Answer(
        "brute force",
        "answer",
        status="infeasible" if optimum is None else "optimal",
        objective=optimum,
        bound=optimum,
        infeasible=optimum is None,
    )
    original = {name: answer(instance, family, name) for name in names}
    takers = [name for name in names if original[name].kind != "refused"]
    original = {name: original[name] for name in takers} | {"brute force": known}
    for rewriting in REWRITINGS[family]:
        for factor in factors:
            where = f"{family} | {label} | {rewriting.name} × {factor:g}"
            other = rewritten(instance, rewriting, factor)
            if other is None:
                counts.kinds["not allowed by the format"] += len(takers)
                counts.runs += len(takers)
                continue
            scaled = {name: answer(other, family, name) for name in takers}
            counts.runs += len(scaled)
            for claim in scaled.values():
                counts.kinds[claim.status or claim.kind] += 1
                if claim.kind == "refused":
                    counts.refusals[claim.detail.split(":")[0][:90]] += 1
            found = judge(
                original, scaled, factor if rewriting.scales_objective else 1.0
            )
            counts.contradictions += [
                f"{where}: {text}" for text in found.contradictions
            ]
            counts.weaker += [f"{where}: {text}" for text in found.weaker]
    return counts


def main() -> None:
    """Read the command line, run, and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--family", action="append", choices=list(CASES))
    parser.add_argument("--cases", type=int, help="random cases per family")
    parser.add_argument("--factor", type=float, action="append")
    parser.add_argument(
        "--exact", action="store_true", help="leave out plain heuristics"
    )
    parser.add_argument("--verbose", action="store_true", help="list every finding")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    factors = tuple(given.factor or FACTORS)
    total = 0
    for family in given.family or list(CASES):
        started = time.perf_counter()
        count = CASES[family] if given.cases is None else given.cases
        number = sum(1 for _ in cases(family, count))
        counts = Counts()
        with ProcessPoolExecutor(given.workers) as pool:
            jobs = [
                pool.submit(run_case, family, index, count, not given.exact, factors)
                for index in range(number)
            ]
            for job in as_completed(jobs):
                counts.add(job.result())
        total += len(counts.contradictions)
        print(
            f"{family}: {number} cases, {counts.runs} runs,"
            f" {len(counts.contradictions)} contradictions,"
            f" {len(counts.weaker)} weaker, {dict(counts.kinds)},"
            f" {time.perf_counter() - started:.0f} s",
            flush=True,
        )
        for text, times in counts.refusals.most_common(12):
            print(f"  refused {times}: {text}")
        if given.verbose:
            for text in sorted(counts.contradictions):
                print(f"  contradiction: {text}")
            for text in sorted(counts.weaker):
                print(f"  weaker: {text}")
    sys.exit(1 if total else 0)


if __name__ == "__main__":
    main()
