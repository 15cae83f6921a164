"""The paper's step as a mixed-integer program."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from pydantic import Field

from optkit.backends.options import BackendName
from optkit.core.solving.registry import register
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Kind, Outcome
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.solvers.base import PAPER, PolicySolver
from optkit.dispatch.solvers.mdp import ARRIVALS, MdpOptions

LOADING_SECONDS = 1.5
"""About the longest that importing Pyomo and a backend takes; it cannot be stopped."""

MOST_SHARING = 10
"""Most members of a group that may share a queue in P2: every set is a column."""


class MdpMilpOptions(MdpOptions):
    """Options of the policy by mixed-integer programs."""

    backend: BackendName = "highs"
    decompose: bool = Field(
        True,
        description="solve P3 for each access point of a group from what it sees; off,"
        " P2 for the group from what its members see, the cloud's queues coupled",
    )


@register
class MdpMilp(PolicySolver[MdpMilpOptions]):
    """The step of ``mdp``, stated as the declarative model and solved by a backend.

    With the same options it takes the same actions as ``mdp``, more slowly. It shows what
    the model says, and solves P2 where groups share the cloud.
    """

    name = "mdp-milp"
    kind = Kind.HEURISTIC
    reference = f"{PAPER}, problems P2 and P3 (eqs 23, 24)"
    Options = MdpMilpOptions

    _ready: Callable[[], bool] = staticmethod(lambda: True)

    def supports(self, instance: DispatchInstance) -> Availability:
        """Refuse P2 where too many members of a group share a queue."""
        told = super().supports(instance)
        if not told.available or self.options.decompose:
            return told
        from optkit.dispatch.problem.agent_groups import groups

        data = problem_data(instance)
        most = max(
            int(network.candidate[group].sum(axis=0).max())
            for network in (data, *(change.data for change in data.later))
            for group in groups(network)
        )
        if most <= MOST_SHARING:
            return Availability()
        return Availability(
            False,
            f"{most} access points of one group share a server; P2 has a column for"
            f" each set of them, and {MOST_SHARING} is the most. Set decompose to true",
        )

    def run(self, instance: DispatchInstance, run: Run) -> Outcome:
        """Simulate the policy; it keeps its actions where time is up."""

        def ready() -> bool:
            if run.should_stop():
                return False
            return "pyomo.environ" in sys.modules or run.affords(LOADING_SECONDS)

        self._ready = ready
        return super().run(instance, run)

    def policy(self, data: ProblemData, rng: np.random.Generator) -> Policy:
        """Return the policy."""
        from optkit.dispatch.policies.mdp_milp import MdpMilpPolicy

        return MdpMilpPolicy(
            data,
            ARRIVALS[self.options.arrivals],
            self.options.backend,
            self.options.decompose,
            self._ready,
        )
