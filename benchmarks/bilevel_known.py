"""Solve public bilevel instances, and compare the answers with their known optima.

    python benchmarks/bilevel_known.py [--data FOLDER] [--only PATTERN ...] [--limit 300]
                                       [--solver auto] [-o benchmarks/results/bilevel.md]

FOLDER contains ``bilevel/known_optima.csv`` with the MibS files, and knapsack files with
their optima (``.ki``, ``.ans``). Instances are solved one after the other in one process.
Building, solving and checking are timed; reading is not.
"""

from __future__ import annotations

import argparse
import csv
import fnmatch
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import optkit
from optkit.core.files.text import write_bytes
from optkit.core.runtime.versions import versions
from optkit.core.solving.result import Result

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Known:
    """An instance file, the set it belongs to, and its optimum if it is known."""

    group: str
    path: Path
    optimum: float | None

    @property
    def name(self) -> str:
        """The file's name without endings."""
        return self.path.name.removesuffix(".ki").removesuffix(".mps")


def instances(folder: Path) -> Iterator[Known]:
    """Yield every instance that the folder lists, with a known optimum or as open."""
    with (folder / "known_optima.csv").open() as lines:
        for row in csv.DictReader(lines):
            path = folder / row["folder"] / f"{row['instance']}.mps"
            if path.exists():
                value = row["known_optimum"]
                yield Known(row["folder"], path, float(value) if value else None)
    for path in sorted((folder / "bkp").rglob("*.ki")):
        answer = path.with_suffix(".ans")
        group = path.parent.relative_to(folder).as_posix()
        yield Known(group, path, float(answer.read_text()))


def data_folder(chosen: Path | None) -> Path:
    """Return the folder with the bilevel data; exit with a message if there is none."""
    configured = os.environ.get("OPTKIT_DATA")
    folders = [chosen] if chosen else [Path(configured)] if configured else []
    folders += [parent / "shared" / "data" for parent in ROOT.parents]
    for folder in folders:
        if folder is not None and (folder / "bilevel").is_dir():
            return folder / "bilevel"
    sys.exit("no folder with bilevel data; name one with --data or OPTKIT_DATA")


def verdict(known: Known, result: Result) -> str:
    """Return the verdict on one run; wrong answers are in capitals."""
    objective, bound = result.objective, result.bound
    if known.optimum is not None:
        slack = 1e-6 * max(1.0, abs(known.optimum))
        if objective is not None and objective < known.optimum - slack:
            return "WRONG: better than the optimum"
        if bound is not None and bound > known.optimum + slack:
            return "WRONG: the bound is past the optimum"
    if result.status == "optimal":
        return "proven"
    if known.optimum is not None and objective is not None:
        slack = 1e-6 * max(1.0, abs(known.optimum))
        if abs(objective - known.optimum) <= slack:
            return "found, not proven"
    return "open"


def main() -> None:
    """Solve the instances, print a line per instance, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder that holds bilevel/")
    parser.add_argument(
        "--only", nargs="+", default=["*"], help="names, with wildcards"
    )
    parser.add_argument(
        "--limit", type=float, default=300.0, help="seconds per instance"
    )
    parser.add_argument("--solver", default="auto")
    parser.add_argument("-o", "--output", type=Path, help="write the table here")
    arguments = parser.parse_args()
    lines = [
        "| set | instance | known optimum | objective | bound | s | solver | outcome |",
        "|---|---|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    outcomes: list[str] = []
    for known in instances(data_folder(arguments.data)):
        if not any(fnmatch.fnmatch(known.name, pattern) for pattern in arguments.only):
            continue
        instance = optkit.load(known.path)
        began = time.perf_counter()
        result = optkit.solve(
            instance, arguments.solver, limits=optkit.Limits(time=arguments.limit)
        )
        seconds = time.perf_counter() - began
        outcomes.append(verdict(known, result))
        cells = (
            known.group,
            known.name,
            format_number(known.optimum),
            format_number(result.objective),
            format_number(result.bound),
            f"{seconds:.2f}",
            result.solver.name,
            outcomes[-1],
        )
        lines.append(f"| {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    proven = outcomes.count("proven")
    total = f"{proven} of {len(outcomes)} proven within {arguments.limit:g} s each."
    print(total)
    if arguments.output is not None:
        text = "\n".join([*heading(arguments), "", *lines, "", total, ""])
        write_bytes(arguments.output, text.encode())
    if any(outcome.startswith("WRONG") for outcome in outcomes):
        sys.exit(1)


def heading(arguments: argparse.Namespace) -> list[str]:
    """Return the report's title, its command, versions and machine."""
    installed = versions()
    shown = ", ".join(
        f"{name} {installed[name]}"
        for name in ("optkit", "highspy", "numba")
        if name in installed
    )
    return [
        "# Bilevel instances with known optima",
        "",
        f"`python benchmarks/bilevel_known.py --limit {arguments.limit:g}"
        f" --solver {arguments.solver} --only {' '.join(arguments.only)}`",
        "",
        f"Python {platform.python_version()}, {os.cpu_count()} processors"
        f" ({platform.machine()}), {shown}. One thread per instance; the first knapsack"
        " instance of a process also loads the compiled loops.",
    ]


def format_number(value: float | None) -> str:
    """Return a number as the table shows it."""
    return "" if value is None else f"{value:.9g}"


if __name__ == "__main__":
    main()
