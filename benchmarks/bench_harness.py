"""Measure the study harness: survival, overhead, scaling, and size of the report.

Each part prints one line of results:

survival   216 runs; the study is killed by ``kill -9`` three times at random moments
overhead   milliseconds per run beyond the solver, from 101 runs of a trivial solver
dask       speed-up of two Dask workers over one, on runs of two seconds and more, and of
           two processes without any harness: the most that the machine allows
report     size of the report of 1,000 runs, and seconds until Chromium shows it

Run it on an otherwise idle machine::

    python benchmarks/bench_harness.py --part survival overhead dask report
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from optkit.bench.isolation import ONE_THREAD
from optkit.bench.journal import read_journal
from optkit.bench.study import Study

HEAD = """
schema = "optkit/suite"
schema_version = 1
name = "{name}"
warm_up = {warm_up}
seeds = {seeds}
[limits]
time = 60
{limits}
[[instances]]
generate = "allocation"
seeds = {instances}
options = {{ servers = {servers} }}
"""

GA = '[[solvers]]\nsolver = "ga"\n'
TRIVIAL = '[[solvers]]\nsolver = "local"\n'
THREE = "".join(
    f'[[solvers]]\nsolver = "{name}"\n' for name in ("block", "local", "ga")
)


def suite(folder: Path, solvers: str, **fields: object) -> Path:
    """Write a suite and return its file."""
    path = folder / "suite.toml"
    path.write_text(HEAD.format(**fields) + solvers)
    return path


def start(suite_file: Path, study: Path, *flags: str) -> subprocess.Popen[bytes]:
    """Start ``optkit bench run``."""
    command = [sys.executable, "-m", "optkit", "--quiet", "bench", "run"]
    return subprocess.Popen(
        [*command, str(suite_file), "-o", str(study), *flags],
        stdout=subprocess.DEVNULL,
    )


def survival(folder: Path) -> str:
    """Kill a study three times; count the runs that are lost or recorded twice."""
    path = suite(
        folder,
        GA,
        name="survival",
        warm_up="false",
        seeds=list(range(12)),
        limits="evaluations = 2000",
        instances=list(range(18)),
        servers=10,
    )
    study = folder / "study"
    rng = random.Random(time.time_ns())
    journal = study / "journal.jsonl"

    def finished() -> int:
        return journal.read_bytes().count(b"\n") if journal.exists() else 0

    kills = []
    for _ in range(3):
        before = finished()
        process = start(path, study, "--workers", "2")
        while finished() == before:  # the server has started
            time.sleep(0.01)
        time.sleep(rng.uniform(0.0, 4.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills.append(finished())
    code = start(path, study, "--workers", "2").wait()
    lines = [json.loads(line)["key"] for line in journal.read_text().splitlines()]
    planned = {run.key for run in Study(study).runs()}
    return (
        f"survival: {len(planned)} runs, killed after {kills} of them; exit {code};"
        f" {len(planned - set(lines))} lost, {len(lines) - len(set(lines))} twice"
    )


def overhead(folder: Path) -> str:
    """Compare a study of 101 runs with one of a single run, without the solver's time."""
    seconds, solving = [], 0.0
    for repetitions in (1, 101):
        path = suite(
            folder,
            TRIVIAL,
            name="overhead",
            warm_up=f"false\nrepetitions = {repetitions}",
            seeds=[0],
            limits="",
            instances=[0],
            servers=5,
        )
        study = folder / f"study-{repetitions}"
        started = time.perf_counter()
        start(path, study).wait()
        seconds.append(time.perf_counter() - started)
        solving = sum(
            r.timing.wall or 0.0 for r in read_journal(study / "journal.jsonl")
        )
    each = (seconds[1] - seconds[0]) / 100
    return (
        f"overhead: {1000 * (each - solving / 101):.1f} ms per run beyond the solver's"
        f" {1000 * solving / 101:.1f} ms; a study of one run takes {seconds[0]:.1f} s"
    )


LONG = "options = { generations = 3000 }\n"
"""Runs of a fixed amount of work, 2 s and more."""

TIMED = "limits = { time = 2.5 }\noptions = { generations = 1000000 }\n"
"""Runs that end by their time limit."""

PLAIN = """
import sys, optkit
for file in sys.argv[2:]:
    instance = optkit.load(file)
    for seed in range(10):
        optkit.solve(instance, "ga", options={"generations": 3000}, seed=seed)
"""


def on_cluster(path: Path, study: Path, workers: int) -> tuple[float, list[float]]:
    """Return the seconds of a study on some Dask workers, and those of its runs."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        started = time.perf_counter()
        start(path, study, "--dask", cluster.scheduler_address).wait()
        seconds = time.perf_counter() - started
    return seconds, [
        r.timing.wall or 0.0 for r in read_journal(study / "journal.jsonl")
    ]


def without_harness(files: list[Path]) -> float:
    """Return the speed-up of two plain processes over one that does the same work."""
    seconds = []
    environment = {**os.environ, **ONE_THREAD}
    for parts in ([files], [files[:1], files[1:]]):
        started = time.perf_counter()
        for process in [
            subprocess.Popen(
                [sys.executable, "-c", PLAIN, "-", *map(str, part)], env=environment
            )
            for part in parts
        ]:
            process.wait()
        seconds.append(time.perf_counter() - started)
    return seconds[0] / seconds[1]


def dask(folder: Path) -> str:
    """Compare the time of a suite on one Dask worker with that on two."""
    results = []
    for kind, solver, seeds in (("limited time", TIMED, 20), ("fixed work", LONG, 10)):
        path = suite(
            folder,
            GA + solver,
            name="dask",
            warm_up="false",
            seeds=list(range(seeds)),
            limits="",
            instances=[1, 2],
            servers=30,
        )
        measured = [on_cluster(path, folder / f"{kind}-{n}", n) for n in (1, 2)]
        walls = [seconds for _, runs in measured for seconds in runs]
        results.append(
            f"{2 * seeds} runs of {kind}, {min(walls):.1f} to {max(walls):.1f} s: one"
            f" worker {measured[0][0]:.1f} s, two {measured[1][0]:.1f} s, ratio"
            f" {measured[0][0] / measured[1][0]:.2f}"
        )
    files = sorted((folder / "fixed work-1" / "instances").glob("*.json*"))
    machine = without_harness(files)
    return (
        f"dask: {'; '.join(results)}. Two plain processes against one, the same work"
        f" without any harness: {machine:.2f}"
    )


PROBE = """<script>addEventListener("load", () => requestAnimationFrame(() => {
  const out = document.createElement("pre"); out.id = "shown";
  out.textContent = String(performance.now()); document.body.append(out);
}));</script></body>"""


def report(folder: Path) -> str:
    """Make 1,000 runs and their report, and open it in Chromium."""
    path = suite(
        folder,
        THREE,
        name="report",
        warm_up="false",
        seeds=[0, 1, 2, 3, 4, 5, 6, 7],
        limits="",
        instances=list(range(100)),
        servers=6,
    )
    # On 100 instances, ga runs with eight seeds and two deterministic solvers with one.
    text = path.read_text().replace(
        'solver = "ga"\n', 'solver = "ga"\nlimits = {evaluations = 60}\n'
    )
    path.write_text(text)
    study, page = folder / "study", folder / "report.html"
    start(path, study, "--workers", "2").wait()
    runs = len(read_journal(study / "journal.jsonl"))
    command = [sys.executable, "-m", "optkit", "--quiet", "bench", "report"]
    started = time.perf_counter()
    subprocess.run([*command, str(study), "-o", str(page)], check=True)
    making = time.perf_counter() - started
    size = page.stat().st_size / 1e6
    browser = shutil.which("chromium")
    if browser is None:
        return (
            f"report: {runs} runs, {size:.1f} MB, made in {making:.0f} s; no Chromium"
        )
    probe = folder / "probe.html"
    probe.write_text(page.read_text().replace("</body>", PROBE))
    shown = []
    for turn in range(3):
        done = subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                f"--user-data-dir={folder / f'profile-{turn}'}",
                "--timeout=20000",
                "--dump-dom",
                probe.as_uri(),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        match = re.search(r'<pre id="shown">([\d.]+)</pre>', done.stdout)
        assert match, "the page was not shown"
        shown.append(float(match.group(1)) / 1000)
    return (
        f"report: {runs} runs, {size:.1f} MB, made in {making:.0f} s, shown after"
        f" {min(shown):.2f} to {max(shown):.2f} s"
    )


PARTS = {"survival": survival, "overhead": overhead, "dask": dask, "report": report}


def main() -> None:
    """Measure the requested parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", nargs="+", choices=PARTS, default=list(PARTS))
    for part in parser.parse_args().part:
        with tempfile.TemporaryDirectory() as name:
            print(PARTS[part](Path(name)), flush=True)


if __name__ == "__main__":
    main()
