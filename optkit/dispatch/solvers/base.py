"""What all online dispatch solvers share: run the policy, report, bound."""

from __future__ import annotations

import abc
from typing import ClassVar

import numpy as np

from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Outcome, Solver
from optkit.dispatch.bounds import isolated_jobs
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.problem.objective import objective
from optkit.dispatch.problem.policy_base import Policy, in_order_of_jobs, simulate
from optkit.dispatch.problem.problem_data import World, world
from optkit.dispatch.solution import DispatchSolution

PAPER = (
    "Hong et al., Online Distributed Job Dispatching with Outdated and"
    " Partially-Observable Information"
)


class PolicySolver(Solver[DispatchInstance], abc.ABC):
    """A solver that is an online policy, run on the instance's sample path.

    When time is up, the policy's last actions stay in force to the end of the path, so
    that there is a complete answer.
    """

    family: ClassVar[str] = "dispatch"
    capabilities: ClassVar[Capabilities] = Capabilities(bound=True)

    @abc.abstractmethod
    def policy(self, world: World, rng: np.random.Generator) -> Policy:
        """Return the policy, built from the model; ``rng`` is for its own draws."""

    def run(self, instance: DispatchInstance, run: Run) -> Outcome:
        """Simulate the policy."""
        seen = world(instance)
        run.prove(isolated_jobs.alone(seen), isolated_jobs.SOURCE)
        policy = self.policy(seen, run.rng("policy"))
        run.model_built()

        def stop(interval: int) -> bool:
            run.progress("dispatching", interval / seen.intervals)
            return run.should_stop()

        ended = simulate(seen, policy, stop)
        cost = objective(seen, ended.system)
        target = in_order_of_jobs(seen, ended.system.target)
        run.incumbent(cost, lambda: DispatchSolution(target=target))
        if ended.interrupted:
            raise KeyboardInterrupt
        reason = run.stop_reason()
        if ended.decided < seen.intervals and reason is not None:
            return Outcome(
                reason,
                f"decided {ended.decided} of {seen.intervals} intervals; then the last"
                " actions stayed in force",
            )
        return Outcome(Reason.CONVERGED, "the whole sample path is dispatched")
