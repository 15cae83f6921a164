"""From file to file for dispatch, sync and discovery: the paper's size and ten times it.

For each instance whole processes are timed: ``optkit generate``, ``validate``, ``solve -o``
with a quick solver, ``solve --json``, ``check``, ``show`` and, where the model is small
enough, ``export``; and a process that only reads and writes the same two files with the
standard library. The solving process is also divided into phases. Processor seconds are
compared, so that other load on the machine matters less.

    python benchmarks/file_to_file_families.py
    python benchmarks/file_to_file_families.py --family sync --size ten-times
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

BARE = (
    "import json, sys\n"
    "for path in sys.argv[1:]:\n"
    "    with open(path, encoding='utf-8') as f: data = json.load(f)\n"
    "    with open(path + '.copy', 'w', encoding='utf-8') as f: f.write(json.dumps(data))\n"
)

SIZES: dict[str, dict[str, dict[str, Any]]] = {
    "paper": {
        "dispatch": {"aps": 15, "servers": 10, "types": 10, "intervals": 250},
        "sync": {"routers": 5, "devices": 5, "slots": 300},
        "discovery": {"nodes": 50, "windows": 100},
    },
    "ten-times": {
        "dispatch": {
            "aps": 200,
            "servers": 100,
            "types": 10,
            "intervals": 250,
            "arrival": 0.0064,
        },
        "sync": {"routers": 200, "devices": 200, "slots": 300},
        "discovery": {"nodes": 800, "windows": 20},
    },
}

SOLVERS: dict[str, list[str]] = {
    "dispatch": ["-s", "selfish"],
    "sync": ["-s", "periodic+on-arrival"],
    "discovery": ["-s", "stra", "--evaluations", "1"],
}
"""The quickest solver of each family: how it decides is not measured here."""

EXPORTED = {("paper", "dispatch"), ("paper", "sync")}


def measured(command: list[str]) -> float:
    """Run a command; return its processor seconds."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def generate(size: str, family: str, folder: Path) -> float:
    """Generate an instance; return the processor seconds."""
    options = [f"--{name}={value}" for name, value in SIZES[size][family].items()]
    command = [sys.executable, "-m", "optkit", "-q", "generate", family, *options]
    return measured([*command, "--seed", "1", "-o", str(folder / f"{family}.json")])


def rounded(figures: dict[str, float]) -> dict[str, float]:
    """Return figures with two decimals."""
    return {name: round(value, 2) for name, value in figures.items()}


def commands(size: str, family: str, folder: Path) -> dict[str, float]:
    """Return processor seconds of each command, and megabytes of each file."""
    optkit = [sys.executable, "-m", "optkit", "-q"]
    instance, answer = folder / f"{family}.json", folder / f"{family}-answer.json"
    files = [str(instance), str(answer)]
    seconds = {
        "generate": generate(size, family, folder),
        "validate": measured([*optkit, "validate", files[0]]),
        "solve": measured(
            [*optkit, "solve", files[0], *SOLVERS[family], "-o", files[1]]
        ),
        "solve --json": measured(
            [*optkit, "solve", files[0], *SOLVERS[family], "--json"]
        ),
        "check": measured([*optkit, "check", *files]),
        "show": measured([*optkit, "show", *files]),
    }
    if (size, family) in EXPORTED:
        model = folder / f"{family}.mps"
        seconds["export"] = measured([*optkit, "export", files[0], "-o", str(model)])
        seconds["export MB"] = model.stat().st_size / 1e6
    seconds["bare"] = measured([sys.executable, "-c", BARE, *files])
    seconds["instance MB"] = instance.stat().st_size / 1e6
    seconds["answer MB"] = answer.stat().st_size / 1e6
    return seconds


def phases(family: str, folder: Path) -> dict[str, float]:
    """Return processor seconds of each phase of solving and checking, in one process."""
    from rich.console import Console

    import optkit
    from optkit.cli.tables import MAX_ROWS, render_table
    from optkit.core.files.text import read_json, write_json
    from optkit.core.solving.describe import family_tables
    from optkit.core.tools.check import check_document
    from optkit.core.tools.instance_files import parse_instance
    from optkit.core.tools.solution_files import load_solution, solution_document

    seconds: dict[str, float] = {}

    @contextmanager
    def phase(name: str) -> Iterator[None]:
        begin = time.process_time()
        yield
        seconds[name] = time.process_time() - begin

    path, answer = folder / f"{family}.json", folder / "phases.json"
    with phase("read"):
        data = read_json(path)
    with phase("parse"):
        instance = parse_instance(data, str(path))
    del data
    with phase("hash"):
        _ = instance.sha256
    solver, *limits = SOLVERS[family][1:]
    with phase("decide and check"):
        result = optkit.solve(
            instance,
            solver,
            limits=optkit.Limits(evaluations=1) if limits else optkit.Limits(),
        )
    assert result.solution is not None
    with phase("check alone"):
        seen = optkit.check(instance, result.solution)
    with phase("answer"):
        document = solution_document(result).document()
    with phase("write"):
        write_json(answer, document)
    with phase("read answer"):
        read_back = load_solution(answer)
    with phase("check answer"):
        check_document(instance, read_back)
    console = Console(file=io.StringIO(), width=100)
    with phase("tables"):
        for table in family_tables(instance, result.solution, seen):
            render_table(table, console, MAX_ROWS)
    return seconds


def main() -> None:
    """Print one JSON line per instance."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--family", action="append", choices=list(SOLVERS))
    parser.add_argument("--size", action="append", choices=list(SIZES))
    parser.add_argument(
        "--folder", type=Path, help="keep the files, or take those here"
    )
    parser.add_argument(
        "--only", choices=["commands", "phases"], help="measure this alone"
    )
    given = parser.parse_args()
    for size in given.size or SIZES:
        for family in given.family or SOLVERS:
            with ExitStack() as stack:
                folder = given.folder or Path(
                    stack.enter_context(tempfile.TemporaryDirectory())
                )
                line: dict[str, Any] = {"family": family, "size": size}
                if given.only != "phases":
                    line["commands"] = rounded(commands(size, family, folder))
                if given.only != "commands":
                    if not (folder / f"{family}.json").exists():
                        generate(size, family, folder)
                    line["phases"] = rounded(phases(family, folder))
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
