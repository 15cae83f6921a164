"""The rollout policy that is told no law, as a solver."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from optkit.core.solving.registry import register
from optkit.core.solving.solver import Availability, Kind
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.solvers.base import PolicyOptions, PolicySolver


class AdaptiveRolloutOptions(PolicyOptions):
    """Options of the rollout policy that learns."""

    discount: float = Field(
        0.9,
        ge=0.0,
        lt=1.0,
        description="per interval, of the costs that a choice causes",
    )
    memory: float = Field(
        0.995,
        gt=0.0,
        le=1.0,
        description="weight of what was seen one interval earlier; 1 forgets nothing"
        " but what a change has made wrong",
    )


@register
class AdaptiveRollout(PolicySolver[AdaptiveRolloutOptions]):
    """Like `rollout`, but told no law: each access point learns from what it sees.

    It knows the network, the candidates and the costs, and neither arrival rates nor the
    laws of uploads and services.
    """

    name = "adaptive-rollout"
    kind = Kind.HEURISTIC
    reference = "optkit, docs/dispatch.md: rollout with laws that are learned"
    Options = AdaptiveRolloutOptions

    def supports(self, instance: DispatchInstance) -> Availability:
        """Return that it needs the broadcast of every boundary."""
        if self.informants is None:
            return Availability()
        return Availability(
            False,
            "adaptive-rollout learns from everybody's state at every boundary; leave the"
            " option information out",
        )

    def policy(self, data: ProblemData, rng: np.random.Generator) -> Policy:
        """Return the policy."""
        from optkit.dispatch.policies.adaptive.policy import AdaptiveRolloutPolicy

        return AdaptiveRolloutPolicy(data, self.options.discount, self.options.memory)

    def renewed(
        self, policy: Policy, network: ProblemData, rng: np.random.Generator
    ) -> Policy:
        """Return the policy for another network, with what was learned so far."""
        from optkit.dispatch.policies.adaptive.policy import AdaptiveRolloutPolicy

        before = policy if isinstance(policy, AdaptiveRolloutPolicy) else None
        options = self.options
        return AdaptiveRolloutPolicy(network, options.discount, options.memory, before)
