"""A run outlives the cluster that computes for it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from pathlib import Path
from typing import Any

import pytest

import optkit
from optkit.cli.dask_cluster import FallbackExecutor, cluster
from optkit.core.errors import UnavailableError


class Mortal(Executor):
    """Runs tasks at once until it dies; then it cancels its futures and refuses new ones.

    Parameters
    ----------
    tasks
        How many tasks it finishes.
    """

    def __init__(self, tasks: int) -> None:
        self.left = tasks
        self.pending: list[Future[Any]] = []

    def submit(
        self, function: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Future[Any]:
        """Run the task, or keep it until the executor dies."""
        if self.left < 0:
            raise RuntimeError("client is closed")
        future: Future[Any] = Future()
        if self.left == 0:
            self.pending.append(future)
            return future
        self.left -= 1
        try:
            future.set_result(function(*args, **kwargs))
        except ValueError as error:
            future.set_exception(error)
        return future

    def die(self) -> None:
        """Cancel everything."""
        self.left = -1
        for future in self.pending:
            future.cancel()
            future.set_running_or_notify_cancel()


def test_tasks_of_a_dead_cluster_run_here() -> None:
    """Finished, pending and later tasks all have the same results as before."""
    remote, said = Mortal(2), []
    executor = FallbackExecutor(remote, lambda: said.append("lost"))
    futures = [executor.submit(pow, 2, k) for k in range(5)]
    assert [f.done() for f in futures] == [True, True, False, False, False]
    remote.die()
    futures.append(executor.submit(pow, 2, 5))
    assert [f.result(timeout=30) for f in futures] == [1, 2, 4, 8, 16, 32]
    assert said == ["lost"]
    executor.shutdown()


def test_errors_of_tasks_and_cancelled_futures_stay() -> None:
    """An error is the task's, not the cluster's; who cancels a future gets no result."""
    remote, said = Mortal(1), []
    executor = FallbackExecutor(remote, lambda: said.append("lost"))
    with pytest.raises(ValueError, match="invalid literal"):
        executor.submit(int, "x").result(timeout=30)
    dropped = executor.submit(int, "1")
    assert dropped.cancel()
    remote.die()
    assert not said
    with pytest.raises(CancelledError):
        dropped.result()
    with pytest.raises(ValueError, match="invalid literal"):
        executor.submit(int, "y").result(timeout=30)
    assert said == ["lost"]
    executor.shutdown()


def test_the_answer_is_the_same() -> None:
    """A solver whose cluster dies on the way finds what it finds without one."""
    instance = optkit.generate("allocation", servers=7, seed=1)
    alone = optkit.solve(instance, "pmo")
    for tasks in (0, 1, 3):
        remote = Mortal(tasks)
        executor = FallbackExecutor(remote, lambda: None)
        killer = threading.Timer(0.3, remote.die)
        killer.start()
        result = optkit.solve(instance, "pmo", executor=executor)
        killer.join()
        executor.shutdown()
        assert (result.objective, result.status) == (alone.objective, alone.status)


def test_nobody_at_the_address() -> None:
    """The error names the address; without Dask, the extra."""
    with (
        pytest.raises(UnavailableError, match=r"no scheduler answers|pip install"),
        cluster("tcp://127.0.0.1:1"),
    ):
        raise AssertionError


@pytest.fixture
def dask() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start a scheduler and a worker; return the address and the scheduler."""
    pytest.importorskip("distributed", reason="needs the extra dask")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    run = [sys.executable, "-m"]
    scheduler = subprocess.Popen(
        [
            *(*run, "distributed.cli.dask_scheduler", "--host", "127.0.0.1"),
            *("--port", str(port), "--dashboard-address", ":0"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    worker = subprocess.Popen(
        [
            *(*run, "distributed.cli.dask_worker", address),
            *("--nthreads", "1", "--no-dashboard"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 90
    while True:
        try:
            with cluster(address):
                break
        except UnavailableError:
            assert time.monotonic() < deadline, "Dask did not start"
            time.sleep(0.5)
    yield address, scheduler
    for process in (scheduler, worker):
        process.kill()
        process.wait()


@pytest.mark.slow
def test_solve_outlives_its_scheduler(
    tmp_path: Path, dask: tuple[str, subprocess.Popen[bytes]]
) -> None:
    """``kill -9`` of the scheduler costs time, not the answer."""
    address, scheduler = dask
    network = tmp_path / "n.json"
    instance = optkit.generate(
        "allocation", servers=30, shape="random-tree", seed=2, name="n"
    )
    optkit.save_instance(instance, network)
    events = tmp_path / "events.jsonl"
    command = subprocess.Popen(
        [
            *(sys.executable, "-m", "optkit", "solve", str(network), "-s", "ga"),
            *("--dask", address, "--time-limit", "60", "--events", str(events)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while command.poll() is None:
        if events.exists() and "incumbent" in events.read_text():
            scheduler.kill()
            break
        time.sleep(0.05)
    out, err = command.communicate(timeout=120)
    assert command.returncode == 0, err
    assert "yes, by the independent checker" in out
    assert "Traceback" not in err
