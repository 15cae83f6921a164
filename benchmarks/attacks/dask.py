"""A scheduler of Dask that is killed."""

from __future__ import annotations

import importlib.util
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attacks.counts import Counts, finish
from attacks.targets import OPTKIT, SUITE


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
                    ended = finish(run, counts, "dask")
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
