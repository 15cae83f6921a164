"""Solvers that misbehave, each in its own way, and runs of them."""

from __future__ import annotations

import faulthandler
import os
import time
from pathlib import Path

import optkit
from optkit.bench.plan import PlannedRun
from optkit.bench.worker_process import WorkerTask
from optkit.core.instance import Instance
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Kind, Outcome, Solver


class Fault(Solver[Instance]):
    """Base of the solvers that misbehave."""

    family = "allocation"
    kind = Kind.HEURISTIC
    reference = "made up"


class Hang(Fault):
    """Ignores its time limit."""

    name = "hang"

    def run(self, instance: Instance, run: Run) -> Outcome:
        """Sleep for ever."""
        time.sleep(600)
        return Outcome(Reason.CONVERGED)


class Crash(Fault):
    """Ends its process."""

    name = "crash"

    def run(self, instance: Instance, run: Run) -> Outcome:
        """Print something and die."""
        faulthandler.disable()  # otherwise pytest prints a traceback
        os.write(2, b"the end is near\n")
        os.abort()


class Greedy(Fault):
    """Uses more and more memory."""

    name = "greedy"

    def run(self, instance: Instance, run: Run) -> Outcome:
        """Allocate 32 MiB more at each turn."""
        blocks = []
        while True:
            blocks.append(b"x" * (1 << 25))
            time.sleep(0.02)


class Broken(Fault):
    """Raises an error."""

    name = "broken"

    def run(self, instance: Instance, run: Run) -> Outcome:
        """Divide by zero."""
        return Outcome(Reason.CONVERGED, str(1 / 0))


class Boaster(Fault):
    """Reports a bound far above every solution."""

    name = "boaster"

    def run(self, instance: Instance, run: Run) -> Outcome:
        """Report a bound and nothing else."""
        run.prove(1e6, "boasting")
        return Outcome(Reason.CONVERGED)


FAULTS = {fault.name: fault for fault in (Hang, Crash, Greedy, Broken, Boaster)}


def planned(solver: str, limits: dict[str, float]) -> PlannedRun:
    """Return a run of a solver on the instance that :func:`task` writes."""
    network = optkit.generate("allocation", servers=4, seed=1)
    return PlannedRun(
        key=f"key-{solver}",
        family="allocation",
        instance_name=network.name,
        sha256=network.sha256,
        solver=solver,
        label=solver,
        kind="heuristic",
        variant="",
        partial_bound=False,
        version="0",
        options={},
        seed=0,
        deterministic=True,
        limits=limits,
        repetition=0,
    )


def task(folder: Path, solver: str, **limits: float) -> WorkerTask:
    """Return the input of a run's process."""
    path = folder / "network.json"
    optkit.save_instance(optkit.generate("allocation", servers=4, seed=1), path)
    return WorkerTask(planned(solver, limits), path, None, folder / "output")
