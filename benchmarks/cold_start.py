"""Whether a machine that has compiled nothing yet does as well as one that has.

Whole processes of ``optkit solve`` are run with an empty cache of machine code (cold), and
after ``optkit warm`` (warm).

    python benchmarks/cold_start.py -o benchmarks/results/cold-start.md
    python benchmarks/cold_start.py --limits 1 3 8 --runs 300 -o ...

Without ``--limits``, ``auto`` solves every shipped instance. With them, every solver of
every family solves shipped instances under a time limit, each run with an empty cache. Runs
that a signal ends, that end with a status which is not documented, or that take longer than
the limit and ``--grace`` are counted. What ``optkit validate`` takes just before is
subtracted, and a run that took too long is repeated with the machine's own cache, which
should be filled, so that other load on the machine can be told from compiling.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import optkit
from optkit.core.errors import ExitStatus
from optkit.core.runtime.machine import machine

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "optkit", "--quiet"]


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    status: int
    wall: float
    processor: float
    output: str


def run(cache: Path | None, *arguments: str) -> Ended:
    """Run optkit with a cache of machine code."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            env=os.environ | ({} if cache is None else {"NUMBA_CACHE_DIR": str(cache)}),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    return Ended(process.returncode, wall, usage.ru_utime + usage.ru_stime, text)


def shipped(family: str) -> list[Path]:
    """Return the instance files of a family."""
    paths = sorted((ROOT / "instances" / family).glob("*.json"))
    return [path for path in paths if not path.name.endswith(".sol.json")]


def cold_and_warm(warm: Path, repetitions: int, folder: Path) -> str:
    """Solve every shipped instance cold and warm; return a table."""
    filled = run(warm, "warm")
    if filled.status:
        raise SystemExit(filled.output)
    lines = [
        f"`optkit warm`: {filled.processor:.0f} s of processor time."
        f" {filled.output.splitlines()[-1].split(';')[0]}.",
        "",
        "| instance | cold, wall | cold, processor | warm, wall | warm, processor |"
        " processor, cold - warm |",
        "|---|---|---|---|---|---|",
    ]
    for family in optkit.families():
        for path in shipped(family):
            runs = []
            for _ in range(repetitions):
                with tempfile.TemporaryDirectory(dir=folder) as cold:
                    pair = [run(Path(cold), "solve", str(path))]
                pair.append(run(warm, "solve", str(path)))
                runs.append(pair)
            first, second = (
                min(r, key=lambda e: e.processor) for r in zip(*runs, strict=True)
            )
            figures = (
                first.wall,
                first.processor,
                second.wall,
                second.processor,
                first.processor - second.processor,
            )
            row = " | ".join(f"{figure:.2f}" for figure in figures)
            lines.append(f"| {family}/{path.stem} | {row} |")
            print(lines[-1], file=sys.stderr)
    return "\n".join(lines)


def within_limits(limits: list[float], runs: int, grace: float, folder: Path) -> str:
    """Run solvers cold under time limits; return what was counted."""
    possible = [
        (path, info.name, limit)
        for family in optkit.families()
        for info in optkit.solvers(family)
        for path, limit in product(shipped(family), limits)
    ]
    random.Random(0).shuffle(possible)
    counted: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    faults, most = [], 0.0
    documented = {int(status) for status in ExitStatus} - {ExitStatus.INTERNAL}
    for number, (path, solver, limit) in enumerate(possible[:runs], 1):
        start = run(folder, "validate", str(path)).wall
        arguments = ["solve", str(path), "-s", solver, "--time-limit", str(limit)]
        with tempfile.TemporaryDirectory(
            dir=folder, ignore_cleanup_errors=True
        ) as cold:
            ended = run(Path(cold), *arguments)
        over = ended.wall - start - limit
        most = max(most, over)
        statuses[ended.status] += 1
        again = run(None, *arguments).wall if over > grace else 0.0
        kinds = [
            name
            for name, found in (
                ("ended by a signal", ended.status < 0),
                ("status not documented", ended.status not in documented),
                ("limit overrun", over > grace),
                ("limit overrun warm", again - start - limit > grace),
            )
            if found
        ]
        counted.update(kinds)
        for kind in kinds:
            words = shlex.join(["optkit", *arguments]).replace(f"{ROOT}/", "")
            faults.append(
                f"- {kind}: `{words}`: status {ended.status},"
                f" {ended.wall:.1f} s, of which start-up {start:.1f} s;"
                f" again, warm: {again:.1f} s"
            )
            print(faults[-1], ended.output[-300:], file=sys.stderr)
        if number % 10 == 0:
            print(f"{number} of {runs}: {dict(counted)}", file=sys.stderr)
    done = min(runs, len(possible))
    lines = [
        f"{done} cold runs, limits of {', '.join(f'{x:g}' for x in limits)} s:"
        f" {counted['ended by a signal']} ended by a signal,"
        f" {counted['status not documented']} with a status that is not documented,"
        f" {counted['limit overrun']} took more than {grace:g} s longer than the limit"
        f" and start-up, of which {counted['limit overrun warm']} did so warm, too."
        f" The most was {most:.1f} s."
        f" Statuses: {', '.join(f'{k}: {n}' for k, n in sorted(statuses.items()))}.",
        *([""] if faults else []),
        *faults,
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and print or write the record."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--limits", type=float, nargs="+", help="time limits in s")
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--grace", type=float, default=2.0, help="s")
    parser.add_argument("--warm-cache", type=Path, help="filled by optkit warm before")
    parser.add_argument("--repetitions", type=int, default=2, help="the least counts")
    parser.add_argument("-o", "--output", type=Path, help="a section is appended")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if given.limits:
            text = within_limits(given.limits, given.runs, given.grace, Path(folder))
        else:
            warm = given.warm_cache or Path(folder) / "warm"
            text = cold_and_warm(warm, given.repetitions, Path(folder))
    words = shlex.join(["python", "benchmarks/cold_start.py", *sys.argv[1:]])
    described = ", ".join(f"{key}: {value}" for key, value in machine().items())
    section = (
        f"## `{words}`\n\n{described}; load before {load:.1f},"
        f" after {os.getloadavg()[0]:.1f}.\n\n{text}\n"
    )
    if given.output is None:
        print(section)
        return
    before = given.output.read_text() if given.output.exists() else "# Cold start\n"
    given.output.write_text(f"{before.rstrip()}\n\n{section}")


if __name__ == "__main__":
    main()
