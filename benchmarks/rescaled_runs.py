"""Solve small instances of every family again in other units, and count contradictions.

    python benchmarks/rescaled_runs.py                         # some minutes per family
    python benchmarks/rescaled_runs.py --family bilevel --cases 6 --verbose
    python benchmarks/rescaled_runs.py --mixed 6 --stretched 6     # wider

Each case (the degenerate and random ones of the families' contract tests, whose optimum is
known by brute force) is rewritten in other units: objective, rows, times, energies, sizes,
rates and weights, each by factors from 1e-12 to 1e12. Every solver that takes the original
solves each rewriting. With ``--mixed N``, each case is written in N random mixtures of
units instead, such as one 1e9 times as large and another 1e-9 times. With
``--stretched N``, some numbers of each case are multiplied by factors from 1e-9 to 1e9, N
times: one link is a million times as fast as the others. That changes the answer, so only
the claims on the same instance are compared, brute force's among them.

A contradiction is

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
from importlib import import_module
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import optkit  # noqa: E402
from optkit.core.solving import registry  # noqa: E402
from optkit.core.solving.family import resolve  # noqa: E402
from optkit.core.solving.units import UnitForm, unit_form  # noqa: E402
from tests.rescaled import (  # noqa: E402
    FACTORS,
    REWRITINGS,
    Answer,
    answer,
    judge,
    mixture,
    rewritten,
)
from tests.stretched import stretched  # noqa: E402

SEED = 20260

VARIANTS = {
    "allocation": (
        "milp:backend=scip",
        "milp:cuts=false",
        "block-ls:timing=store-and-forward",
    ),
    "discovery": ("highpoint:backend=scip", "highpoint:backend=cp-sat"),
    "dispatch": (
        "mdp-milp:backend=scip",
        "mdp-milp:backend=cp-sat",
        "mdp-milp:decompose=false",
        "joint:after=keep",
    ),
}
"""Solvers with options that send their models elsewhere, by family."""
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
    return [*names, *VARIANTS.get(family, ())]


def by_brute_force(optimum: float | None) -> Answer:
    """Return brute force's claim."""
    return Answer(
        "brute force",
        "answer",
        status="infeasible" if optimum is None else "optimal",
        objective=optimum,
        bound=optimum,
        infeasible=optimum is None,
    )


@dataclass(frozen=True)
class Plan:
    """What is done with every case of a family."""

    family: str
    cases: int
    heuristics: bool
    factors: tuple[float, ...]
    mixed: int
    stretched: int
    seed: int


def run_case(plan: Plan, index: int) -> Counts:
    """Solve one case in other units, or with other numbers."""
    label, instance, optimum = list(cases(plan.family, plan.cases))[index]
    counts = Counts()
    rng = np.random.default_rng([plan.seed, index])
    if not plan.stretched:
        solve_in_units(plan, label, instance, optimum, rng, counts)
    for number in range(plan.stretched):
        other = stretched(instance, plan.family, rng)
        if other is not None:
            name = f"{label}, stretched {number}"
            solve_stretched(plan, name, other, counts)
    return counts


def solve_in_units(
    plan: Plan,
    label: str,
    instance: optkit.Instance,
    optimum: float | None,
    rng: np.random.Generator,
    counts: Counts,
) -> None:
    """Solve an instance in all units, and compare with the original."""
    family = plan.family
    names = solver_names(family, plan.heuristics)
    original = {name: answer(instance, family, name) for name in names}
    takers = [name for name in names if original[name].kind != "refused"]
    original = {name: original[name] for name in takers}
    original["brute force"] = by_brute_force(optimum)
    changes = [
        (rewriting, factor, factor if rewriting.scales_objective else 1.0)
        for rewriting in REWRITINGS[family]
        for factor in plan.factors
    ]
    if plan.mixed:
        changes = [
            (rewriting, 1.0, of_objective)
            for rewriting, of_objective in (
                mixture(family, rng) for _ in range(plan.mixed)
            )
        ]
    for rewriting, factor, of_objective in changes:
        where = f"{family} | {label} | {rewriting.name} × {factor:g}"
        other = rewritten(instance, rewriting, factor)
        if other is None:
            counts.kinds["not allowed by the format"] += len(takers)
            counts.runs += len(takers)
            continue
        scaled = {name: answer(other, family, name) for name in takers}
        _count(scaled, counts)
        found = judge(original, scaled, of_objective, rewriting.have_its_unit)
        counts.contradictions += [f"{where}: {text}" for text in found.contradictions]
        counts.weaker += [f"{where}: {text}" for text in found.weaker]


def solve_stretched(
    plan: Plan, label: str, instance: optkit.Instance, counts: Counts
) -> None:
    """Solve an instance whose answer nobody knows, and compare the claims."""
    names = solver_names(plan.family, plan.heuristics)
    claims = {name: answer(instance, plan.family, name) for name in names}
    _count(claims, counts)
    if all(claim.kind == "refused" for claim in claims.values()):
        return
    check = import_module(f"optkit.{plan.family}.check.brute_force")
    # Brute force has tolerances of its own, for numbers near 1.
    form = unit_form(registry.family(plan.family), instance) or UnitForm(instance)
    optimum = check.brute_force(form.instance)
    if not _swallowed(instance, claims["auto"].objective, optimum, form.factor):
        claims["brute force"] = by_brute_force(
            None if optimum is None else form.factor * optimum
        )
    found = judge({}, claims, 1.0)
    where = f"{plan.family} | {label}"
    counts.contradictions += [f"{where}: {text}" for text in found.contradictions]


def _swallowed(
    instance: optkit.Instance, found: float | None, optimum: float | None, factor: float
) -> bool:
    """Say whether brute force differs from an answer by its own tolerance alone.

    A follower's continuous column may be 1e-9 off; a leader's coefficient of 1e9 turns that
    into 1.
    """
    objective = getattr(instance, "upper_objective", None)
    if objective is None or found is None or optimum is None:
        return False
    largest = max(map(abs, objective.coefficients.values()), default=0.0)
    return abs(factor * optimum - found) <= 1e-9 * largest


def _count(claims: dict[str, Answer], counts: Counts) -> None:
    counts.runs += len(claims)
    for claim in claims.values():
        counts.kinds[claim.status or claim.kind] += 1
        if claim.kind == "refused":
            counts.refusals[claim.detail.split(":")[0][:90]] += 1


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
    parser.add_argument("--mixed", type=int, default=0, help="mixtures per case")
    parser.add_argument("--stretched", type=int, default=0, help="per case")
    parser.add_argument("--seed", type=int, default=1, help="of mixtures and stretches")
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
            plan = Plan(
                family,
                count,
                not given.exact,
                factors,
                given.mixed,
                given.stretched,
                given.seed,
            )
            jobs = [pool.submit(run_case, plan, index) for index in range(number)]
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
