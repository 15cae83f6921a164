"""Exit statuses and faults that attacks have found."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

from attacks.targets import DOCUMENTED, LONGEST, OPTKIT


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


def finish(
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


def check_output(
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


def judged_shell(
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


def record_keys(folder: Path) -> list[str]:
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
