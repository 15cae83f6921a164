"""The paper's benchmarks (Sec. VI-A), with true mean latencies.

The authors' released code weighs upload latencies with hazards in place of probabilities,
which keeps its `selfish` and `queue-aware` away from collocated servers; here they take the
mean of the law.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.solving.registry import register
from optkit.core.solving.solver import Capabilities, Kind
from optkit.dispatch.problem.nearest_server import mean_latency, selfish_actions
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.policy_base import Policy
from optkit.dispatch.problem.problem_data import World
from optkit.dispatch.solvers.base import PAPER, PolicySolver


class SelfishPolicy(Policy):
    """Always the server of least mean upload plus mean service."""

    def __init__(self, world: World) -> None:
        self._actions = selfish_actions(world)

    def start(self) -> Ints:
        """Return the only actions there are."""
        return self._actions

    def decide(self, seen: Sequence[Observation]) -> Ints:
        """Return the same again."""
        return self._actions


class RandomPolicy(Policy):
    """Any candidate, drawn anew for each job."""

    per_job = True

    def __init__(self, world: World, rng: np.random.Generator) -> None:
        self._choices = [np.flatnonzero(row) for row in world.candidate]
        self._kinds = world.shape[2]
        self._rng = rng

    def start(self) -> Ints:
        """Return the first candidates; every job is routed on its own anyway."""
        first = [[choices[0]] * self._kinds for choices in self._choices]
        return np.array(first, dtype=np.int64)

    def decide(self, seen: Sequence[Observation]) -> Ints:
        """Return the first candidates again."""
        return self.start()

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return a candidate, each as likely as the other."""
        return int(self._rng.choice(self._choices[ap]))


class QueueAwarePolicy(Policy):
    """The server of least mean upload, service and queueing, as last observed.

    A queue of q jobs takes q mean services: the law of service has no memory, so the job
    in service counts as a whole one.
    """

    def __init__(self, world: World) -> None:
        self._latency = mean_latency(world)
        self._service = world.service
        self._first = selfish_actions(world)

    def start(self) -> Ints:
        """Return the selfish actions: no queue has been seen."""
        return self._first

    def decide(self, seen: Sequence[Observation]) -> Ints:
        """Return the least sums over what each access point sees."""
        chosen = np.empty_like(self._first)
        for view in seen:
            total = self._latency[view.ap, view.servers]
            total = total + view.queues * self._service[view.servers]
            chosen[view.ap] = view.servers[np.argmin(total, axis=0)]
        return chosen


class Baseline(PolicySolver):
    """A benchmark policy."""

    kind = Kind.BASELINE
    reference = f"{PAPER}, Sec. VI-A"


@register
class Random(Baseline):
    """Every job to a candidate drawn at random."""

    name = "random"
    capabilities: ClassVar[Capabilities] = Capabilities(bound=True, seed=True)

    def policy(self, world: World, rng: np.random.Generator) -> Policy:
        """Return the random policy."""
        return RandomPolicy(world, rng)


@register
class Selfish(Baseline):
    """Every job to the server of least mean upload plus mean service."""

    name = "selfish"

    def policy(self, world: World, rng: np.random.Generator) -> Policy:
        """Return the selfish policy."""
        return SelfishPolicy(world)


@register
class QueueAware(Baseline):
    """Every job to the server of least mean latency, the queue as observed included."""

    name = "queue-aware"

    def policy(self, world: World, rng: np.random.Generator) -> Policy:
        """Return the queue-aware policy."""
        return QueueAwarePolicy(world)
