"""The fuzzer of the readers."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from attacks.counts import Counts


def readers(counts: Counts, rng: random.Random, rounds: int) -> None:
    """Run the fuzzer of the readers."""
    words = ["-m", "tests.fuzzing.run", "--inputs", str(1000 * rounds)]
    ended = subprocess.run(
        [sys.executable, *words, "--seed", str(rng.randrange(10**6))],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    print(ended.stdout.strip().rpartition("\n")[2])
    counts.attacks += 1000 * rounds
    if ended.returncode:
        counts.faults.append(ended.stdout[-2000:] + ended.stderr[-2000:])
