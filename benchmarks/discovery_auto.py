"""Discovery: `auto` beside each heuristic at equal processor time, reading by reading.

    python benchmarks/discovery_auto.py JOURNAL.csv [--nodes 20 50] [--seconds 1 3 10]
    python benchmarks/discovery_auto.py JOURNAL.csv --report -o PAGE.md

A case is a reading, a number of nodes and a limit. Networks are the generator's, with a
fifth of the nodes as candidates, twenty windows, three resources, seed 1, and required
accuracies that bind (:func:`binding`). ``--case`` keeps the readings that have all of its
words. Runs are appended to the journal, and those that it has are not repeated, so that
slices of the whole can be run one by one.

Where ``auto`` proves the optimum, or that there is none, nothing can be better, and the
heuristics are not run; nor are longer limits.

Limits are seconds of the processor: the clock that solvers look at is replaced by that of
the process, so that a busy machine changes nothing. HiGHS has a clock of its own; it is
stopped by ours.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import math
import time
from pathlib import Path
from typing import Any

import numpy as np

import optkit
from optkit.backends import highs, incremental
from optkit.discovery.exact.warm_up import warm_up as warm_up_exact
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.problem_data import problem_data

HEURISTICS = ("stra", "tabu", "sa", "ga", "pso", "aco")
NODES = (20, 50, 200, 800)
SECONDS = (1.0, 3.0, 10.0)
WINDOWS = 20

READINGS = {
    "qan_rule": ("single", "cover"),
    "connection": ("forced", "optional"),
    "connection_cost": ("connected", "agent-mode"),
    "accuracy_scope": ("window", "horizon"),
    "accuracy_form": ("mean", "sum"),
}

BETTER = 1e-6
"""Relative difference from which on an answer counts as better."""

FIELDS = ("nodes", *READINGS, "limit", "solver", "by", "status", "objective", "bound")
KEY = FIELDS[: len(READINGS) + 3]
"""Fields that say which run it is: nodes, reading, limit, solver."""

PROVEN = ("optimal", "infeasible")


def use_processor_seconds() -> None:
    """Let solvers measure their time by the processor's seconds of this process."""
    time.perf_counter = time.monotonic = time.process_time

    def lifted(set_options: Any) -> Any:
        def set_them(solver: Any, **options: Any) -> None:
            if "time_limit" in options:
                options["time_limit"] *= 100.0
            set_options(solver, **options)

        return set_them

    for module in (highs, incremental):
        module.set_options = lifted(module.set_options)  # type: ignore[attr-defined]


def load_everything() -> None:
    """Import and compile what solvers use, on tiny instances, before anything is timed."""
    warm_up_exact()
    # Up to 14 candidates all sets are tried, with other loops.
    for nodes, *values in itertools.product((10, 75), *READINGS.values()):
        tiny = optkit.generate(
            "discovery",
            seed=1,
            nodes=nodes,
            windows=1,
            **dict(zip(READINGS, values, strict=True)),
        )
        for solver in ("bilevel-exact", "price", *HEURISTICS):
            optkit.solve(tiny, solver, limits=optkit.Limits(time=0.2))


def binding(instance: DiscoveryInstance) -> DiscoveryInstance:
    """Return an instance that requires no accuracy with required ones that bind.

    Without requirements the modes are those of least energy. In agent mode 5 % more than
    their mean accuracy over the scopes is required, or 30 % more than their sum. In
    self-directed mode it is 1 % more than their mean over the horizon, 1 % less than the
    least mean of a window, or 5 % less than the least sum, which decreases with each node
    that changes to agent mode.
    """
    problem = problem_data(instance)
    mean = instance.reading.accuracy_form == "mean"
    in_agent, in_self = [], []
    for scope in range(problem.scopes):
        part = problem.requests_in(scope)
        agent = problem.usable[part].any(axis=1) & (problem.extra_energy[part] < 0.0)
        for of_mode, sums in (
            (problem.agent_gain[part][agent], in_agent),
            (problem.self_gain[part][~agent], in_self),
        ):
            sums.append(of_mode.sum() / (max(1, len(of_mode)) if mean else 1))
    if mean:
        more_agent, more_self = 1.05, 1.01 if problem.scopes == 1 else 0.99
    else:
        more_agent, more_self = 1.3, 0.95
    required = {
        "agent": round(more_agent * float(np.mean(in_agent)), 4),
        "self": round(more_self * float(np.min(in_self)), 4),
    }
    return instance.replace(required_accuracy=required)


def run(instance: DiscoveryInstance, solver: str, limit: float) -> dict[str, Any]:
    """Return what a solver found within ``limit`` seconds of the processor."""
    limits = optkit.Limits(time=limit)
    result = optkit.solve(instance, solver, limits=limits, seed=1)
    return {
        "limit": limit,
        "solver": solver,
        "by": result.solver.name,
        "status": result.status.value,
        "objective": "" if result.objective is None else repr(result.objective),
        "bound": "" if result.bound is None else repr(result.bound),
    }


class Journal:
    """All runs so far, in a file of comma-separated values.

    Parameters
    ----------
    path
        The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[dict[str, str]] = []
        if path.exists():
            with path.open(newline="") as file:
                self.rows = list(csv.DictReader(file))

    def add(self, row: dict[str, Any]) -> dict[str, str]:
        """Append a run; return it as it is read from the file."""
        written = {name: str(row[name]) for name in FIELDS}
        new = not self.path.exists()
        with self.path.open("a", newline="") as file:
            writer = csv.DictWriter(file, FIELDS)
            if new:
                writer.writeheader()
            writer.writerow(written)
        self.rows.append(written)
        return written

    def find(self, row: dict[str, Any]) -> dict[str, str] | None:
        """Return the run of this case by this solver; None if there is none."""
        key = [str(row[name]) for name in KEY]
        for known in self.rows:
            if [known[name] for name in KEY] == key:
                return known
        return None


def measure(given: argparse.Namespace, journal: Journal) -> None:
    """Run what the journal does not have yet."""
    for nodes, values in itertools.product(
        given.nodes, itertools.product(*READINGS.values())
    ):
        if not all(word in values for word in given.case):
            continue
        reading = dict(zip(READINGS, values, strict=True))
        instance = optkit.generate(
            "discovery",
            seed=1,
            nodes=nodes,
            windows=WINDOWS,
            required_agent=0.0,
            required_self=0.0,
            **reading,
        )
        assert isinstance(instance, DiscoveryInstance)
        instance = binding(instance)
        for limit in sorted(given.seconds):
            case = {"nodes": nodes, **reading, "limit": limit}
            found = []
            for solver in ("auto", *given.solvers):
                row = journal.find({**case, "solver": solver})
                row = row or journal.add({**case, **run(instance, solver, limit)})
                found.append(row)
                if found[0]["status"] in PROVEN:
                    break
            print(" ".join((str(nodes), *values, f"{limit:g} s:", told(found))))
            if found[0]["status"] in PROVEN:
                break


def value(row: dict[str, str]) -> float:
    """Return the objective of a run; infinite without one."""
    return float(row["objective"]) if row["objective"] else math.inf


def lead(rows: list[dict[str, str]]) -> tuple[float, str]:
    """Return by how much the best heuristic is better than ``auto``, %, and its name.

    Negative where ``auto``, which is the first row, is better.
    """
    best = min(rows[1:], key=value)
    own, other = value(rows[0]), value(best)
    if own == other:
        return 0.0, best["solver"]
    if math.isinf(own):
        return math.inf, best["solver"]
    return 100.0 * (own - other) / abs(own), best["solver"]


def told(rows: list[dict[str, str]]) -> str:
    """Return how a case ended, in words."""
    if len(rows) == 1:
        return f"{rows[0]['by']} {rows[0]['status']}"
    percent, best = lead(rows)
    word = "lost" if percent > 100.0 * BETTER else "not lost"
    return f"{rows[0]['by']} {value(rows[0]):.4f}, {best} {percent:+.4f} %, {word}"


def report(journal: Journal) -> str:
    """Return the page: a table of counts, then one of the cases that are lost."""
    cases: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in journal.rows:
        key = tuple(row[name] for name in KEY[:-1])
        cases.setdefault(key, []).append(row)
    for rows in cases.values():
        rows.sort(key=lambda row: row["solver"] != "auto")
    lines = [
        "# Discovery: `auto` beside each heuristic",
        "",
        "`python benchmarks/discovery_auto.py`: 20 windows, 3 resources, seed 1, accuracies"
        " that bind, at equal seconds of the processor. Where `auto` proves the optimum,"
        " nothing is compared, and longer limits are not run. An answer counts as better"
        f" from a relative difference of {BETTER:g} on; the median lead is over the cases"
        " in which both found one.",
        "",
        "| nodes | limit, s | cases | proven | `auto` better | level | a heuristic better |"
        " largest lead of a heuristic, % | median lead of `auto` over the best, % |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    sizes = sorted({(int(key[0]), float(key[-1])) for key in cases})
    lost = []
    for nodes, limit in sizes:
        mine = {
            key: rows
            for key, rows in cases.items()
            if (int(key[0]), float(key[-1])) == (nodes, limit)
        }
        leads = {
            key: lead(rows)
            for key, rows in mine.items()
            if rows[0]["status"] not in PROVEN
        }
        losses = {k: v for k, v in leads.items() if v[0] > 100.0 * BETTER}
        wins = [v[0] for v in leads.values() if v[0] < -100.0 * BETTER]
        lost += [
            f"| {' | '.join(key[:-1])} | {limit:g} | {mine[key][0]['by']} |"
            f" {value(mine[key][0]):.4f} | {best} | {percent:.4f} |"
            for key, (percent, best) in losses.items()
        ]
        largest = max((v[0] for v in losses.values()), default=None)
        both = [v[0] for v in leads.values() if math.isfinite(v[0])]
        ahead = -float(np.median(both)) if both else None
        lines.append(
            f"| {nodes} | {limit:g} | {len(mine)} | {len(mine) - len(leads)} |"
            f" {len(wins)} | {len(leads) - len(wins) - len(losses)} | {len(losses)} |"
            f" {'' if largest is None else f'{largest:.4f}'} |"
            f" {'' if ahead is None else f'{ahead:.3f}'} |"
        )
    lines += ["", *compared(journal)]
    lines += ["", "## Cases in which a heuristic is better", ""]
    if not lost:
        return "\n".join([*lines, "None."]) + "\n"
    lines += [
        "| nodes | agents | connections | what takes time | scope | form | limit, s |"
        " solver of `auto` | its objective | best heuristic | better by, % |",
        "|---:|---|---|---|---|---|---:|---|---:|---|---:|",
    ]
    return "\n".join([*lines, *lost]) + "\n"


def compared(journal: Journal) -> list[str]:
    """Return which heuristics were run in every compared case of a size, as a list."""
    ran: dict[int, dict[tuple[str, ...], set[str]]] = {}
    for row in journal.rows:
        if row["solver"] != "auto":
            case = tuple(row[name] for name in KEY[:-1])
            ran.setdefault(int(row["nodes"]), {}).setdefault(case, set())
            ran[int(row["nodes"])][case].add(row["solver"])
    return [
        f"- {nodes} nodes: at least"
        f" {', '.join(n for n in HEURISTICS if all(n in names for names in sets.values()))}"
        for nodes, sets in sorted(ran.items())
    ]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("journal", type=Path)
    parser.add_argument("--nodes", type=int, nargs="+", default=NODES)
    parser.add_argument("--seconds", type=float, nargs="+", default=SECONDS)
    parser.add_argument("--case", nargs="+", default=(), metavar="WORD")
    parser.add_argument("--solvers", nargs="+", default=HEURISTICS)
    parser.add_argument("--report", action="store_true", help="run nothing")
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    journal = Journal(given.journal)
    if not given.report:
        load_everything()
        use_processor_seconds()
        measure(given, journal)
    page = report(journal)
    print(page)
    if given.output is not None:
        given.output.write_text(page)


if __name__ == "__main__":
    main()
