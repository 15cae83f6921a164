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
import importlib.util
import json
import os
import random
import shutil
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


# -- places, files, writes --------------------------------------------------------------

SMALL_SUITE = """schema = "optkit/suite"
schema_version = 1
name = "small"

[[instances]]
generate = "allocation"
seeds = [1, 2]

[[solvers]]
solver = "block"
"""

_ROOT = Path(__file__).parents[1] / "instances"
_TINY = _ROOT / "bilevel" / "moore-bard.json"
_SYNC = _ROOT / "sync" / "bursts.json"

_PLACES = {
    "mkdir {folder}/gone; ({solve} -o {folder}/gone/a.json & sleep 2;"
    " rm -rf {folder}/gone; wait $!)": {0, 2},
    "mkdir {folder}/cwd; cd {folder}/cwd; rmdir {folder}/cwd; {tiny} -o x.json": {2},
    "mkdir {folder}/cwd2; cd {folder}/cwd2; rmdir {folder}/cwd2; {tiny}": {0},
    "{tiny} <&- -o {folder}/no-stdin.json": {0},
    "HOME=/nonexistent XDG_CACHE_HOME=/dev/null/x {sync}": {0},
    "touch {folder}/file; XDG_CACHE_HOME={folder}/file NUMBA_CACHE_DIR={folder}/file"
    " {sync}": {0},
    "{optkit} bench run {folder}/suite.toml -o {folder}/hup & sleep 3; kill -HUP $!;"
    " wait $!": {0, 129},
    "{sync} -s periodic -o {folder}/two.json & {sync} -o {folder}/two.json; wait;"
    " {optkit} check {sync_file} {folder}/two.json": {0},
    "{tiny} -o {folder}/" + "n" * 250 + ".json": {0},
}
"""Commands, and the exit statuses that are right for them."""


def _shell(
    command: str, allowed: set[int], counts: Counts, label: str | None = None
) -> None:
    """Run a command line and judge how it ends."""
    ended = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    counts.judge(label or command, ended)
    if ended.returncode not in allowed:
        counts.faults.append(f"{label or command}: exit status {ended.returncode}")


def places(counts: Counts, rng: random.Random, rounds: int) -> None:
    """Take outputs, folders, caches and streams away, or make them too small."""
    words = " ".join([*OPTKIT, "-q"])
    instance = rng.choice(INSTANCES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "suite.toml").write_text(SMALL_SUITE)
        known = {
            "optkit": words,
            "solve": f"{words} solve {instance} --time-limit 3",
            "tiny": f"{words} solve {_TINY}",
            "sync": f"{words} solve {_SYNC}",
            "sync_file": _SYNC,
            "folder": folder,
        }
        for shell, allowed in _PLACES.items():
            _shell(shell.format(**known), allowed, counts)
        for kib in (1, 4, 8, 12, 16, 24):
            target = folder / f"disk-{kib}"
            target.mkdir()
            for command in (
                f"solve {instance} --time-limit 3 -o {target}/a.json",
                f"export {instance} -o {target}/m.mps",
                f"show {instance} -o {target}/f.svg",
                f"bench run {folder}/suite.toml -o {target}/study",
            ):
                # RLIMIT_FSIZE ends a write as a full disk does, and needs no rights.
                _shell(f"ulimit -f {kib}; {words} {command}", {0, 2, 11, 13}, counts)
            _check_output(instance, target / "a.json", counts, f"{kib} KiB", False)
            _shell(
                f"{words} bench run {folder}/suite.toml -o {target}/study", {0}, counts
            )


def files(counts: Counts, rng: random.Random, rounds: int) -> None:
    """Feed files that are large, deep or misleading beyond reason."""
    document = _TINY.read_text().rstrip().removesuffix("}").rstrip()
    digits, deep = "9" * 5000, 100_000
    network = json.loads((_ROOT / "allocation" / "abilene.json").read_text())
    renamed = network["servers"][1]["id"]
    turned = json.dumps(f"\u202e{renamed}\u2066")
    suite = 'schema = "optkit/suite"\nschema_version = 1\nname = "s"\n'
    queue = json.loads((_ROOT / "dispatch" / "no-cloud.json").read_text())
    queue["queue_limit"] = 1_000_000
    read: dict[str, tuple[str, str, set[int]]] = {
        "deep.json": ("[" * deep + "]" * deep, "validate {path}", {3}),
        "deep-key.json": (
            document + ', "extra": ' + '{"a":' * deep + "1" + "}" * deep + "}",
            "validate {path}",
            {3},
        ),
        "twice.json": (document + ', "name": "again"}', "validate {path}", {3}),
        "digits.json": (
            document + f', "x": {digits}}}',
            "validate {path}",
            {3},
        ),
        "deep.toml": (
            suite + "x = " + "[" * deep + "]" * deep,
            "bench run {path}",
            {3},
        ),
        "digits.toml": (suite + f"x = {digits}", "bench run {path}", {3}),
        "settings.toml": (
            "# x\n" * 400_000,
            "--config {path} solve " + str(_TINY),
            {3},
        ),
        "turned.json": (
            json.dumps(network).replace(json.dumps(renamed), turned),
            "show {path}",
            {0},
        ),
        "queue.json": (
            json.dumps(queue),
            "solve {path} -s rollout --time-limit 5",
            {0, 11, 13},
        ),
    }
    with tempfile.TemporaryDirectory() as name:
        for file, (text, command, allowed) in read.items():
            path = Path(name) / file
            path.write_text(text)
            words = command.format(path=path)
            if words.startswith("bench"):
                words += f" -o {name}/study"
            ended = subprocess.run(
                [*OPTKIT, *words.split()],
                capture_output=True,
                text=True,
                check=False,
                timeout=LONGEST,
            )
            counts.judge(file, ended)
            shown = ended.stdout + ended.stderr
            if ended.returncode not in allowed:
                counts.faults.append(f"{file}: exit status {ended.returncode}")
            if any(sign in shown for sign in "\u202e\u2066"):
                counts.faults.append(f"{file}: a sign that reorders text is shown raw")
            if len(shown) > 20_000:
                counts.faults.append(f"{file}: {len(shown)} characters are printed")


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
    network = _ROOT / "allocation" / "abilene.json"
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "hook").mkdir()
        (root / "hook" / "sitecustomize.py").write_text(_KILLER)
        (root / "suite.toml").write_text(SMALL_SUITE)
        folder = root / "outputs"
        commands = {
            "generate": f"generate allocation --seed 1 -o {folder}/g.json",
            "solve": f"solve {_TINY} -o {folder}/a.json --events {folder}/e.jsonl",
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
    keys = _keys(folder)
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
            _check_output(_TINY, path, counts, f"{label}, change {at}", False)
        elif path.suffix == ".jsonl":
            text = path.read_text()
            if text and not text.endswith("\n"):
                counts.faults.append(f"{label}, change {at}: half a line of events")
        elif path.read_bytes() != whole[path.name]:
            counts.faults.append(f"{label}, change {at}: {path.name} is not whole")


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
