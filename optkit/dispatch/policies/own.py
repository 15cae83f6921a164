"""The base of policies that other packages offer."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Kind
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.problem.nearest_server import selfish_actions
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import ProblemData


class DispatchPolicy(Policy):
    """A policy with a name, which becomes a solver of that name.

    It is built from the model, which holds no jobs and no signals, and what happens reaches
    it through observations. So it cannot look ahead.

    Parameters
    ----------
    model
        Laws, candidates, penalties and sizes; without the sample path.
    rng
        For its own draws; used only where ``seeded`` is set.
    options
        Its options, of its own class.
    """

    family: ClassVar[str] = "dispatch"
    name: ClassVar[str]
    kind: ClassVar[Kind] = Kind.HEURISTIC
    reference: ClassVar[str]
    """Where it comes from, in a few words."""
    Options: ClassVar[type[Options]] = Options
    seeded: ClassVar[bool] = False
    """Whether it draws random numbers."""
    coordinated: ClassVar[bool] = False
    """Whether access points decide together, by what all of them observe."""
    package: ClassVar[str | None] = None
    """The distribution that provides it; set where it is found by an entry point."""

    def __init__(
        self, model: ProblemData, rng: np.random.Generator, options: Any = None
    ) -> None:
        self.model, self.rng = model, rng
        self.options: Any = self.Options() if options is None else options

    def start(self) -> Ints:
        """Return the actions in force before anything was observed, (K, J).

        These are the paper's: for each type the server of least mean upload and service.
        """
        return selfish_actions(self.model)

    @abc.abstractmethod
    def decide(self, observations: Sequence[Observation]) -> Ints:
        """Return the actions that follow from observations; see :meth:`Policy.decide`."""
