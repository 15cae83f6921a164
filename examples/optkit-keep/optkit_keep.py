"""A solver in a package of its own: the master keeps the whole task."""

from __future__ import annotations

from pydantic import Field

import optkit
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution


class KeepOptions(optkit.Options):
    """Options of ``keep``."""

    verbose: bool = Field(False, description="say in the result what was kept")


class Keep(optkit.Solver[AllocationInstance, KeepOptions]):
    """The master computes the whole task itself."""

    name = "keep"
    family = "allocation"
    kind = optkit.Kind.BASELINE
    reference = "an example"
    Options = KeepOptions

    def run(self, instance: AllocationInstance, run: optkit.Run) -> optkit.Outcome:
        """Report one solution; optkit's checker recomputes its cost."""
        size, master = instance.task.size_gbit, instance.master
        server = next(s for s in instance.servers if s.id == master)
        work = size * instance.task.gcycles_per_gbit
        cost = instance.weights.time * work / server.ghz
        cost += instance.weights.energy * server.capacitance * work * server.ghz**2
        run.incumbent(
            cost,
            lambda: AllocationSolution(parent={}, load_gbit={master: size}, order={}),
        )
        detail = f"{master} keeps {size:g} Gbit" if self.options.verbose else ""
        return optkit.Outcome(optkit.Reason.CONVERGED, detail)
