"""Trained policies, frozen (Sec. III-B): they learnt elsewhere and only decide here."""

from __future__ import annotations

from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Availability, Kind
from optkit.sync.policies.base import NotificationPolicy, Stop, register_notification
from optkit.sync.problem.held_values import HeldValues
from optkit.sync.problem.problem_data import ProblemData, problem_data

if TYPE_CHECKING:
    from optkit.sync.instance import SyncInstance
    from optkit.sync.learning.checkpoint import Checkpoint

PACKAGE = "optkit.sync.learning"
"""Where the policies lie that ship with optkit, in the folder ``checkpoints``."""


class LearnedOptions(Options):
    """Options of a trained policy."""

    checkpoint: str | None = Field(
        None,
        description="file that optkit train sync has written; none for the one that"
        " ships with optkit",
    )


class LearnedNotification(NotificationPolicy):
    """A policy from a checkpoint; a subclass a way of training it."""

    kind: ClassVar[Kind] = Kind.LEARNED
    Options: ClassVar[type[Options]] = LearnedOptions

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """The trained policy, read when it is first needed."""
        from optkit.sync.learning.checkpoint import load

        path = self.options.checkpoint
        if path is not None:
            return load(Path(path))
        with as_file(files(PACKAGE) / "checkpoints" / f"{self.name}.npz") as shipped:
            return load(shipped)

    def supports(self, instance: SyncInstance) -> Availability:
        """Say whether the policy fits the instance, and did not learn from it."""
        reason = self.checkpoint.unfit(problem_data(instance))
        return Availability(not reason, reason)

    def plan(
        self, data: ProblemData, held: HeldValues, rng: np.random.Generator, stop: Stop
    ) -> list[Ints]:
        """Return the notification slots that the policy chooses."""
        from optkit.sync.learning.frozen import notifications

        return notifications(self.checkpoint, data, held, stop)


@register_notification
class MappoNotification(LearnedNotification):
    """Actors trained by multi-agent proximal policy optimisation."""

    name: ClassVar[str] = "mappo"
    reference: ClassVar[str] = "Huang et al., Sec. III-B, MAPPO (eqs 17-25)"


@register_notification
class Maa2cNotification(LearnedNotification):
    """Actors trained by multi-agent advantage actor-critic."""

    name: ClassVar[str] = "maa2c"
    reference: ClassVar[str] = "Huang et al., Sec. IV, MAA2C"


@register_notification
class PolicyGradientNotification(LearnedNotification):
    """The actors of mappo, trained on the exact gradient of the expected cost."""

    name: ClassVar[str] = "policy-gradient"
    reference: ClassVar[str] = "gradient of the expected cost, summed over all states"
