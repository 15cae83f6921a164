"""A coordinator's policy: all access points move to a joint action that is good for all.

Import where needed: it loads numba.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.policies.joint.decision import Decision
from optkit.dispatch.policies.joint.model import After, JointModel, State
from optkit.dispatch.policies.joint.set_partition import cheapest_partition
from optkit.dispatch.problem.nearest_server import selfish_actions
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.policy_base import Policy
from optkit.dispatch.problem.problem_data import World


class JointPolicy(Policy):
    """Every interval all access points move, to what is good for all of them together.

    It looks at the observations of all access points at once.

    Parameters
    ----------
    world
        The model.
    most
        Joins of one slot that are told apart: 1 for the paper's Bernoulli draw.
    columns
        Most sets of senders of one type, over all servers, up to which the optimum is
        found; past that, single moves lead to a local one.
    after
        What is expected after the decision.
    horizon
        How far ahead the best split looks, in intervals.
    stop
        Asked all the time whether to stop; what is not decided by then stays.
    """

    def __init__(
        self,
        world: World,
        most: int,
        columns: int,
        after: After,
        horizon: float,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._world = world
        self._model = JointModel(world, most, after, horizon)
        self._stop = stop
        self._first = selfish_actions(world)
        sharing = world.candidate.sum(axis=0)
        self._exact = bool(sharing.max() < 30 and np.sum(2**sharing) <= columns)

    def start(self) -> Ints:
        """Return the selfish actions, the paper's initial policy."""
        return self._first

    def decide(self, seen: Sequence[Observation]) -> Ints:
        """Return everybody's actions, all chosen anew."""
        state = State.of(self._world, seen)
        actions = state.actions.copy()
        for kind in range(self._world.shape[2]):
            if self._stop():
                break
            actions[:, kind] = self._together(Decision(self._model, state, kind))
        return actions

    def _together(self, decision: Decision) -> Ints:
        """Return a joint action of one type, never worse than that of all P3."""
        starts = [decision.kept, decision.replies()]
        if self._exact and not self._stop():
            members = list(range(len(decision.kept)))
            best = cheapest_partition(decision.set_costs(), members)
            if best is not None:
                starts.append(np.array([best[ap] for ap in members], dtype=np.int64))
        return decision.descend(min(starts, key=decision.cost), self._stop)
