"""Kills before each change to the folder of outputs."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from attacks.counts import Counts, check_output, record_keys
from attacks.targets import LONGEST, OPTKIT, ROOT, SMALL_SUITE, TINY

_KILLER = """import os, signal, sys

seen = 0


def hook(event, arguments):
    global seen
    if event not in ("open", "os.rename", "os.remove", "os.mkdir", "os.link"):
        return
    path = arguments[0]
    if not isinstance(path, (str, bytes, os.PathLike)):
        return
    if not os.path.abspath(os.fsdecode(path)).startswith(os.environ["KILL_UNDER"]):
        return
    if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
        return
    seen += 1
    if seen == int(os.environ["KILL_AT"]):
        os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(hook)
"""
"""Kills the program before its n-th change to a folder."""

_MOST_CHANGES = 26
"""Changes of a study to its folder before which it is killed."""


def writes(counts: Counts, rng: random.Random, rounds: int) -> None:
    """Kill commands before each change to the folder of their outputs."""
    network = ROOT / "allocation" / "abilene.json"
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "hook").mkdir()
        (root / "hook" / "sitecustomize.py").write_text(_KILLER)
        (root / "suite.toml").write_text(SMALL_SUITE)
        folder = root / "outputs"
        commands = {
            "generate": f"generate allocation --seed 1 -o {folder}/g.json",
            "solve": f"solve {TINY} -o {folder}/a.json --events {folder}/e.jsonl",
            "export": f"export {network} -o {folder}/m.mps",
            "show": f"show {network} -o {folder}/f.html",
            "bench": f"bench run {root}/suite.toml -o {folder}/study",
        }
        for label, command in commands.items():
            whole: dict[str, bytes] = {}
            for at in range(_MOST_CHANGES):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                run = [*OPTKIT, "-q", *command.split()]
                hooked = {
                    "PYTHONPATH": str(root / "hook"),
                    "KILL_AT": str(at),
                    "KILL_UNDER": str(folder),
                }
                ended = subprocess.run(
                    run,
                    capture_output=True,
                    text=True,
                    check=False,
                    env={**os.environ, **hooked},
                    timeout=LONGEST,
                )
                counts.attacks += 1
                if ended.returncode not in (0, -signal.SIGKILL):
                    counts.judge(f"{label}, change {at}", ended)
                if label == "bench":
                    _finish_study(run, folder / "study", counts, at)
                else:
                    _compare_outputs(folder, whole, at, counts, label)
                if at and ended.returncode == 0:
                    break


def _finish_study(command: list[str], folder: Path, counts: Counts, at: int) -> None:
    """Run a killed study to its end; it has each record once."""
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=LONGEST
    )
    counts.judge(f"study, killed before change {at}", ended)
    keys = record_keys(folder)
    if len(keys) != 2 or len(set(keys)) != 2:
        counts.faults.append(f"study, change {at}: {len(keys)} records of 2 runs")


def _compare_outputs(
    folder: Path, whole: dict[str, bytes], at: int, counts: Counts, label: str
) -> None:
    """Compare outputs with those of the first run, which nobody killed."""
    for path in folder.iterdir():
        if path.suffix == ".tmp":
            continue
        if at == 0:
            whole[path.name] = path.read_bytes()
            continue
        if label == "solve" and path.suffix == ".json":  # it holds times
            check_output(TINY, path, counts, f"{label}, change {at}", False)
        elif path.suffix == ".jsonl":
            text = path.read_text()
            if text and not text.endswith("\n"):
                counts.faults.append(f"{label}, change {at}: half a line of events")
        elif path.read_bytes() != whole[path.name]:
            counts.faults.append(f"{label}, change {at}: {path.name} is not whole")
