"""The rollout policy as a solver: every job on its own, one step from the best split."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from optkit.core.solving.registry import register
from optkit.core.solving.solver import Kind
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.solvers.base import PolicyOptions, PolicySolver


class RolloutOptions(PolicyOptions):
    """Options of the rollout policy."""

    discount: float = Field(
        0.9,
        ge=0.0,
        lt=1.0,
        description="per interval, of the costs that a choice causes; below the"
        " objective's, since later jobs avoid the queues that this one makes longer",
    )
    horizon: float = Field(
        50.0,
        ge=1.0,
        le=1e6,
        description="intervals that the best fixed split looks ahead; in a longer run"
        " than this, a queue that must fill up is taken to be full",
    )


@register
class Rollout(PolicySolver[RolloutOptions]):
    """Each job goes where it costs least if all others follow the best fixed split.

    It uses what the paper's policy leaves out: an access point knows the jobs that it
    sent itself since the observation, jobs of one interval need not all go to the same
    server, and others are expected to spread rather than to go on sending as observed.
    """

    name = "rollout"
    kind = Kind.HEURISTIC
    reference = "optkit, docs/dispatch.md: one step of policy improvement, job by job"
    Options = RolloutOptions

    def policy(self, data: ProblemData, rng: np.random.Generator) -> Policy:
        """Return the policy."""
        from optkit.dispatch.policies.rollout import RolloutPolicy

        return RolloutPolicy(data, self.options.discount, self.options.horizon)
