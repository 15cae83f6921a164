"""How long the way from file to file takes, as a multiple of bare reading and writing.

For each size, a tree network in which only time counts is generated; then whole processes
of ``optkit solve FILE -o FILE``, ``check`` and ``validate`` are timed, and between them a
process that reads and writes the same JSON with the standard library. Processor seconds
are compared, so that other load on the machine matters less.

    python benchmarks/file_to_file.py --servers 10000 100000 300000
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

BARE = (
    "import json, sys\n"
    "for path in sys.argv[1:]:\n"
    "    with open(path, encoding='utf-8') as f: data = json.load(f)\n"
    "    with open(path + '.copy', 'w', encoding='utf-8') as f: f.write(json.dumps(data))\n"
)


def measured(command: list[str]) -> tuple[float, float]:
    """Run a command; return its processor seconds and its peak memory in bytes."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024.0


def measure(servers: int, folder: Path) -> dict[str, float]:
    """Return the figures of one size."""
    optkit = [sys.executable, "-m", "optkit"]
    instance, answer = folder / f"{servers}.json", folder / f"{servers}-answer.json"
    options = ["--shape", "random-tree", "--weight-time", "1", "--weight-energy", "0"]
    generate = [*optkit, "generate", "allocation", "--servers", str(servers), *options]
    measured([*generate, "--seed", "1", "-o", str(instance)])
    idle, base = measured([*optkit, "--help"])
    solve, peak = measured([*optkit, "solve", str(instance), "-o", str(answer)])
    check, _ = measured([*optkit, "check", str(instance), str(answer)])
    validate, _ = measured([*optkit, "validate", str(instance)])
    bare, _ = measured([sys.executable, "-c", BARE, str(instance), str(answer)])
    return {
        "servers": servers,
        "bare_s": bare,
        "solve_s": solve,
        "check_s": check,
        "validate_s": validate,
        "start_s": idle,
        "solve_ratio": solve / bare,
        "check_to_solve": check / solve,
        "kilobytes_per_server": (peak - base) / servers / 1000.0,
    }


def main() -> None:
    """Print one JSON line per size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--servers", type=int, nargs="+", default=[10_000, 100_000, 300_000]
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for servers in arguments.servers:
            figures = measure(servers, Path(folder))
            print(json.dumps({k: round(v, 3) for k, v in figures.items()}), flush=True)


if __name__ == "__main__":
    main()
