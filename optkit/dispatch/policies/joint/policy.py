"""A coordinator's policy: all access points move to a joint action that is good for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.policies.base import SelfishStart
from optkit.dispatch.policies.joint.decision import Decision
from optkit.dispatch.policies.joint.model import After, JointModel, State
from optkit.dispatch.policies.joint.set_partition import cheapest_partition
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData


class JointPolicy(SelfishStart):
    """All access points move in every interval, to what is good for all of them together.

    It uses the observations of all access points at once.

    Parameters
    ----------
    data
        The model.
    max_arrivals
        Largest number of joins in one slot that is told apart; 1 for the paper's
        Bernoulli draw.
    columns
        Largest number of sets of senders of one type, over all servers, for which the
        optimum is computed; beyond that, single moves lead to a local one.
    after
        What is expected to follow the decision.
    horizon
        How far ahead the best split looks, in intervals.
    stop
        Says whether to stop; called often. What is not decided by then stays.
    """

    def __init__(
        self,
        data: ProblemData,
        max_arrivals: int,
        columns: int,
        after: After,
        horizon: float,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(data)
        self._data = data
        self._model = JointModel(data, max_arrivals, after, horizon)
        self._stop = stop
        sharing = data.candidate.sum(axis=0)
        self._exact = bool(sharing.max() < 30 and np.sum(2**sharing) <= columns)

    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Return everybody's actions, all chosen anew."""
        state = State.of(self._data, observations)
        actions = state.actions.copy()
        for kind in range(self._data.shape[2]):
            if self._stop():
                break
            actions[:, kind] = self._joint_choice(Decision(self._model, state, kind))
        return actions

    def _joint_choice(self, decision: Decision) -> Ints:
        """Return a joint action of one type, never worse than that of all P3."""
        starts = [decision.kept, decision.replies()]
        if self._exact and not self._stop():
            members = list(range(len(decision.kept)))
            best = cheapest_partition(decision.set_costs(), members)
            if best is not None:
                starts.append(np.array([best[ap] for ap in members], dtype=np.int64))
        return decision.descend(min(starts, key=decision.cost), self._stop)
