"""Signals at random times, and streams and outputs that are taken away."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from attacks.counts import Counts, check_output, finish
from attacks.targets import INSTANCES, LONGEST, OPTKIT


def process(counts: Counts, rng: random.Random, rounds: int) -> None:
    """Stop and kill runs, and take their streams and outputs away."""
    signals = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(rounds):
            instance = rng.choice(INSTANCES)
            answer = folder / f"{number}.json"
            words = [*OPTKIT, "solve", str(instance), "--time-limit", "6"]
            sent = rng.choice(signals)
            label = f"{instance.name}, {sent.name}"
            run = subprocess.Popen(
                [*words, "-o", str(answer)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            time.sleep(rng.uniform(0.05, 4.0))
            run.send_signal(sent)
            ended = finish(run, counts, label)
            if ended is not None and ended.returncode == -signal.SIGKILL:
                counts.attacks += 1
            elif ended is not None:
                # Until Python runs the first line of the command, a signal ends it as it
                # ends any script; importing the package must not touch signals.
                own = ended.stdout or "optkit/cli/" in ended.stderr
                if not own and ended.returncode in (-sent, -signal.SIGINT, 1):
                    counts.attacks += 1
                else:
                    counts.judge(label, ended)
            check_output(
                instance,
                answer,
                counts,
                label,
                complete=ended is not None and ended.returncode == 0,
            )
        for shell, allowed in _STREAMS.items():
            instance = rng.choice(INSTANCES)
            command = shell.format(
                solve=f"{sys.executable} -m optkit solve {instance} --time-limit 3",
                folder=folder,
            )
            ended = subprocess.run(
                ["bash", "-c", command],
                capture_output=True,
                text=True,
                check=False,
                timeout=LONGEST,
            )
            counts.judge(shell, ended)
            if ended.returncode not in allowed:
                counts.faults.append(f"{shell}: exit status {ended.returncode}")


_STREAMS = {
    "{solve} >&-": {0, 2, 11},
    "{solve} 2>&-": {0, 11},
    "{solve} >&- 2>&-": {0, 2, 11},
    "{solve} > /dev/full": {2},
    "{solve} 2> /dev/full": {0, 11},
    "set -o pipefail; {solve} | head -c 1 > /dev/null": {0, 2, 11},
    "{solve} -o /dev/full": {0, 2, 11},
    "{solve} -o {folder}/missing/answer.json": {2},
    "{solve} -o {folder}": {2},
    "{solve} -o {folder}/" + "a" * 300 + ".json": {2},
    "{solve} --events {folder}/e.jsonl -o {folder}/e.jsonl": {2},
    "ulimit -f 1; {solve} -o {folder}/small.json": {0, 2, 11},
}
"""Commands, and the exit statuses that are right for them."""
