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

from optkit.bench.isolation import run_isolated
from optkit.bench.plan import PlannedRun
from optkit.bench.remote import run_on_worker
from optkit.bench.runner import WORKERS_GONE, Submit
from optkit.bench.study import Study
from optkit.bench.suite import Suite
from optkit.bench.worker_process import WorkerTask
from optkit.core.errors import UnavailableError


@contextmanager
def local(
    study: Study,
    suite: Suite,
    warm_up: Mapping[tuple[str, str], Path],
    workers: int,
) -> Iterator[Submit]:
    """Make runs in processes of this machine.

    Parameters
    ----------
    study, suite
        The study.
    warm_up
        Tiny instances by family and solver.
    workers
        The number of runs at the same time.
    """
    with ThreadPoolExecutor(workers) as threads:

        def submit(run: PlannedRun) -> Future[dict[str, Any]]:
            task = WorkerTask(
                run,
                study.instance_file(run.sha256),
                warm_up.get((run.family, run.solver)) if suite.warm_up else None,
                study.leases / f"{run.key}.output",
            )
            return threads.submit(run_isolated, task, suite.kill)

        try:
            yield submit
        finally:
            # Runs are left only if the study was stopped; do not wait for them.
            threads.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.kill()


def distributed(
    study: Study,
    suite: Suite,
    warm_up: Mapping[tuple[str, str], Path],
    cluster: Executor,
) -> Submit:
    """Make runs on the workers of a cluster, which get all they need with each run.

    Parameters
    ----------
    study, suite, warm_up
        As for :func:`local`.
    cluster
        Its executor. Its machines need optkit, but no access to the study's folder.
    """

    def submit(run: PlannedRun) -> Future[dict[str, Any]]:
        tiny = warm_up.get((run.family, run.solver)) if suite.warm_up else None
        task = {
            "run": dataclasses.asdict(run),
            "instance": _packed(study.instance_file(run.sha256)),
            "warm_up": None if tiny is None else _packed(tiny),
            "kill": suite.kill.model_dump(),
        }
        try:
            future: Future[dict[str, Any]] = cluster.submit(run_on_worker, task)
        except Exception:  # a client without a scheduler raises errors of many types
            raise UnavailableError(WORKERS_GONE) from None
        return future

    return submit


def _packed(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
