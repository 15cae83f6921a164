"""Workers do not outlive the command that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import optkit

PROC = Path("/proc")


def _children(parent: int) -> list[int]:
    children = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and b"spawn_main" in _command(entry):
            children.append(int(entry.name))
    return children


def _command(entry: Path) -> bytes:
    try:
        return (entry / "cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.slow
@pytest.mark.skipif(not PROC.exists(), reason="finds processes through /proc")
def test_workers_end_with_a_killed_command(tmp_path: Path) -> None:
    """Workers end after ``kill -9`` of their command."""
    instance = optkit.generate(
        "allocation", servers=16, shape="random-tree", subtrees=1, seed=1
    )
    optkit.save_instance(instance, tmp_path / "network.json")
    command = subprocess.Popen(
        [
            *(sys.executable, "-m", "optkit", "solve", "network.json"),
            *("-s", "pmo", "--workers", "2", "--quiet"),
        ],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    workers: list[int] = []
    deadline = time.monotonic() + 60.0
    while len(workers) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
        workers = _children(command.pid)
    time.sleep(1.0)  # until they work on tasks
    os.kill(command.pid, signal.SIGKILL)
    command.wait()
    assert len(workers) == 2
    while time.monotonic() < deadline:
        if not any(b"spawn_main" in _command(PROC / str(pid)) for pid in workers):
            return
        time.sleep(0.1)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    raise AssertionError("workers outlived the command")
