"""A solver that does what its test says, and what tests of the harness make of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pydantic import Field

import optkit
from optkit.allocation.solution import AllocationSolution
from optkit.core.instance import Instance
from optkit.core.options import Options
from optkit.core.solving import registry
from optkit.core.solving.result import Reason, Result
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome, Solver
from optkit.core.tools.instance_files import parse_instance
from tests.core.documents import instance_document

INSTANCE: Instance = parse_instance(instance_document())

LOCAL = 9.0
"""Cost of doing all at the master: 0.5 · (6 · 2/2) + 0.25 · (0.5 · 6 · 2 · 2²)."""

Behaviour = Callable[[Any, Run], Outcome | None]


def local_solution(share: float = 1.0) -> AllocationSolution:
    """Return the solution in which the master does a share of the task, others nothing."""
    return AllocationSolution(parent={}, load_gbit={"m": 6.0 * share}, order={})


class Toy(Solver[Any]):
    """A solver that does what its test says."""

    name = "toy"
    family = "allocation"
    kind = Kind.HEURISTIC
    reference = "this test"
    package = "optkit"
    capabilities = Capabilities(
        bound=True, seed=True, warm_start=True, executor=True, iterations=True
    )

    def __init__(self, behaviour: Behaviour, options: Any = None) -> None:
        super().__init__(options)
        self.behaviour = behaviour

    def run(self, instance: Any, run: Run) -> Outcome:
        """Do what the test says."""
        return self.behaviour(instance, run) or Outcome(Reason.CONVERGED, "done")


def solve(behaviour: Behaviour, **arguments: Any) -> Result:
    """Run ``behaviour`` as a solver inside the harness, without the family's bounds."""
    return optkit.solve(INSTANCE, Toy(behaviour), **{"bound": "none", **arguments})


def claim(objective: float = LOCAL, bound: float | None = None) -> Behaviour:
    """Return a behaviour that reports the local solution with this objective and bound."""

    def behaviour(_: Any, run: Run) -> None:
        if bound is not None:
            run.prove(bound, "a claim")
        run.incumbent(objective, local_solution)

    return behaviour


def search(steps: int = 10_000, pause: float = 0.0) -> Behaviour:
    """Return a behaviour that approaches the local solution until it has to stop."""

    def behaviour(_: Any, run: Run) -> Outcome:
        for step in range(steps):
            reason = run.stop_reason()
            if reason is not None:
                return Outcome(reason, f"{step} steps")
            run.count(iterations=1, evaluations=2)
            run.incumbent(LOCAL * (1 + 1e-7 / (step + 1)), local_solution)
            run.prove(LOCAL * (1 - 1.0 / (step + 2)), "closing in")
            if pause:
                time.sleep(pause)
        return Outcome(Reason.CONVERGED)

    return behaviour


class Choosy(Toy):
    """A solver with options and few capabilities."""

    class Options(Options):
        """One option."""

        depth: int = Field(3, ge=1, description="how deep")

    name = "choosy"
    capabilities = Capabilities()


class Absent(Toy):
    """A solver that cannot run here."""

    name = "absent"

    @classmethod
    def available(cls) -> Availability:
        """Return that it cannot run."""
        return Availability(False, "no licence")


class registered:  # noqa: N801
    """Register a solver class for the duration of a with block."""

    def __init__(self, solver: type[Solver[Any]]) -> None:
        self.solver = solver

    def __enter__(self) -> type[Solver[Any]]:
        registry.solvers("allocation")
        return registry.register(self.solver)

    def __exit__(self, *_: object) -> None:
        registry._SOLVERS.pop((self.solver.family, self.solver.name))
