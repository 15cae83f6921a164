"""Where the runs of a study are made: on this machine, or on a Dask cluster."""

from __future__ import annotations

import base64
import dataclasses
import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from optkit.bench.isolation import perform
from optkit.bench.plan import PlannedRun
from optkit.bench.remote import perform_here
from optkit.bench.runner import Submit
from optkit.bench.study import Study
from optkit.bench.suite import Suite
from optkit.bench.worker_process import Task


@contextmanager
def local(
    study: Study,
    suite: Suite,
    warm_up: Mapping[tuple[str, str], Path],
    workers: int,
) -> Iterator[Submit]:
    """Provide processes of this machine, ``workers`` at once.

    Parameters
    ----------
    study, suite
        The study.
    warm_up
        Tiny instances by family and solver.
    workers
        Runs at once.
    """
    with ThreadPoolExecutor(workers) as threads:

        def submit(run: PlannedRun) -> Future[dict[str, Any]]:
            task = Task(
                run,
                study.instance_file(run.sha256),
                warm_up.get((run.family, run.solver)) if suite.warm_up else None,
                study.claims / f"{run.key}.output",
            )
            return threads.submit(perform, task, suite.kill)

        try:
            yield submit
        finally:
            # Empty but for a study that is given up: what runs then is not waited for.
            threads.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.kill()


def distributed(
    study: Study,
    suite: Suite,
    warm_up: Mapping[tuple[str, str], Path],
    cluster: Executor,
) -> Submit:
    """Return what sends runs, with all they need, to the workers of a cluster.

    Parameters
    ----------
    study, suite, warm_up
        As for :func:`local`.
    cluster
        Its executor; its machines need optkit, and no folder of ours.
    """

    def submit(run: PlannedRun) -> Future[dict[str, Any]]:
        tiny = warm_up.get((run.family, run.solver)) if suite.warm_up else None
        found: Future[dict[str, Any]] = cluster.submit(
            perform_here,
            {
                "run": dataclasses.asdict(run),
                "instance": _packed(study.instance_file(run.sha256)),
                "warm_up": None if tiny is None else _packed(tiny),
                "kill": suite.kill.model_dump(),
            },
        )
        return found

    return submit


def _packed(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
