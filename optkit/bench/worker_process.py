"""The main function of a run's process: read, warm up, solve, send the result."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from optkit.bench.plan import PlannedRun
from optkit.bench.record import Outcome
from optkit.core.display.printable import error_text
from optkit.core.errors import (
    ContradictionError,
    InvalidFileError,
    OptkitError,
    UnavailableError,
)
from optkit.core.instance import Instance
from optkit.core.runtime import stop_signals
from optkit.core.runtime.loops import always_compiled
from optkit.core.runtime.parent import end_with_parent
from optkit.core.solving import registry
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Result
from optkit.core.solving.solve import solve
from optkit.core.tools.instance_files import load_instance
from optkit.core.tools.solution_files import solution_document

WARM_UP_SECONDS = 5.0
"""Time limit for the warm-up instance."""

COMPILING_SECONDS = 120.0
"""Longest wait for compilation that the warm-up started in other threads."""


@dataclass(frozen=True)
class WorkerTask:
    """The input of a run's process.

    Parameters
    ----------
    run
        The run.
    instance
        File of the instance.
    warm_up
        File of a tiny instance to solve first, untimed; None for no warm-up.
    output
        File that receives whatever the process prints.
    """

    run: PlannedRun
    instance: Path
    warm_up: Path | None
    output: Path


READY = "ready"
"""Sent when the clock of the run starts; the result follows."""


def run_worker(task: WorkerTask, connection: Connection) -> None:
    """Make a run and send its result."""
    started = time.perf_counter()
    _set_up_process(task.output)
    timing: dict[str, float] = {}
    try:
        instance = planned_instance(task)
        timing["load"] = time.perf_counter() - started
        _warm_up(task)
        timing["warm_up"] = time.perf_counter() - started - timing["load"]
        connection.send((READY, timing))
        columns = _solve(task.run, instance)
    except BaseException as error:  # every error is recorded, whatever its type
        columns = {"outcome": Outcome.ERROR, "detail": _error_text(error)}
    columns["timing"] = {**timing, **columns.get("timing", {}), **_resources_used()}
    connection.send(columns)
    connection.close()


def planned_instance(task: WorkerTask) -> Instance:
    """Return the instance of a run.

    Raises
    ------
    InvalidFileError
        If its file cannot be read, or holds another instance than planned.
    """
    instance = load_instance(task.instance)
    if instance.sha256 != task.run.sha256:
        raise InvalidFileError(
            str(task.instance),
            [
                f"holds the instance {instance.sha256[:12]}…, not the planned"
                f" {task.run.sha256[:12]}…; start the study again with --retry"
            ],
        )
    return instance


def _solve(run: PlannedRun, instance: Instance) -> dict[str, Any]:
    """Return the record's columns that the run decides, and its solution file."""
    solver: Any = run.solver
    options: dict[str, Any] | None = run.options
    if run.solver != registry.AUTO:
        try:
            solver_class = registry.usable_solver_class(run.family, run.solver)
        except UnavailableError as error:
            return {"outcome": Outcome.UNAVAILABLE, "detail": str(error)}
        solver, options = solver_class(run.options), None
    limits = Limits(**run.limits)
    started = time.perf_counter()
    try:
        # The family's bound after the limit, and not in the time: it compares no solvers.
        result = solve(
            instance,
            solver,
            options=options,
            limits=limits,
            seed=run.seed,
            bound="after",
        )
    except UnavailableError as error:
        return {"outcome": Outcome.UNSUPPORTED, "detail": str(error)}
    except ContradictionError as error:
        return {"outcome": Outcome.CONTRADICTION, "detail": str(error)}
    wall = time.perf_counter() - started - result.timings.bound_s
    return {**_columns(result), "timing": {"wall": wall, **_timings(result)}}


def _columns(result: Result) -> dict[str, Any]:
    verification = result.verification
    failed = verification is not None and not verification.feasible
    detail = result.termination.detail
    if verification is not None and failed:
        detail = "; ".join(str(violation) for violation in verification.violations[:5])
    return {
        "outcome": Outcome.FAILED_CHECK if failed else Outcome.DONE,
        "detail": detail,
        "status": result.status,
        "reason": result.termination.reason,
        "objective": result.objective,
        "bound": result.bound,
        "bound_source": result.bound_source,
        "gap": result.gap,
        "verified": None if verification is None else verification.feasible,
        "metrics": dict(result.metrics),
        "trajectory": [list(point) for point in result.trajectory],
        "versions": dict(result.versions),
        "solution": solution_document(result).document(),
    }


def _timings(result: Result) -> dict[str, float]:
    timings = result.timings
    return {
        "build": max(0.0, timings.build_s),
        "solve": max(0.0, timings.solve_s),
        "check": max(0.0, timings.check_s),
        "bound": max(0.0, timings.bound_s),
    }


def _resources_used() -> dict[str, float]:
    """Return the processor seconds and the largest memory of this process."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "processor": own.ru_utime
        + own.ru_stime
        + children.ru_utime
        + children.ru_stime,
        "memory_mib": own.ru_maxrss * unit / 2**20,
    }


def _warm_up(task: WorkerTask) -> None:
    """Solve a tiny instance, so that the solver compiles and imports what it needs."""
    if task.warm_up is None:
        return
    run = task.run
    before = set(threading.enumerate())
    with suppress(OptkitError):  # the run itself will report what is wrong
        tiny = load_instance(task.warm_up)
        # Only limits that the run has as well, for the solver may support no others.
        limits = Limits(**{**run.limits, "time": WARM_UP_SECONDS, "target": None})
        with always_compiled():
            solve(tiny, run.solver, options=run.options, limits=limits, seed=run.seed)
    # A solver that runs on this machine for the first time may still be compiling.
    for thread in set(threading.enumerate()) - before:
        thread.join(COMPILING_SECONDS)


def _error_text(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    line = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{error_text(error)}{line}"


def _set_up_process(output: Path) -> None:
    """Redirect what is printed to a file, ignore Ctrl-C and its like, end with the study.

    The process gets a process group of its own, so that it is killed together with
    everything that it starts.
    """
    stop_signals.ignore()
    os.setpgid(0, 0)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    end_with_parent(lambda: os.killpg(0, signal.SIGKILL))
