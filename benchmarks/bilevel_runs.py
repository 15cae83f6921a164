"""Run optkit and MibS on a pair of files, each in its own process; keep a journal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from bilevel_sets import Pair, write

import optkit
from optkit.bench.isolation import ONE_THREAD

GRACE_SECONDS = 15.0
"""Processor time past the limit after which a process is killed."""

WALL_FACTOR = 30.0
"""Most seconds per second of processor that the machine is given."""

_TICKS = os.sysconf("SC_CLK_TCK")

PROVEN = ("optimal", "infeasible")
"""Statuses that are proofs."""


@dataclass(frozen=True)
class Run:
    """The result of one solver on one instance.

    Parameters
    ----------
    group, instance, solver, limit
        What was solved, by what, within how many seconds of processor.
    status
        ``optimal``, ``infeasible``, ``stopped``, ``refused`` or ``failed``.
    objective, bound
        The leader's, minimised; None if there is none.
    solve_s
        Seconds of processor for building and solving.
    process_s
        Seconds of processor of the whole process: start, reading, checking, writing.
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
    overhead = start_seconds()
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        process = _measure(
            _optkit(pair, solver, answer), limit + overhead, signal.SIGTERM
        )
        document = json.loads(answer.read_text()) if answer.exists() else {}
    solution = document.get("solution") or {}
    decision = {n: v for n, v in solution.get("upper", {}).items() if v}
    exits = {10: "infeasible", 13: "refused"}
    status = document.get("status") or exits.get(process.code, "failed")
    if process.code in (11, 130, 143) or status == "feasible":
        status = "stopped"
    return Run(
        pair.group,
        pair.name,
        solver,
        limit,
        status,
        document.get("objective"),
        document.get("bound"),
        max(0.0, process.cpu - overhead),
        process.cpu,
        decision,
        "" if status in (*PROVEN, "stopped") else process.text[-300:].strip(),
    )


def _optkit(pair: Pair, solver: str, answer: Path) -> list[str]:
    command = [sys.executable, "-m", "optkit", "-q", "solve", str(pair.mps), "--brief"]
    return [*command, "--aux", str(pair.aux), "-s", solver, "-o", str(answer)]


@cache
def start_seconds() -> float:
    """Return the least processor time in which optkit solves a program of two columns."""
    with tempfile.TemporaryDirectory() as folder:
        tiny = optkit.generate(
            "bilevel", upper_columns=1, lower_columns=1, lower_rows=1
        )
        pair = write(tiny, Path(folder), "", "tiny")
        command = _optkit(pair, "value-function", Path(folder) / "answer.json")
        return min(_measure(command, 60.0, signal.SIGTERM).cpu for _ in range(3))


def run_mibs(pair: Pair, program: Path, limit: float) -> Run:
    """Solve a pair of files by MibS, with its defaults."""
    command = [str(program), "-Alps_instance", str(pair.mps)]
    command += ["-MibS_auxiliaryInfoFile", str(pair.aux)]
    command += ["-Alps_timeLimit", f"{WALL_FACTOR * limit:g}"]
    process = _measure(command, limit, signal.SIGKILL)
    return parse_mibs(pair, limit, process)


@dataclass(frozen=True)
class Process:
    """An ended process: exit status, output, seconds of processor, and whether stopped."""

    code: int
    text: str
    cpu: float
    stopped: bool


def parse_mibs(pair: Pair, limit: float, process: Process) -> Run:
    """Read what MibS printed."""
    text = process.text
    status = "failed"
    if "Alps0208I" in text:
        status = "optimal"
    elif "Alps0202I" in text or "Problem is infeasible" in text:
        status = "infeasible"
    elif "Alps0230I" in text or "Alps0200I" in text or process.stopped:
        status = "stopped"
    cost = re.search(r"^Cost = (\S+)", text, re.MULTILINE)
    found = cost or re.search(r"Alps0260I .* quality (\S+)", text)
    value = float(found.group(1)) if found else _last_upper_bound(text)
    if value is not None and abs(value) > 1e70:
        value = None
    if status == "optimal" and value is None:
        status = "infeasible"
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
        process.cpu,
        process.cpu,
        decision,
        f"exit {process.code}" if status == "failed" else "",
    )


def _last_upper_bound(text: str) -> float | None:
    """Return the objective in the last line of MibS' table; None if there is none."""
    lines = re.findall(r"^ +\d+ +(\S+) +\S+ +\S+% +\d+ +\d+$", text, re.MULTILINE)
    return float(lines[-1]) if lines else None


def _measure(command: Sequence[str], limit: float, end: signal.Signals) -> Process:
    """Run a command with one thread; at a limit of its processor time it gets a signal.

    Limits of wall-clock time would depend on what else the machine does.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **ONE_THREAD},
        )
        stopped = False
        while True:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            seconds = _processor_seconds(process.pid)
            if seconds > limit + GRACE_SECONDS:
                process.kill()
            elif seconds > limit and not stopped:
                process.send_signal(end)
                stopped = True
            time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return Process(process.returncode, text, usage.ru_utime + usage.ru_stime, stopped)


def _processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


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
