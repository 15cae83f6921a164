"""Recorded mobility as discovery instances at its own size: taxis, campuses, contacts.

    python benchmarks/discovery_mobility.py FOLDER [--seconds 60] [--case WORD ...]
        [-o PAGE.md]

FOLDER holds recordings as files or folders that ``optkit import mobility`` reads: here the
extracts of CRAWDAD's epfl/mobility (``cabspotting``), ncsu/mobilitymodels
(``ncsu_kaist_30s_92walks.csv.gz``) and cambridge/haggle (``haggle_*.tsv``). What is not
there is said and left out. All nodes are taken, and as many windows as the recording has.
Every instance is solved in three readings by ``auto`` and by ``stra``; every answer passes
the family's checker. Times are those of the processor.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optkit
from optkit.core.runtime.machine import machine
from optkit.discovery.data.importers.mobility import MobilityOptions, read
from optkit.discovery.data.importers.traces import read_recording
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.problem_data import problem_data

ALL = 2_000
"""More nodes than any recording has; the importer takes those that are there."""


@dataclass(frozen=True)
class Trace:
    """A recording, and how it is cut into windows.

    Parameters
    ----------
    file
        Its name in the folder.
    what
        For the reader.
    options
        Options of the importer, besides the numbers of nodes and windows.
    """

    file: str
    what: str
    options: dict[str, Any]


TRACES = (
    Trace(
        "cabspotting",
        "taxis, San Francisco, a window per hour",
        {"every_s": 3_600.0, "coverage_m": 2_000.0},
    ),
    Trace(
        "ncsu_kaist_30s_92walks.csv.gz",
        "walks on two campuses, a window per two minutes",
        {"every_s": 120.0, "coverage_m": 250.0},
    ),
    Trace(
        "haggle_intel_9nodes.tsv",
        "contacts, Intel, a window per ten minutes",
        {"every_s": 600.0},
    ),
    Trace(
        "haggle_cambridge_students_36nodes.tsv.gz",
        "contacts, students in Cambridge, a window per ten minutes",
        {"every_s": 600.0},
    ),
)

READINGS: dict[str, dict[str, Any]] = {
    "tables": {},
    "optional": {"connection": "optional", "weight_energy": 0.01},
    "levels differ": {
        "qan_rule": "single",
        "connection": "optional",
        "connection_cost": "agent-mode",
        "weight_energy": 0.01,
    },
}
"""Readings: that of the paper's tables, and two in which the levels can differ."""


def imported(trace: Trace, source: Path, reading: dict[str, Any]) -> DiscoveryInstance:
    """Return a recording as an instance, with all of its nodes and windows."""
    every = trace.options["every_s"]
    options = MobilityOptions.model_validate(
        {
            **trace.options,
            **reading,
            "nodes": ALL,
            "windows": int(read_recording(source).seconds / every) + 1,
        }
    )
    return DiscoveryInstance.parse(read(source, options, 1))


def rows_of(trace: Trace, source: Path, seconds: float) -> list[str]:
    """Return the rows of one recording in the table."""
    rows = []
    for name, reading in READINGS.items():
        began = time.process_time()
        instance = imported(trace, source, reading)
        importing = time.process_time() - began
        data = problem_data(instance)
        sizes = (
            f"{len(instance.nodes)} × {len(instance.candidates)} × {instance.windows} |"
            f" {data.requests} | {int(data.usable.sum())} | {importing:.1f}"
        )
        for solver in ("auto", "stra"):
            began = time.process_time()
            result = optkit.solve(
                instance, solver, limits=optkit.Limits(time=seconds), seed=1
            )
            took = time.process_time() - began
            if result.status is optkit.Status.INFEASIBLE:
                rows.append(
                    f"| {trace.what} | {name} | {sizes} | {solver} | infeasible | | |"
                    f" {took:.1f} |"
                )
                continue
            if result.objective is None or result.bound is None:
                raise SystemExit(f"{solver}, {trace.file}, {name}: {result!r}")
            gap = "proven" if result.status is optkit.Status.OPTIMAL else ""
            gap = gap or f"{100.0 * (result.gap or 0.0):.2f} %"
            rows.append(
                f"| {trace.what} | {name} | {sizes} | {solver} ({result.solver.name}) |"
                f" {result.objective:.2f} | {result.bound:.2f} | {gap} | {took:.1f} |"
            )
            print(rows[-1], file=sys.stderr)
    return rows


def main() -> None:
    """Solve the recordings and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the recordings are")
    parser.add_argument("--seconds", type=float, default=60.0, help="limit per solve")
    parser.add_argument("--case", nargs="*", default=[], help="words of file names")
    parser.add_argument("-o", "--output", type=Path)
    arguments = parser.parse_args()
    lines = [
        "# Discovery: recorded mobility at its own size",
        "",
        f"Command: `python benchmarks/discovery_mobility.py FOLDER --seconds"
        f" {arguments.seconds:g}`",
        "",
        f"optkit {optkit.__version__}, Python {platform.python_version()},"
        f" {', '.join(machine().values())}; limits are seconds on the clock, so a busy"
        " machine proves less.",
        "",
        "Sizes are nodes × candidates × windows; three resources. Requests are nodes that"
        " are present in a window. Times are seconds of the processor, of the import and of"
        " the solve.",
        "",
        "| recording | reading | size | requests | links | import, s | solver | objective |"
        " bound | gap | solve, s |",
        "|---|---|---:|---:|---:|---:|---|---:|---:|---:|---:|",
    ]
    for trace in TRACES:
        source = arguments.folder / trace.file
        if not all(word in trace.file for word in arguments.case):
            continue
        if not source.exists():
            print(f"{source}: not there, left out", file=sys.stderr)
            continue
        lines += rows_of(trace, source, arguments.seconds)
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.output is not None:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
