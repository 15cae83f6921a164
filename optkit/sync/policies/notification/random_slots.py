"""Notifications at random (Sec. IV)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Kind
from optkit.sync.policies.base import LinkByLink, register_notification
from optkit.sync.policies.notification.given_slots import with_forced
from optkit.sync.problem.observation import LinkView


class RandomOptions(Options):
    """Options of random notification."""

    probability: float = Field(
        0.25, ge=0, le=1, description="probability of a notification in a slot"
    )


@register_notification
class RandomNotification(LinkByLink):
    """Notify with the same probability in every slot."""

    name: ClassVar[str] = "random"
    kind: ClassVar[Kind] = Kind.BASELINE
    reference: ClassVar[str] = "Huang et al., Sec. IV, random notification"
    Options: ClassVar[type[Options]] = RandomOptions
    seeded: ClassVar[bool] = True

    def decide(self, view: LinkView, rng: np.random.Generator) -> Ints:
        """Return the slots that are drawn, and the forced ones."""
        wanted = rng.random(len(view.notified_age)) < self.options.probability
        return with_forced(view, wanted)
