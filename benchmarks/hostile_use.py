"""Attack optkit as careless users, batch systems and machines do, and count what breaks.

``python benchmarks/hostile_use.py`` runs seven parts; ``--part NAME`` runs one.

readers
    Files altered by structure, through every reader (``python -m tests.fuzzing.run``).
process
    Signals at random times, ``kill -9``, closed, full and broken streams, outputs that
    cannot be written.
places
    Outputs on disks of a few KiB, working folders and outputs that are removed, caches that
    cannot be written, no home, no standard input, two programs with the same output.
files
    Files that are nested, long or large beyond reason, repeated keys, numbers of thousands
    of digits, names that reorder the text on a terminal; queues of a million places.
writes
    ``kill -9`` before each change that a command makes to the folder of its outputs: every
    output is whole or absent, and every study can be finished.
study
    A study that is killed again and again: no finished run lost, none made twice.
dask
    A scheduler that is killed during a solve and during a study (needs the extra dask).

A fault is an undocumented exit status, a traceback, half a file, a lost or repeated run, or
a process that does not end.
"""

from __future__ import annotations

import argparse
import os
import random
import sys

from attacks.counts import Counts
from attacks.dask import dask
from attacks.files import files
from attacks.places import places
from attacks.process import process
from attacks.readers import readers
from attacks.study import study
from attacks.writes import writes

PARTS = {
    "readers": readers,
    "process": process,
    "places": places,
    "files": files,
    "writes": writes,
    "study": study,
    "dask": dask,
}


def main() -> int:
    """Run the attacks and print their counts; return 1 if there are faults."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    os.environ.pop("OPTKIT_CONFIG", None)
    bad = 0
    for name in arguments.part or PARTS:
        counts = Counts()
        PARTS[name](counts, random.Random(arguments.seed), arguments.rounds)
        statuses = ", ".join(f"{k}: {n}" for k, n in sorted(counts.statuses.items()))
        print(
            f"{name}: {counts.attacks} attacks, {len(counts.faults)} faults"
            + (f" (exit statuses {statuses})" if statuses else ""),
            flush=True,
        )
        print(*counts.faults, sep="\n", end="\n" if counts.faults else "")
        bad += len(counts.faults)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
