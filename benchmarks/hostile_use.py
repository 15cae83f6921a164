"""Attack optkit as careless users, batch systems and machines do, and count what breaks.

``python benchmarks/hostile_use.py`` runs four parts; ``--part NAME`` runs one.

readers
    Files altered by structure, through every reader (``python -m tests.fuzzing.run``).
process
    Signals at random times, ``kill -9``, closed, full and broken streams, outputs that
    cannot be written.
study
    A study that is killed again and again: no finished run lost, none made twice.
dask
    A scheduler that is killed during a solve and during a study (needs the extra dask).

A fault is an undocumented exit status, a traceback, half a file, a lost or repeated run, or
a process that does not end.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OPTKIT = [sys.executable, "-m", "optkit"]

DOCUMENTED = {0, 2, 3, 10, 11, 12, 13, 129, 130, 143}
"""Exit statuses of the README, but 1, an internal error."""

LONGEST = 120.0
"""Seconds after which a process counts as hanging."""

INSTANCES = sorted(
    path
    for path in (Path(__file__).parents[1] / "instances").glob("*/*.json")
    if not path.name.endswith(".sol.json")
)

SUITE = """schema = "optkit/suite"
schema_version = 1
name = "hostile"

[limits]
time = "1s"

[[instances]]
generate = "allocation"
seeds = [1, 2, 3, 4, 5, 6]
options = { servers = 12 }

[[solvers]]
solver = "block"

[[solvers]]
solver = "ga"
options = { generations = 100000 }
"""


class Counts:
    """Attacks and faults of one part."""

    def __init__(self) -> None:
        self.attacks = 0
        self.statuses: Counter[int] = Counter()
        self.faults: list[str] = []

    def judge(self, label: str, process: subprocess.CompletedProcess[str]) -> None:
        """Count a process that has ended."""
        self.attacks += 1
        self.statuses[process.returncode] += 1
        if process.returncode not in DOCUMENTED:
            self.faults.append(f"{label}: exit status {process.returncode}")
        if "Traceback" in (process.stderr or ""):
            self.faults.append(f"{label}: a traceback: {process.stderr[-300:]}")


def readers(counts: Counts, rng: random.Random, rounds: int) -> None:
    """Run the fuzzer of the readers."""
    words = ["-m", "tests.fuzzing.run", "--inputs", str(1000 * rounds)]
    ended = subprocess.run(
        [sys.executable, *words, "--seed", str(rng.randrange(10**6))],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
    )
    print(ended.stdout.strip().rpartition("\n")[2])
    counts.attacks += 1000 * rounds
    if ended.returncode:
        counts.faults.append(ended.stdout[-2000:] + ended.stderr[-2000:])


def _finish(
    process: subprocess.Popen[str], counts: Counts, label: str
) -> subprocess.CompletedProcess[str] | None:
    """Wait for a process; one that hangs is killed and counted as a fault."""
    try:
        out, err = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        counts.faults.append(f"{label}: does not end")
        return None
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def _check_output(
    instance: Path, answer: Path, counts: Counts, label: str, complete: bool
) -> None:
    """Check that an answer is absent or whole; ``complete``: that it is there."""
    if not answer.exists():
        if complete:
            counts.faults.append(f"{label}: exit status 0 and no answer file")
        return
    checked = subprocess.run(
        [*OPTKIT, "check", str(instance), str(answer)],
        capture_output=True,
        text=True,
        check=False,
    )
    if checked.returncode:
        counts.faults.append(f"{label}: the answer file fails: {checked.stderr[-300:]}")


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
            ended = _finish(run, counts, label)
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
            _check_output(
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
            ended = _finish(run, counts, f"study, {sent.name}")
            if ended is not None and ended.returncode != -signal.SIGKILL:
                counts.judge(f"study, {sent.name}", ended)
            now = set(_keys(folder))
            counts.attacks += 1
            if not finished <= now:
                counts.faults.append(f"study, kill {number}: finished runs are lost")
            finished = now
        counts.judge(
            "study, to its end",
            subprocess.run(words, capture_output=True, text=True, check=False),
        )
        keys = _keys(folder)
        if len(keys) != len(set(keys)) or len(keys) != 12:
            counts.faults.append(f"study: {len(keys)} records of 12 runs")


def _keys(folder: Path) -> list[str]:
    """Return the key of each record in a study's journal."""
    journal = folder / "journal.jsonl"
    if not journal.exists():
        return []
    keys = []
    for line in journal.read_text().splitlines():
        try:
            keys.append(json.loads(line)["key"])
        except ValueError:  # a line that was being written; it is made again
            continue
    return keys


def dask(counts: Counts, rng: random.Random, rounds: int) -> None:
    """Kill the scheduler during a solve and during a study."""
    if importlib.util.find_spec("distributed") is None:
        print("dask: not installed, left out")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network, suite = folder / "n.json", folder / "suite.toml"
        suite.write_text(SUITE)
        subprocess.run(
            [
                *(*OPTKIT, "-q", "generate", "allocation", "--servers", "30"),
                *("--shape", "random-tree", "--seed", "2", "-o", str(network)),
            ],
            check=True,
        )
        attacks: list[tuple[Callable[[str], list[str]], set[int]]] = [
            (
                lambda address: [
                    *(*OPTKIT, "solve", str(network), "-s", "ga", "--dask", address),
                    *("--time-limit", "30", "-o", str(folder / "answer.json")),
                ],
                {0, 13},  # 13 where it dies before the client has reached it
            ),
            (
                lambda address: [
                    *(*OPTKIT, "bench", "run", str(suite), "--dask", address),
                    *("-o", str(folder / "study")),
                ],
                {0, 13},
            ),
        ]
        for _ in range(max(1, rounds // 40)):
            for command, allowed in attacks:
                with cluster() as (address, scheduler):
                    run = subprocess.Popen(
                        command(address),
                        stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE,
                        text=True,
                    )
                    time.sleep(rng.uniform(3.0, 12.0))
                    scheduler.kill()
                    ended = _finish(run, counts, "dask")
                if ended is not None:
                    counts.judge(f"dask, {ended.args[3]}", ended)
                    if ended.returncode not in allowed:
                        counts.faults.append(f"dask: exit status {ended.returncode}")


@contextmanager
def cluster() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a Dask scheduler and a worker; provide the address and the scheduler."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    module = [sys.executable, "-m"]
    scheduler = subprocess.Popen(
        [
            *(*module, "distributed.cli.dask_scheduler", "--host", "127.0.0.1"),
            *("--port", str(port), "--dashboard-address", ":0"),
        ],
        **quiet,
    )
    worker = subprocess.Popen(
        [
            *(*module, "distributed.cli.dask_worker", address),
            *("--nthreads", "1", "--no-dashboard"),
        ],
        **quiet,
    )
    try:
        time.sleep(10.0)
        yield address, scheduler
    finally:
        for process_ in (scheduler, worker):
            process_.kill()
            process_.wait()


PARTS = {"readers": readers, "process": process, "study": study, "dask": dask}


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
