"""A coordinator: all access points decide at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pydantic import Field

from optkit.core.registry import register
from optkit.core.run import Run
from optkit.core.solver import Kind, Outcome
from optkit.dispatch.base import PolicySolver
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policy import Policy
from optkit.dispatch.solvers.mdp import ARRIVALS, MdpOptions
from optkit.dispatch.world import World


class JointOptions(MdpOptions):
    """Options of the joint policy."""

    columns: int = Field(
        128,
        ge=0,
        le=100_000,
        description="sets of senders of one type, over all servers, up to which the"
        " best joint action is found by a set-partitioning program; past that, a local"
        " optimum",
    )


@register
class Joint(PolicySolver):
    """All access points move together, to a joint action that is good for all.

    Where ``mdp`` lets one group move and takes the others for fixed, here everybody moves
    in every interval, and what a queue costs depends on the set of those who send to it.
    It is a coordinator's policy: it knows what all access points together know, which is
    no later than what each knows, but more.
    """

    name = "joint"
    kind = Kind.HEURISTIC
    reference = "optkit, docs/dispatch.md: P2 for all access points at once"
    Options = JointOptions
    options: JointOptions

    _stop: Callable[[], bool] = staticmethod(lambda: False)

    def run(self, instance: DispatchInstance, run: Run) -> Outcome:
        """Simulate the policy; it keeps its actions where time is up."""
        self._stop = run.should_stop
        return super().run(instance, run)

    def policy(self, world: World, rng: np.random.Generator) -> Policy:
        """Return the policy."""
        from optkit.dispatch.joint import JointPolicy

        return JointPolicy(
            world, ARRIVALS[self.options.arrivals], self.options.columns, self._stop
        )
