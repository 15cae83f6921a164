"""The paper's benchmark policies (Sec. VI-A), with true mean latencies.

The authors' released code weighs upload latencies with hazards in place of probabilities,
which keeps its `selfish` and `queue-aware` away from collocated servers; here they take the
mean of the law.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.policies.base import Policy, SelfishStart
from optkit.dispatch.problem.nearest_server import mean_latency
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData


class SelfishPolicy(SelfishStart):
    """Always the server of least mean upload plus mean service."""

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Return the selfish actions again."""
        return self._first


class RandomPolicy(Policy):
    """Any candidate, drawn anew for each job."""

    per_job = True

    def __init__(self, data: ProblemData, rng: np.random.Generator) -> None:
        self._choices = [np.flatnonzero(row) for row in data.candidate]
        self._kinds = data.shape[2]
        self._rng = rng

    def start(self) -> Ints:
        """Return the first candidates; every job is routed on its own anyway."""
        first = [[choices[0]] * self._kinds for choices in self._choices]
        return np.array(first, dtype=np.int64)

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Return the first candidates again."""
        return self.start()

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return a candidate, all equally likely."""
        return int(self._rng.choice(self._choices[ap]))


class QueueAwarePolicy(SelfishStart):
    """The server of least mean upload, service and queueing, as last observed.

    A queue of q jobs takes q mean services: the law of service has no memory, so the job
    in service counts as a whole one.
    """

    def __init__(self, data: ProblemData) -> None:
        super().__init__(data)
        self._latency = mean_latency(data)
        self._service = data.service

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Return the server of least total for what each access point observes."""
        chosen = np.empty_like(self._first)
        for view in observations:
            total = self._latency[view.ap, view.servers]
            total = total + view.queues * self._service[view.servers]
            chosen[view.ap] = view.servers[np.argmin(total, axis=0)]
        return chosen
