"""Run altered files through all readers, and count what happens.

``python -m tests.fuzzing.run --inputs 100000`` prints a table of accepted and refused files
per reader, and keeps each file that a reader did not survive.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import optkit
from tests.fuzzing.mutations import mutate
from tests.fuzzing.seeds import Seed, seeds

MOST_SECONDS = 2.0
"""Longest time that reading one small file may take."""

MOST_BYTES = 2**30
"""Most memory that the process may have taken at the end."""


@dataclass
class Counts:
    """What happened.

    Parameters
    ----------
    accepted, refused
        Number of files, by reader.
    faults
        Exceptions that are none of optkit's, and files that took too long.
    """

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def fuzz(
    inputs: int, seed: int, folder: Path, kept: Path | None = None, part: str = ""
) -> Counts:
    """Run altered files through the readers.

    Parameters
    ----------
    inputs
        Number of files.
    seed
        Seed of the alterations.
    folder
        Where the files are written.
    kept
        Where files that are not survived are kept; None for nowhere.
    part
        Only readers whose name contains this.
    """
    rng = random.Random(seed)
    counts = Counts()
    before = _largest_memory()
    chosen = [s for s in seeds() if part in s.name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for s in chosen:
            _read(s, s.content, folder)  # the unaltered file is read without an error
        for number in range(inputs):
            s = chosen[number % len(chosen)]
            content = mutate(s.content, rng)
            began = time.process_time()
            try:
                _read(s, content, folder)
            except optkit.OptkitError as error:
                counts.refused[s.name] += 1
                fault = None if str(error).strip() else "an error without a message"
            except Exception:
                fault = traceback.format_exc(limit=-4)
            else:
                counts.accepted[s.name] += 1
                fault = None
            took = time.process_time() - began
            if took > MOST_SECONDS:
                fault = f"{took:.1f} s of processor"
            if fault:
                counts.faults.append(f"{s.name}, input {number}: {fault}")
                if kept is not None:
                    kept.mkdir(parents=True, exist_ok=True)
                    (kept / f"{number}-{s.file}").write_bytes(content)
    used = _largest_memory()
    # What the process took before, for other tests, is not the readers' fault.
    if used > max(MOST_BYTES, before):
        counts.faults.append(f"the process took {used / 2**20:.0f} MiB")
    return counts


def _largest_memory() -> int:
    """Return the most memory that the process has held so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _read(s: Seed, content: bytes, folder: Path) -> None:
    for name, beside in s.beside.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != beside:
            path.write_bytes(beside)
    path = folder / s.file
    path.write_bytes(content)
    s.read(path)


def main() -> int:
    """Run the fuzzer by its command line; return 1 if a reader failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="", help="only readers whose name has this")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-faults"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = fuzz(
            arguments.inputs,
            arguments.seed,
            Path(folder),
            arguments.keep,
            arguments.part,
        )
    for name in sorted(counts.accepted | counts.refused):
        print(
            f"{name:20} {counts.accepted[name]:6} accepted {counts.refused[name]:6} refused"
        )
    print(*counts.faults, sep="\n")
    print(
        f"{arguments.inputs} files: {counts.accepted.total()} accepted,"
        f" {counts.refused.total()} refused, {len(counts.faults)} faults"
    )
    return 1 if counts.faults else 0


if __name__ == "__main__":
    sys.exit(main())
