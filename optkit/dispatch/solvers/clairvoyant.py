"""What could have been, had everything been known: a yardstick for every policy."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome, Solver
from optkit.dispatch.bounds import isolated_jobs
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.policy_base import in_order_of_jobs
from optkit.dispatch.problem.problem_data import World, world
from optkit.dispatch.solution import DispatchSolution


class ClairvoyantOptions(Options):
    """Options of the clairvoyant."""

    rounds: int = Field(
        200, ge=0, le=100_000, description="price updates for the bound of each type"
    )


@register
class Clairvoyant(Solver[DispatchInstance]):
    """Knows the sample path: a good assignment, and a bound on every policy.

    Each job starts at the server where it would be done first if it were alone; then jobs
    move one at a time, each to the server where the whole costs least, until none moves.
    The bound prices slots of service; see :mod:`optkit.dispatch.bounds.hindsight`.
    """

    name = "clairvoyant"
    family = "dispatch"
    kind = Kind.HEURISTIC
    reference = "optkit, docs/dispatch.md: descent with knowledge of the sample path"
    capabilities: ClassVar[Capabilities] = Capabilities(bound=True, warm_start=True)
    Options = ClairvoyantOptions
    options: ClairvoyantOptions

    def run(self, instance: DispatchInstance, run: Run) -> Outcome:
        """Descend type by type, then look for prices."""
        from optkit.dispatch.bounds.hindsight.job_tables import known_jobs
        from optkit.dispatch.bounds.hindsight.lagrangian import PricedBound
        from optkit.dispatch.policies.clairvoyant.assignment import Assignment, descend

        seen = world(instance)
        run.prove(isolated_jobs.alone(seen), isolated_jobs.SOURCE)
        target = self._start(seen, run)
        kinds = [known_jobs(seen, kind) for kind in range(seen.shape[2])]
        parts = [Assignment(seen, k, target[k.jobs]) for k in kinds]
        costs = [part.cost() for part in parts]
        run.model_built()

        def report() -> None:
            best = target.copy()
            for known, part in zip(kinds, parts, strict=True):
                best[known.jobs] = part.target
            ordered = in_order_of_jobs(seen, best)
            cost = sum(costs) / seen.intervals
            run.incumbent(cost, lambda: DispatchSolution(target=ordered))

        report()
        for number, part in enumerate(parts):
            for cost in descend(part, run.should_stop):
                costs[number] = cost
                report()
            if run.should_stop():
                break
        bounds = [PricedBound(seen, known) for known in kinds]
        least = [
            float(isolated_jobs.least_costs(seen)[known.jobs].sum()) for known in kinds
        ]
        for number, priced in enumerate(bounds):
            for _ in range(self.options.rounds):
                if run.should_stop():
                    break
                priced.improve(costs[number], 1)
            least[number] = max(least[number], priced.value)
            run.prove(sum(least) / seen.intervals * (1.0 - ROUNDING), SOURCE)
            run.progress("pricing slots", (number + 1) / len(bounds))
        reason = run.stop_reason()
        if reason is not None:
            return Outcome(
                reason, "stopped before no job could be moved for the better"
            )
        return Outcome(Reason.CONVERGED, "no single job can be moved for the better")

    def _start(self, seen: World, run: Run) -> Ints:
        """Return the initial solution's servers, or those where each alone ends first."""
        if isinstance(run.initial, DispatchSolution):
            run.report_initial(True, "the descent starts from it")
            return np.asarray(run.initial.target, dtype=np.int64)[seen.job]
        return isolated_jobs.quickest(seen)


SOURCE = "prices for slots of service, jobs each at their cheapest"

ROUNDING = 1e-12
"""Taken off the bound, a sum of many numbers, for what their rounding may have added."""
