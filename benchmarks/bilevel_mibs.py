"""Compare optkit with MibS on the public bilevel instances and on generated kinds.

    python benchmarks/bilevel_mibs.py [--mibs PATH] [--solver auto ...] [--limit 60]
        [--kinds public integer ...] [--size 20 40] [--seed 1 2 3] [--data FOLDER]
        [--journal FILE] [-o benchmarks/results/bilevel-mibs]

PATH is MibS' program; without it, optkit's solvers are compared with each other. Each run
is a process of its own with one thread, on the same files, within the same limit of
processor time; the solvers take turns in starting first. Finished runs are kept in the
journal, so an interrupted comparison goes on where it stopped. The table and the profile
are written to OUTPUT.md and OUTPUT.svg.

optkit checks each of its answers. An answer of a peer that is better than optkit's, or than
its bound, is checked by fixing the leader's decision and solving what remains. A wrong
answer is a false proof, or an objective that no decision has.
"""

from __future__ import annotations

import argparse
import math
import platform
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from bilevel_known import data_folder
from bilevel_runs import Journal, Run, run_mibs, run_optkit, start_seconds
from bilevel_sets import KINDS, PUBLIC, Pair, generated, public

import optkit
from optkit.backends.incremental import SolveStatus
from optkit.bench.report.plots import profile
from optkit.bench.statistics.aggregates import shifted_geometric_mean
from optkit.bilevel.check.checker import check
from optkit.bilevel.problem.follower import Follower
from optkit.bilevel.problem.problem_data import problem_data
from optkit.core.files.text import write_bytes
from optkit.core.runtime.machine import machine
from optkit.core.runtime.versions import versions
from optkit.core.solving.deadline import Deadline
from optkit.plotting.charts import Look
from optkit.plotting.palette import BLACK, BLUE, GREEN, VERMILION

TOLERANCE = 1e-5
"""Relative difference up to which two optima agree; MibS prints six digits."""

SHIFT_SECONDS = 1.0
"""Shift of the geometric means."""

CONFIRM_SECONDS = 20.0
"""Time for checking a peer's answer."""


def agree(first: float, second: float) -> bool:
    """Say whether two objectives are the same within the tolerance."""
    return abs(first - second) <= TOLERANCE * max(1.0, abs(first), abs(second))


def attained(pair: Pair, run: Run) -> float | None:
    """Return the leader's best objective at a run's decision; None if there is none.

    Parameters
    ----------
    pair
        The instance.
    run
        A run with a decision. The leader's integer columns are fixed to it, continuous
        ones stay free. The point that is found passes optkit's checker.

    Raises
    ------
    RuntimeError
        If that cannot be found out in time, or the checker refuses the point.
    """
    instance = optkit.load(pair.mps, aux=pair.aux)
    problem, deadline = problem_data(instance), Deadline(CONFIRM_SECONDS)
    # In MibS' interdiction form, a column and the one that forbids it have the same name.
    decision = {
        f"x_{name}" if f"x_{name}" in problem.names else name: value
        for name, value in run.decision.items()
    }
    upper = np.array([decision.get(problem.names[j], 0.0) for j in problem.upper])
    integer = problem.integer[problem.upper]
    upper[integer] = np.rint(upper[integer])
    follower = Follower(problem)
    response = follower.respond(upper, deadline)
    fixed = problem.upper[integer]
    best = follower.best_for_leader(upper, response.value, fixed, deadline)
    if SolveStatus.STOPPED in (response.status, best.status):
        raise RuntimeError("its follower's problem takes too long")
    if response.values is None or best.values is None:
        return None
    verification = check(instance, problem.solution(best.values))
    if not verification.feasible:
        raise RuntimeError(f"the point fails its check: {verification.violations}")
    return verification.objective


def wrong_answers(pair: Pair, runs: Sequence[Run]) -> list[str]:
    """Return what is wrong among the runs on one instance, one text per fault."""
    faults = []
    verified = {
        run.solver: run.objective
        for run in runs
        if run.solver != "mibs" and run.objective is not None
    }
    for run in runs:
        if run.solver != "mibs" or run.objective is None:
            continue
        best = min(verified.values(), default=math.inf)
        if math.isfinite(best) and (agree(best, run.objective) or run.objective > best):
            continue  # a verified point is as good; a proof of it is judged below
        if run.status == "stopped":
            faults += _below_bounds(run, runs)  # it did not print its decision
            continue
        try:
            value = attained(pair, run)
        except (RuntimeError, optkit.OptkitError) as error:
            faults.append(
                f"{pair.name}: mibs' {run.objective:g} is not checked: {error}"
            )
            continue
        if value is None or not agree(value, run.objective):
            truth = "infeasible" if value is None else f"worth {value:g}"
            faults.append(
                f"{pair.name}: WRONG mibs: {run.objective:g}, its decision is {truth}"
            )
        else:
            verified[run.solver] = value
    if pair.optimum is not None:
        verified["published"] = pair.optimum
    if not verified:
        return faults
    holder = min(verified, key=lambda name: verified[name])
    best = verified[holder]
    slack = TOLERANCE * max(1.0, abs(best))
    for run in runs:
        if run.status == "infeasible":
            faults.append(
                f"{pair.name}: WRONG {run.solver}: infeasible, {holder} has {best:g}"
            )
        elif run.bound is not None and run.bound > best + slack:
            faults.append(
                f"{pair.name}: WRONG {run.solver}: bound {run.bound:g},"
                f" {holder} has {best:g}"
            )
    return faults


def _below_bounds(peer: Run, runs: Sequence[Run]) -> list[str]:
    """Return the bounds that an objective contradicts, one text each."""
    assert peer.objective is not None
    return [
        f"{peer.instance}: {peer.solver} printed {peer.objective:g} before it was stopped,"
        f" {run.solver} has the bound {run.bound:g}; one of them is wrong"
        for run in runs
        if run.bound is not None
        if run.bound > peer.objective and not agree(run.bound, peer.objective)
    ]


def table(runs: Sequence[Run], solvers: Sequence[str]) -> list[str]:
    """Return the table: a row per set and solver."""
    lines = [
        "| set | n | solver | proven | refused or failed | solve, s | process, s |",
        "|---|---:|---|---:|---:|---:|---:|",
    ]
    for group in [*dict.fromkeys(run.group for run in runs), ""]:
        for solver in solvers:
            own = [r for r in runs if r.solver == solver and group in (r.group, "")]
            if not own:
                continue
            limit = own[0].limit
            solve = [r.solve_s if r.proven else limit for r in own]
            process = [
                r.process_s if r.proven else max(limit, r.process_s) for r in own
            ]
            other = sum(r.status in ("refused", "failed") for r in own)
            cells = (
                group or "**all**",
                str(len(own)),
                solver,
                str(sum(r.proven for r in own)),
                str(other),
                f"{_mean(solve):.2f}",
                f"{_mean(process):.2f}",
            )
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def _mean(seconds: Iterable[float]) -> float:
    return shifted_geometric_mean(np.array([*seconds]), SHIFT_SECONDS)


def draw(runs: Sequence[Run], solvers: Sequence[str], path: Path) -> None:
    """Draw the performance profile of the solve times."""
    frame = pd.DataFrame(
        {
            "label": [run.solver for run in runs],
            "sha256": [run.instance for run in runs],
            "proof": [run.solve_s if run.proven else math.inf for run in runs],
        }
    )
    colours = (BLUE, VERMILION, GREEN, BLACK)
    looks = {
        solver: Look(solver, colours[k % len(colours)], "", "-" if k < 4 else "--")
        for k, solver in enumerate(solvers)
    }
    profile(frame, "proof", looks, "time to a proof").savefig(path)


def main() -> None:
    """Run the comparison, print each run, and write table and profile."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mibs", type=Path, help="MibS' program")
    parser.add_argument("--solver", nargs="+", default=["auto"])
    parser.add_argument(
        "--limit", type=float, default=60.0, help="processor seconds per run"
    )
    parser.add_argument(
        "--kinds", nargs="+", default=[PUBLIC, *KINDS], choices=[PUBLIC, *KINDS]
    )
    parser.add_argument("--size", nargs="+", type=int, default=[20, 40])
    parser.add_argument("--seed", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--data", type=Path, help="folder that holds bilevel/")
    parser.add_argument("--journal", type=Path, help="file of finished runs")
    parser.add_argument("-o", "--output", type=Path, help="path without ending")
    arguments = parser.parse_args()
    if arguments.mibs is not None and not arguments.mibs.is_file():
        sys.exit(
            f"{arguments.mibs}: there is no such program; build MibS, or leave it out"
        )
    solvers = [*arguments.solver, *(["mibs"] if arguments.mibs else [])]
    runs, faults = [], []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        journal = Journal(arguments.journal or folder / "journal.jsonl")
        for number, pair in enumerate(_pairs(arguments, folder)):
            turns = solvers if number % 2 == 0 else solvers[::-1]
            own = [_run(pair, solver, arguments, journal) for solver in turns]
            faults += wrong_answers(pair, own)
            runs += own
    lines = table(runs, solvers)
    report = [*heading(arguments), "", *lines, "", *findings(faults)]
    print("\n".join(["", *report]))
    if arguments.output is not None:
        picture = arguments.output.with_suffix(".svg")
        draw(runs, solvers, picture)
        report += ["", f"![Performance profile of the solve times]({picture.name})", ""]
        write_bytes(arguments.output.with_suffix(".md"), "\n".join(report).encode())
    if any("WRONG" in fault and "WRONG mibs" not in fault for fault in faults):
        sys.exit(1)


def _pairs(arguments: argparse.Namespace, folder: Path) -> Iterable[Pair]:
    kinds = [kind for kind in arguments.kinds if kind != PUBLIC]
    if PUBLIC in arguments.kinds:
        yield from public(data_folder(arguments.data), folder)
    yield from generated(kinds, arguments.size, arguments.seed, folder)


def _run(
    pair: Pair, solver: str, arguments: argparse.Namespace, journal: Journal
) -> Run:
    run = journal.get(pair, solver, arguments.limit)
    if run is None:
        if solver == "mibs":
            run = run_mibs(pair, arguments.mibs, arguments.limit)
        else:
            run = run_optkit(pair, solver, arguments.limit)
        journal.add(run)
        print(
            f"{run.instance:28} {solver:18} {run.status:11} {run.objective!s:>14}"
            f" {run.bound!s:>14} {run.solve_s:8.2f} s {run.process_s:8.2f} s {run.detail}",
            flush=True,
        )
    return run


def findings(faults: Sequence[str]) -> list[str]:
    """Return the list of wrong answers, or the statement that there are none."""
    if not faults:
        return ["No wrong answer, and no two proven optima that differ."]
    return ["Wrong answers:", "", *(f"- {fault}" for fault in faults)]


def heading(arguments: argparse.Namespace) -> list[str]:
    """Return title, command, versions, machine, and what the columns are."""
    installed = versions()
    shown = ", ".join(
        f"{name} {installed[name]}"
        for name in ("optkit", "highspy", "pyscipopt")
        if name in installed
    )
    every = len(arguments.kinds) > len(KINDS)
    kinds = "" if every else f" --kinds {_join(arguments.kinds)}"
    limit, processor = f"{arguments.limit:g}", machine()["processor"]
    return [
        "# Bilevel: optkit and MibS",
        "",
        f"`python benchmarks/bilevel_mibs.py{' --mibs PATH' * bool(arguments.mibs)}"
        f" --solver {_join(arguments.solver)} --limit {limit}{kinds}"
        f" --size {_join(arguments.size)} --seed {_join(arguments.seed)}`",
        "",
        f"Python {platform.python_version()}, {processor}, {shown}. One thread per run,"
        f" {limit} s. All times are processor times, the limit included. Means are"
        f" geometric, shifted by {SHIFT_SECONDS:g} s; a run without a proof counts as the"
        " limit. *Process* is the whole process. *Solve* is the same for MibS; for optkit"
        f" it is without the {start_seconds():.2f} s that a program of two columns takes.",
    ]


def _join(values: Iterable[object]) -> str:
    return " ".join(map(str, values))


if __name__ == "__main__":
    main()
