"""A study that is killed again and again."""

from __future__ import annotations

import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from attacks.counts import Counts, finish, record_keys
from attacks.targets import OPTKIT, SUITE


def study(counts: Counts, rng: random.Random, rounds: int) -> None:
    """Kill a study at random times, go on, and look for lost and repeated runs."""
    with tempfile.TemporaryDirectory() as name:
        suite, folder = Path(name) / "suite.toml", Path(name) / "study"
        suite.write_text(SUITE)
        words = [*OPTKIT, "bench", "run", str(suite), "-o", str(folder)]
        finished: set[str] = set()
        for number in range(max(3, rounds // 10)):
            run = subprocess.Popen(
                words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            time.sleep(rng.uniform(2.0, 12.0))
            sent = rng.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
            run.send_signal(sent)
            ended = finish(run, counts, f"study, {sent.name}")
            if ended is not None and ended.returncode != -signal.SIGKILL:
                counts.judge(f"study, {sent.name}", ended)
            now = set(record_keys(folder))
            counts.attacks += 1
            if not finished <= now:
                counts.faults.append(f"study, kill {number}: finished runs are lost")
            finished = now
        counts.judge(
            "study, to its end",
            subprocess.run(words, capture_output=True, text=True, check=False),
        )
        keys = record_keys(folder)
        if len(keys) != len(set(keys)) or len(keys) != 12:
            counts.faults.append(f"study: {len(keys)} records of 12 runs")
