"""Solvers that misbehave, each in its own way, and what a run of them needs."""

from __future__ import annotations

import faulthandler
import os
import time
from pathlib import Path

import optkit
from optkit.bench.plan import PlannedRun
from optkit.bench.worker_process import Task
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
    """Never looks at its clock."""

    name = "hang"

    def run(self, instance: Instance, run: Run) -> Outcome:
        """Sleep for ever."""
        time.sleep(600)
        return Outcome(Reason.CONVERGED)


class Crash(Fault):
    """Ends its process."""

    name = "crash"

    def run(self, instance: Instance, run: Run) -> Outcome:
        """Say something and die."""
        faulthandler.disable()  # pytest has it tell the terminal where a test died
        os.write(2, b"the end is near\n")
        os.abort()


class Greedy(Fault):
    """Takes more and more memory."""

    name = "greedy"

    def run(self, instance: Instance, run: Run) -> Outcome:
        """Hold 32 MiB more at each turn."""
        held = []
        while True:
            held.append(bytearray(os.urandom(1 << 25)))


class Broken(Fault):
    """Raises an error."""

    name = "broken"

    def run(self, instance: Instance, run: Run) -> Outcome:
        """Divide by nothing."""
        return Outcome(Reason.CONVERGED, str(1 / 0))


class Boaster(Fault):
    """Claims a bound that is far past what can be reached."""

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


def task(folder: Path, solver: str, **limits: float) -> Task:
    """Return everything that a run's process is given."""
    path = folder / "network.json"
    optkit.save_instance(optkit.generate("allocation", servers=4, seed=1), path)
    return Task(planned(solver, limits), path, None, folder / "output")
