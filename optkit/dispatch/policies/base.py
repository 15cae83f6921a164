"""The interface of online policies."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import ClassVar

from optkit.core.arrays import Ints
from optkit.dispatch.problem.nearest_server import selfish_actions
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData


class Policy(abc.ABC):
    """Decides, per interval and access point, where each type of job goes.

    It is built from the model alone: laws, candidates, penalties. What happens reaches it
    through observations only.
    """

    per_job: ClassVar[bool] = False
    """Whether :meth:`route` chooses for each job on its own."""

    @abc.abstractmethod
    def start(self) -> Ints:
        """Return the actions in force before anything was observed, (K, J)."""

    @abc.abstractmethod
    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Return the actions that follow from observations.

        Parameters
        ----------
        observations
            Those of all access points for one interval, in their order. What one access
            point chooses may depend on its own observation only.

        Returns
        -------
        ndarray
            (K, J): server indices, in force from each access point's signal slot on.
        """

    def route(self, ap: int, kind: int, slot: int, action: int) -> int:
        """Return where one job goes; called only where ``per_job`` is set.

        Parameters
        ----------
        ap, kind
            The job's access point and type.
        slot
            Slot of its arrival. All earlier jobs of this access point have been routed.
        action
            What :meth:`decide` chose for its type.
        """
        return action


class SelfishStart(Policy):
    """A policy that starts from the selfish actions, the paper's initial policy.

    Parameters
    ----------
    data
        The model.
    """

    def __init__(self, data: ProblemData) -> None:
        self._first = selfish_actions(data)

    def start(self) -> Ints:
        """Return the selfish actions."""
        return self._first
