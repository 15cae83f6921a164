"""A coordinator's policy as a solver: all access points decide at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from pydantic import Field

from optkit.core.solving.registry import register
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Kind, Outcome
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.solvers.base import PolicySolver
from optkit.dispatch.solvers.mdp import ARRIVALS, MdpOptions


class JointOptions(MdpOptions):
    """Options of the joint policy."""

    after: Literal["split", "keep"] = Field(
        "split",
        description="what is expected to follow a decision: from the next one on the best"
        " fixed split, as in `rollout`; or the same actions for ever, as in `mdp`",
    )
    horizon: float = Field(
        50.0,
        ge=1.0,
        le=1e6,
        description="intervals that the best fixed split looks ahead",
    )

    columns: int = Field(
        128,
        ge=0,
        le=100_000,
        description="largest number of sets of senders per type for which the best"
        " joint action is computed exactly, by set partitioning; above it,"
        " by local search",
    )


@register
class Joint(PolicySolver[JointOptions]):
    """All access points move together, to a joint action that is good for all.

    Where ``mdp`` moves one group and takes the others as fixed, here all access points
    move in every interval, and what a queue costs depends on the set of its senders. A
    decision counts until the next one; from then on all are expected to follow the best
    fixed split. It is a coordinator's policy: it knows what all access points together
    know, which is no newer than what each of them knows, but more.
    """

    name = "joint"
    kind = Kind.HEURISTIC
    reference = "optkit, docs/dispatch.md: P2 for all access points at once"
    Options = JointOptions

    _stop: Callable[[], bool] = staticmethod(lambda: False)

    def run(self, instance: DispatchInstance, run: Run) -> Outcome:
        """Simulate the policy; it keeps its actions where time is up."""
        self._stop = run.should_stop
        return super().run(instance, run)

    def policy(self, data: ProblemData, rng: np.random.Generator) -> Policy:
        """Return the policy."""
        from optkit.dispatch.policies.joint.policy import JointPolicy

        options = self.options
        return JointPolicy(
            data,
            ARRIVALS[options.arrivals],
            options.columns,
            options.after,
            options.horizon,
            self._stop,
        )
