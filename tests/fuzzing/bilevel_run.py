"""Solve tiny bilevel programs of every kind by every solver, against brute force.

    python -m tests.fuzzing.bilevel_run [--programs 2000] [--seed 1] [--part WORD]
                                        [--solver NAME ...] [--limit 10]

A wrong answer, a false bound, a false "infeasible" and an error are faults, and the exit
status is then 1. What a solver does not prove within the limit is counted.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import optkit
from optkit.core.solving.registry import solver_class
from optkit.core.solving.result import Result
from tests.fuzzing.bilevel_programs import Program, programs

TOLERANCE = 1e-6
"""Relative difference of objectives that is let pass; the checker's."""


@dataclass
class Counts:
    """What the runs gave, by solver.

    Parameters
    ----------
    solved
        Runs that proved the optimum, or that there is none.
    unproven
        Runs that ended without a proof, with a description each.
    faults
        Descriptions of wrong answers and errors.
    """

    solved: Counter[str] = field(default_factory=Counter)
    unproven: dict[str, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def verdict(program: Program, result: Result) -> str:
    """Return what is wrong with a result; empty if nothing is.

    Parameters
    ----------
    program
        The program and its optimum.
    result
        A verified result, or one without a solution.
    """
    optimum, objective, bound = program.optimum, result.objective, result.bound
    if optimum is None:
        if objective is not None:
            return f"found {objective!r} where there is no feasible point"
        return ""
    # An answer is called optimal if its bound meets it, so a false bound shows all else.
    slack = TOLERANCE * max(1.0, abs(optimum))
    if result.status == "infeasible":
        return f"called infeasible, the optimum is {optimum!r}"
    if objective is not None and objective < optimum - slack:
        return f"found {objective!r}, better than the optimum {optimum!r}"
    if bound is not None and bound > optimum + slack:
        return f"the bound {bound!r} is past the optimum {optimum!r}"
    return ""


def run(
    solvers: Sequence[str], count: int, seed: int, limit: float, part: str = ""
) -> Counts:
    """Solve ``count`` programs by every solver that takes them.

    Parameters
    ----------
    solvers
        Names of solvers, ``auto`` among them if wanted.
    count, seed, part
        As :func:`programs` takes them.
    limit
        Seconds per run.
    """
    counts = Counts()
    for program in programs(seed, count, part):
        for name in solvers:
            if name != "auto":
                solver = solver_class("bilevel", name)()
                if not solver.supports(program.instance).available:
                    continue
            label = f"{name}, {program.label}"
            try:
                limits = optkit.Limits(time=limit)
                result = optkit.solve(program.instance, name, limits=limits)
            except Exception as error:
                counts.faults.append(f"{label}: {type(error).__name__}: {error}")
                continue
            wrong = verdict(program, result)
            if wrong:
                counts.faults.append(f"{label}: {wrong}")
            elif result.status in ("optimal", "infeasible"):
                counts.solved[name] += 1
            else:
                why = f"{label}: {result.status}, {result.termination}"
                counts.unproven.setdefault(name, []).append(why)
    return counts


def main() -> int:
    """Run by the command line; return 1 if there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=10.0, help="seconds per run")
    parser.add_argument("--part", default="", help="only kinds whose name has this")
    parser.add_argument("--solver", nargs="+", help="solvers; by default auto and all")
    arguments = parser.parse_args()
    names = arguments.solver or ["auto", *(s.name for s in optkit.solvers("bilevel"))]
    began = time.process_time()
    counts = run(
        names, arguments.programs, arguments.seed, arguments.limit, arguments.part
    )
    for name in names:
        unproven = counts.unproven.get(name, [])
        print(f"{name:22} {counts.solved[name]:5} proven {len(unproven):5} not")
        for line in unproven[:5]:
            print(f"    {line}")
    print(*counts.faults, sep="\n")
    print(
        f"{arguments.programs} programs of seed {arguments.seed}:"
        f" {counts.solved.total()} runs proven, {len(counts.faults)} faults,"
        f" {time.process_time() - began:.0f} s of processor"
    )
    return 1 if counts.faults else 0


if __name__ == "__main__":
    sys.exit(main())
