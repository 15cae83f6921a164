"""Run optkit and MibS on a pair of files, each in its own process; keep a journal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bilevel_sets import Pair

from optkit.bench.isolation import ONE_THREAD

GRACE_SECONDS = 15.0
"""Time past the limit after which a process is killed."""

PROVEN = ("optimal", "infeasible")
"""Statuses that are proofs."""


@dataclass(frozen=True)
class Run:
    """The result of one solver on one instance.

    Parameters
    ----------
    group, instance, solver, limit
        What was solved, by what, within how many seconds.
    status
        ``optimal``, ``infeasible``, ``time-limit``, ``refused`` or ``failed``.
    objective, bound
        The leader's, minimised; None if there is none.
    solve_s
        Wall-clock seconds that the solver states for building and solving, without reading.
    process_s
        Seconds of processor of the whole process, with reading, checking and writing.
    decision
        The leader's values by name, those that are not zero.
    detail
        What else there is to say.
    """

    group: str
    instance: str
    solver: str
    limit: float
    status: str
    objective: float | None
    bound: float | None
    solve_s: float
    process_s: float
    decision: dict[str, float] = field(default_factory=dict)
    detail: str = ""

    @property
    def proven(self) -> bool:
        """Whether it claims a proof."""
        return self.status in PROVEN


def run_optkit(pair: Pair, solver: str, limit: float) -> Run:
    """Solve a pair of files by the command line of optkit."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        command = [sys.executable, "-m", "optkit", "-q", "solve", str(pair.mps)]
        command += ["--aux", str(pair.aux), "-s", solver, "-t", f"{limit:g}"]
        process = _measure([*command, "--brief", "-o", str(answer)], limit)
        document = json.loads(answer.read_text()) if answer.exists() else {}
    seconds = document.get("timings", {"build_s": 0.0, "solve_s": process.wall})
    solution = document.get("solution") or {}
    decision = {n: v for n, v in solution.get("upper", {}).items() if v}
    exits = {10: "infeasible", 11: "time-limit", 13: "refused"}
    status = document.get("status") or exits.get(process.code, "failed")
    if status not in (*PROVEN, "refused", "failed"):
        status = "time-limit"
    return Run(
        pair.group,
        pair.name,
        solver,
        limit,
        status,
        document.get("objective"),
        document.get("bound"),
        seconds["build_s"] + seconds["solve_s"],
        process.cpu,
        decision,
        process.text[-300:].strip() if status in ("refused", "failed") else "",
    )


def run_mibs(pair: Pair, program: Path, limit: float) -> Run:
    """Solve a pair of files by MibS, with its defaults."""
    command = [str(program), "-Alps_instance", str(pair.mps)]
    command += [
        "-MibS_auxiliaryInfoFile",
        str(pair.aux),
        "-Alps_timeLimit",
        f"{limit:g}",
    ]
    process = _measure(command, limit)
    return parse_mibs(pair, limit, process)


@dataclass(frozen=True)
class Process:
    """An ended process: its exit status, output, and seconds."""

    code: int
    text: str
    wall: float
    cpu: float


def parse_mibs(pair: Pair, limit: float, process: Process) -> Run:
    """Read what MibS printed."""
    text = process.text
    status = "failed"
    if "Alps0208I" in text:
        status = "optimal"
    elif "Alps0202I" in text or "Problem is infeasible" in text:
        status = "infeasible"
    elif "Alps0230I" in text or "Alps0200I" in text or process.wall >= limit:
        status = "time-limit"
    cost = re.search(r"^Cost = (\S+)", text, re.MULTILINE)
    found = cost or re.search(r"Alps0260I .* quality (\S+)", text)
    value = float(found.group(1)) if found else None
    if value is not None and abs(value) > 1e70:
        value = None
    if status == "optimal" and value is None:
        status = "infeasible"
    searched = re.search(r"Alps0278I .*: (\S+) seconds", text)
    decision = {}
    first = text.split("First stage", 1)[-1].split("Second stage", 1)[0]
    if cost:
        decision = {
            name: float(number)
            for name, number in re.findall(r"^(\S+) = (\S+)$", first, re.MULTILINE)
        }
    return Run(
        pair.group,
        pair.name,
        "mibs",
        limit,
        status,
        value,
        value if status == "optimal" else None,
        float(searched.group(1)) if searched else process.wall,
        process.cpu,
        decision,
        f"exit {process.code}" if status == "failed" else "",
    )


def _measure(command: Sequence[str], limit: float) -> Process:
    """Run a command with one thread; it is killed some time past its limit."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **ONE_THREAD},
        )
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            if time.perf_counter() - began > limit + GRACE_SECONDS:
                process.kill()
            time.sleep(0.002)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return Process(process.returncode, text, wall, usage.ru_utime + usage.ru_stime)


class Journal:
    """The finished runs, one JSON line each; runs that it has are not repeated.

    Parameters
    ----------
    path
        The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._runs: dict[tuple[str, str, float], Run] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                try:
                    self._keep(Run(**json.loads(line)))
                except json.JSONDecodeError:
                    continue  # a line that was cut off: the run is repeated

    def _keep(self, run: Run) -> None:
        self._runs[run.instance, run.solver, run.limit] = run

    def get(self, pair: Pair, solver: str, limit: float) -> Run | None:
        """Return a finished run; None if it has not been done."""
        return self._runs.get((pair.name, solver, limit))

    def add(self, run: Run) -> None:
        """Append a run."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as lines:
            lines.write(json.dumps(asdict(run)) + "\n")
        self._keep(run)
