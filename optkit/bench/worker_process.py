"""What happens inside a run's own process: read, warm up, solve, tell what was found."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from optkit.bench.plan import PlannedRun
from optkit.bench.record import Outcome
from optkit.core.errors import (
    ContradictionError,
    InvalidFileError,
    OptkitError,
    UnavailableError,
)
from optkit.core.instance import Instance
from optkit.core.runtime.parent import end_with_parent
from optkit.core.solving import registry
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Result
from optkit.core.solving.solve import solve
from optkit.core.tools.instance_files import load
from optkit.core.tools.solution_files import solution_document

WARM_UP_SECONDS = 5.0
"""Time limit of the tiny instance that is solved first."""

COMPILING_SECONDS = 120.0
"""Longest wait for what that has begun in other threads."""


@dataclass(frozen=True)
class Task:
    """What a run's process is given.

    Parameters
    ----------
    run
        The run.
    instance
        File of the instance.
    warm_up
        File of a tiny instance to be solved first, untimed; None for no warm-up.
    output
        File for whatever the process prints.
    """

    run: PlannedRun
    instance: Path
    warm_up: Path | None
    output: Path


READY = "ready"
"""Sent once the clock of the run starts; then comes the finding."""


def work(task: Task, connection: Connection) -> None:
    """Make a run and send what was found; the main function of its process."""
    begun = time.perf_counter()
    _settle(task.output)
    timing: dict[str, float] = {}
    try:
        instance = planned_instance(task)
        timing["load"] = time.perf_counter() - begun
        _warm_up(task)
        timing["warm_up"] = time.perf_counter() - begun - timing["load"]
        connection.send((READY, timing))
        found = _found(task.run, instance)
    except BaseException as error:  # whatever it is, the study wants to know
        found = {"outcome": Outcome.ERROR, "detail": _said(error)}
    found["timing"] = {**timing, **found.get("timing", {}), **_consumed()}
    connection.send(found)
    connection.close()


def planned_instance(task: Task) -> Instance:
    """Return the instance of a run.

    Raises
    ------
    InvalidFileError
        If its file cannot be read, or holds another than the planned one.
    """
    instance = load(task.instance)
    if instance.sha256 != task.run.sha256:
        raise InvalidFileError(
            str(task.instance),
            [
                f"holds the instance {instance.sha256[:12]}…, not the planned"
                f" {task.run.sha256[:12]}…; start the study again with --retry"
            ],
        )
    return instance


def _found(run: PlannedRun, instance: Instance) -> dict[str, Any]:
    """Return the columns of the record that the run decides, and its solution file."""
    solver: Any = run.solver
    options: dict[str, Any] | None = run.options
    if run.solver != registry.AUTO:
        try:
            found = registry.usable_solver_class(run.family, run.solver)
        except UnavailableError as error:
            return {"outcome": Outcome.UNAVAILABLE, "detail": str(error)}
        solver, options = found(run.options), None
    limits = Limits(**run.limits)
    started = time.perf_counter()
    try:
        result = solve(instance, solver, options=options, limits=limits, seed=run.seed)
    except UnavailableError as error:
        return {"outcome": Outcome.UNSUPPORTED, "detail": str(error)}
    except ContradictionError as error:
        return {"outcome": Outcome.CONTRADICTION, "detail": str(error)}
    wall = time.perf_counter() - started
    return {**_columns(result), "timing": {"wall": wall, **_parts(result)}}


def _columns(result: Result) -> dict[str, Any]:
    checked = result.verification
    broken = checked is not None and not checked.feasible
    detail = result.termination.detail
    if checked is not None and broken:
        detail = "; ".join(str(violation) for violation in checked.violations[:5])
    return {
        "outcome": Outcome.FAILED_CHECK if broken else Outcome.DONE,
        "detail": detail,
        "status": result.status,
        "reason": result.termination.reason,
        "objective": result.objective,
        "bound": result.bound,
        "bound_source": result.bound_source,
        "gap": result.gap,
        "verified": None if checked is None else checked.feasible,
        "metrics": dict(result.metrics),
        "trajectory": [list(point) for point in result.trajectory],
        "versions": dict(result.versions),
        "solution": solution_document(result).document(),
    }


def _parts(result: Result) -> dict[str, float]:
    timings = result.timings
    return {
        "build": max(0.0, timings.build_s),
        "solve": max(0.0, timings.solve_s),
        "check": max(0.0, timings.check_s),
    }


def _consumed() -> dict[str, float]:
    """Return processor seconds and the largest memory of this process."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    waited = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "processor": own.ru_utime + own.ru_stime + waited.ru_utime + waited.ru_stime,
        "memory_mib": own.ru_maxrss * unit / 2**20,
    }


def _warm_up(task: Task) -> None:
    """Let the solver compile and import what it needs on a tiny instance."""
    if task.warm_up is None:
        return
    run = task.run
    before = set(threading.enumerate())
    with suppress(OptkitError):  # the run itself will say what is wrong
        tiny = load(task.warm_up)
        # Kept to the limits that this solver takes at all.
        limits = Limits(**{**run.limits, "time": WARM_UP_SECONDS, "target": None})
        solve(tiny, run.solver, options=run.options, limits=limits, seed=run.seed)
    # The first run of a solver on a machine may still be compiling then.
    for thread in set(threading.enumerate()) - before:
        thread.join(COMPILING_SECONDS)


def _said(error: BaseException) -> str:
    import traceback

    where = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(where[-1].filename).name}:{where[-1].lineno})" if where else ""
    return f"{type(error).__name__}: {error}{place}"


def _settle(output: Path) -> None:
    """Send what is printed to a file, leave Ctrl-C to the study, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A group of its own, so that it is killed with all that it starts.
    os.setpgid(0, 0)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    end_with_parent(lambda: os.killpg(0, signal.SIGKILL))
