"""The policy by prices of expected arrivals as a solver."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.core.runtime import stopping
from optkit.core.solving.registry import register
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Kind
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.solvers.base import PolicySolver
from optkit.dispatch.solvers.rollout import RolloutOptions


class LagrangianOptions(RolloutOptions):
    """Options of the policy by prices."""

    weight: float = Field(
        0.5,
        ge=0.0,
        le=1.0,
        description="of the cost of joining a queue by prices; the rest is that of"
        " `rollout`",
    )


@register
class Lagrangian(PolicySolver[LagrangianOptions]):
    """Each job goes where it costs least, half by rollout and half by prices of later jobs.

    It plans the whole path beforehand: prices of the arrivals that the model expects say
    which queues to protect and which to flood, and when. That pays where more jobs arrive
    than can be served.
    """

    name = "lagrangian"
    planning_share: ClassVar[float] = 0.5
    """Share of the time left for a plan; without a plan, jobs go as by ``rollout``."""
    kind = Kind.HEURISTIC
    reference = "optkit, docs/dispatch.md: an index from a Lagrangian relaxation"
    Options = LagrangianOptions

    def policy(self, data: ProblemData, rng: np.random.Generator) -> Policy:
        """Return the policy."""
        from optkit.dispatch.policies.lagrangian.policy import LagrangianPolicy

        options = self.options
        return LagrangianPolicy(data, options.discount, options.horizon, options.weight)

    def prepared(
        self, build: Callable[[], Policy], data: ProblemData, run: Run
    ) -> tuple[Policy, str]:
        """Return the policy, or ``rollout`` if the plan takes too long."""
        from optkit.dispatch.policies.rollout import RolloutPolicy

        try:
            with stopping.asking(run.share(self.planning_share)):
                return build(), ""
        except stopping.StoppedError:
            options = self.options
            return (
                RolloutPolicy(data, options.discount, options.horizon),
                "the plan was not ready in time, so jobs went as by rollout",
            )
