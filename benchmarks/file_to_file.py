"""How long the way from file to file takes, as a multiple of bare reading and writing.

For each size, a tree network in which only time counts is generated; then whole processes
of ``optkit solve FILE -o FILE``, ``check`` and ``validate`` are timed, and beside them
processes that read and write the same JSON with the standard library. Processor seconds
are compared, so that other load on the machine matters less.

    python benchmarks/file_to_file.py --servers 1000 10000 100000 1000000

What a process costs before it sees a server (imports, the loading of compiled loops) is
measured once, as ``solve`` on 4,000 servers, the smallest size at which loops are compiled;
growth is that of what comes on top.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BARE = """
import json, sys
instance, answer, parts = sys.argv[1:]
def read(path):
    with open(path, encoding='utf-8') as f: return json.load(f)
def write(path, data):
    with open(path + '.copy', 'w', encoding='utf-8') as f: f.write(json.dumps(data))
data = read(instance)
if parts == 'instance': write(instance, data)
if parts == 'both': write(instance, data); write(answer, read(answer))
"""

SMALLEST_COMPILED = 4000
REPEATED_UP_TO = 100_000
OPTKIT = [sys.executable, "-m", "optkit"]


def measured(command: list[str], times: int = 1) -> tuple[float, float]:
    """Run a command; return its median processor seconds and its peak memory in bytes."""
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    seconds, peaks = [], []
    for _ in range(times):
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        seconds.append(usage.ru_utime + usage.ru_stime)
        peaks.append(usage.ru_maxrss * 1024.0)
    return statistics.median(seconds), max(peaks)


def generate(servers: int, folder: Path) -> tuple[str, str]:
    """Make an instance; return its path and that of its answer."""
    instance, answer = folder / f"{servers}.json", folder / f"{servers}-answer.json"
    options = ["--shape", "random-tree", "--weight-time", "1", "--weight-energy", "0"]
    command = [*OPTKIT, "generate", "allocation", "--servers", str(servers), *options]
    measured([*command, "--seed", "1", "-o", str(instance)])
    return str(instance), str(answer)


def measure(servers: int, folder: Path, times: int, base: float) -> dict[str, float]:
    """Return the figures of one size; ``base`` is the memory of the start-up."""
    instance, answer = generate(servers, folder)
    times = times if servers <= REPEATED_UP_TO else 1
    bare = [sys.executable, "-c", BARE, instance, answer]
    # Neighbours in time are compared with each other: the machine may have other work.
    solve, peak = measured([*OPTKIT, "solve", instance, "-o", answer], times)
    both, _ = measured([*bare, "both"], times)
    only, _ = measured([*bare, "instance"], times)
    check, check_peak = measured([*OPTKIT, "check", instance, answer], times)
    validate, _ = measured([*OPTKIT, "validate", instance], times)
    return {
        "servers": servers,
        "bare_s": both,
        "bare_instance_s": only,
        "solve_s": solve,
        "check_s": check,
        "validate_s": validate,
        "solve_ratio": solve / both,
        "solve_to_instance": solve / only,
        "check_to_solve": check / solve,
        "kilobytes_per_server": max(0.0, peak - base) / servers / 1000.0,
        "peak_gib": max(peak, check_peak) / 2**30,
    }


def main() -> None:
    """Print one JSON line per size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--servers",
        type=int,
        nargs="+",
        default=[1000, 10_000, 100_000, 1_000_000],
    )
    parser.add_argument(
        "--times", type=int, default=3, help="runs up to 100,000 servers"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, answer = generate(SMALLEST_COMPILED, folder)
        start_up = [*OPTKIT, "solve", small, "-o", answer]
        measured(start_up)  # compiles and caches
        start, base = measured(start_up, arguments.times)
        print(json.dumps({"servers": SMALLEST_COMPILED, "solve_s": start}), flush=True)
        before: dict[str, float] | None = None
        for servers in arguments.servers:
            figures = measure(servers, folder, arguments.times, base)
            if before is not None and before["solve_s"] > start:
                grown = (figures["solve_s"] - start) / (before["solve_s"] - start)
                figures["growth"] = grown / (servers / before["servers"])
            before = figures
            print(json.dumps({k: round(v, 3) for k, v in figures.items()}), flush=True)
            for path in folder.glob("*.copy"):
                path.unlink()


if __name__ == "__main__":
    main()
