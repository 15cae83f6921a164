"""Certify public bilevel instances, and check every certificate without a solver.

    python benchmarks/bilevel_certificates.py [--data FOLDER] [--only PATTERN ...]
                                              [--limit 60]
                                              [-o TABLE.md]

FOLDER is that of bilevel_known.py. Each instance is solved by ``auto``, and its solution
certified within so many seconds of processor time. Then the certificate is checked.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import math
import os
import platform
import sys
import time
from pathlib import Path

from bilevel_known import Known, data_folder, format_number, instances

import optkit
from optkit.bilevel.check.certificate import check, number
from optkit.bilevel.exact.certificate.certify import certify
from optkit.core.errors import OptkitError
from optkit.core.files.text import write_bytes
from optkit.core.runtime.versions import versions
from optkit.core.solving.deadline import Deadline


def run(known: Known, limit: float) -> tuple[str, ...]:
    """Return the cells of an instance's row; the last one is the outcome."""
    instance = optkit.load(known.path)
    solution = optkit.solve(instance).solution
    began = time.process_time()
    deadline = Deadline(
        should_stop=lambda: time.process_time() - began > limit,
    )
    try:
        document = certify(instance, solution, deadline)
    except OptkitError as error:
        return (known.group, known.name, *[""] * 6, f"none: {error}")
    seconds = time.process_time() - began
    text = json.dumps(document)
    began = time.process_time()
    data = json.loads(json.dumps(instance.document()), parse_float=number)
    bound, value = check(data, json.loads(text, parse_float=number))
    checking = time.process_time() - began
    outcome = "optimum proven" if bound == value else "bound proven"
    if known.optimum is not None and not (bound <= known.optimum <= value):
        outcome = "WRONG"
    return (
        known.group,
        known.name,
        format_number(float(value)) if math.isfinite(value) else "",
        format_number(float(bound)) if math.isfinite(bound) else "",
        str(len(document["tree"])),
        f"{seconds:.1f}",
        f"{checking:.2f}",
        f"{len(text) / 1000:.0f}",
        outcome,
    )


def main() -> None:
    """Certify the instances, print a line per instance, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder that holds bilevel/")
    parser.add_argument(
        "--only", nargs="+", default=["*"], help="names, with wildcards"
    )
    parser.add_argument(
        "--limit", type=float, default=60.0, help="processor seconds per instance"
    )
    parser.add_argument("-o", "--output", type=Path, help="write the table here")
    arguments = parser.parse_args()
    lines = [
        "| set | instance | value | bound | nodes | s | s to check | kB | proven |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    outcomes: list[str] = []
    for known in instances(data_folder(arguments.data)):
        if any(fnmatch.fnmatch(known.name, pattern) for pattern in arguments.only):
            cells = run(known, arguments.limit)
            outcomes.append(cells[-1])
            lines.append(f"| {' | '.join(cells)} |")
            print(lines[-1], flush=True)
    proven = outcomes.count("optimum proven")
    total = (
        f"{proven} of {len(outcomes)} optima certified within {arguments.limit:g} s of"
        " processor time each."
    )
    print(total)
    if arguments.output is not None:
        installed = versions()
        shown = ", ".join(f"{n} {installed[n]}" for n in ("optkit", "highspy"))
        heading = [
            "# Certificates of public bilevel instances",
            "",
            f"`python benchmarks/bilevel_certificates.py --limit {arguments.limit:g}"
            f" --only {' '.join(arguments.only)}`",
            "",
            f"Python {platform.python_version()}, {os.cpu_count()} processors"
            f" ({platform.machine()}), {shown}. Seconds are of processor time.",
            "",
        ]
        text = "\n".join([*heading, *lines, "", total, ""])
        write_bytes(arguments.output, text.encode())
    if "WRONG" in outcomes:
        sys.exit(1)


if __name__ == "__main__":
    main()
