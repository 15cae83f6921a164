"""The clairvoyant: what could have been achieved with the sample path known."""

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
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.solution import DispatchSolution

SOURCE = "prices for slots of service, jobs each at their cheapest"

ROUNDING = 1e-12
"""Relative amount taken off the bound, a sum of many numbers, for their rounding."""


class ClairvoyantOptions(Options):
    """Options of the clairvoyant."""

    rounds: int = Field(
        200, ge=0, le=100_000, description="price updates for the bound of each type"
    )


@register
class Clairvoyant(Solver[DispatchInstance, ClairvoyantOptions]):
    """Knows the sample path: a good assignment, and a bound on every policy.

    Each job starts at the server that would finish it first if it were alone. Then jobs
    move one at a time, each to the server where the total cost is least, until none moves.
    The bound prices slots of service; see :mod:`optkit.dispatch.bounds.hindsight`.
    """

    name = "clairvoyant"
    family = "dispatch"
    kind = Kind.HEURISTIC
    reference = "optkit, docs/dispatch.md: descent with knowledge of the sample path"
    capabilities: ClassVar[Capabilities] = Capabilities(bound=True, warm_start=True)
    Options = ClairvoyantOptions

    def run(self, instance: DispatchInstance, run: Run) -> Outcome:
        """Descend type by type, then search for prices."""
        from optkit.dispatch.bounds import isolated_jobs
        from optkit.dispatch.bounds.hindsight.job_tables import job_table
        from optkit.dispatch.bounds.hindsight.lagrangian import PricedBound
        from optkit.dispatch.policies.clairvoyant.assignment import Assignment, descend

        data = problem_data(instance)
        run.prove(isolated_jobs.alone(data), isolated_jobs.SOURCE)
        target = _start(data, run)
        tables = [job_table(data, kind) for kind in range(data.shape[2])]
        parts = [Assignment(data, jobs, target[jobs.index]) for jobs in tables]
        costs = [part.cost() for part in parts]
        run.model_built()

        def report() -> None:
            best = target.copy()
            for jobs, part in zip(tables, parts, strict=True):
                best[jobs.index] = part.target
            ordered = data.in_instance_order(best)
            cost = sum(costs) / data.intervals
            run.incumbent(cost, lambda: DispatchSolution(target=ordered))

        report()
        for number, part in enumerate(parts):
            for cost in descend(part, run.should_stop):
                costs[number] = cost
                report()
            if run.should_stop():
                break
        bounds = [PricedBound(data, jobs) for jobs in tables]
        least = [
            float(isolated_jobs.least_costs(data)[jobs.index].sum()) for jobs in tables
        ]
        for number, priced in enumerate(bounds):
            for _ in range(self.options.rounds):
                if run.should_stop():
                    break
                priced.improve(costs[number], 1)
            least[number] = max(least[number], priced.value)
            run.prove(sum(least) / data.intervals * (1.0 - ROUNDING), SOURCE)
            run.progress("pricing slots", (number + 1) / len(bounds))
        reason = run.stop_reason()
        if reason is not None:
            return Outcome(
                reason, "stopped before no job could be moved for the better"
            )
        return Outcome(Reason.CONVERGED, "no single job can be moved for the better")


def _start(data: ProblemData, run: Run) -> Ints:
    """Return the servers of the initial solution, or those that finish each job first."""
    from optkit.dispatch.bounds import isolated_jobs

    if isinstance(run.initial, DispatchSolution):
        run.report_initial(True, "the descent starts from it")
        return np.asarray(run.initial.target, dtype=np.int64)[data.job]
    return isolated_jobs.quickest(data)
