"""``rollout`` by laws that each access point has learned for itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.runtime import stopping
from optkit.dispatch.policies.adaptive.local_laws import LocalLaws
from optkit.dispatch.policies.adaptive.no_laws import without_laws
from optkit.dispatch.policies.adaptive.tracked_jobs import TrackedJobs
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.policies.rollout_router import Router
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData


class AdaptiveRolloutPolicy(Policy):
    """Routes every job by its marginal cost under what was learned so far.

    Parameters
    ----------
    data
        The model; its laws are not read.
    discount
        Per interval, of the costs that a choice causes.
    memory
        Factor per interval of what was seen before.
    before
        The policy on the network that this one takes the place of. What it has learned is
        carried over: that the network changes does not tell which laws do.
    """

    per_job = True

    def __init__(
        self,
        data: ProblemData,
        discount: float,
        memory: float,
        before: AdaptiveRolloutPolicy | None = None,
    ) -> None:
        network = without_laws(data)
        points, _, kinds = network.shape
        first = network.candidate.argmax(axis=1).astype(np.int64)
        self._actions = np.repeat(first[:, None], kinds, axis=1)
        self._routers: list[LearningRouter] = []
        for ap in range(points):
            stopping.check()
            laws = LocalLaws(network, ap, discount, memory)
            if before is not None:
                laws.carry_over(before._routers[ap].learned)
            self._routers.append(LearningRouter(laws, ap))

    def start(self) -> Ints:
        """Return the first candidates; every job is routed on its own anyway."""
        return self._actions.copy()

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Keep each observation until its signal slot; return where the last jobs went."""
        for router, view in zip(self._routers, observations, strict=True):
            if router.pending is not None:  # no job has come since it arrived
                router.observe(router.pending)
            router.pending = view
        return self._actions.copy()

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return the server at which the job adds least to the cost."""
        server = self._routers[ap].route(kind, slot)
        self._actions[ap, kind] = server
        return server


class LearningRouter(Router):
    """A router that learns its laws from the observations.

    Parameters
    ----------
    laws
        What was learned so far.
    ap
        The access point.
    """

    def __init__(self, laws: LocalLaws, ap: int) -> None:
        super().__init__(laws, laws.network, ap)
        self.learned = laws

    def observe(self, view: Observation) -> None:
        """Learn from an observation, and start again from it."""
        boundary = view.interval * self.learned.slots_per_interval
        sent = [
            (self._ap, position, kind, slot)
            for kind, own in enumerate(self._own)
            for slot, position in own
            if slot < boundary
        ]
        columns = np.array(sent, dtype=np.int64).reshape(-1, 4).T
        self.learned.learn(view, TrackedJobs(*columns))
        self._others.clear()
        super().observe(view)
