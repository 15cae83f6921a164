"""Notifications at fixed intervals (Sec. IV)."""

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


class PeriodicOptions(Options):
    """Options of periodic notification."""

    period: int = Field(4, ge=1, description="slots from one notification to the next")
    offset: int = Field(
        1,
        ge=0,
        description="slot of the first notification; with 1 it carries the reports sent"
        " in slot 0",
    )


@register_notification
class PeriodicNotification(LinkByLink):
    """Notify at a fixed interval, whatever has happened."""

    name: ClassVar[str] = "periodic"
    kind: ClassVar[Kind] = Kind.BASELINE
    reference: ClassVar[str] = "Huang et al., Sec. IV, periodic notification"
    Options: ClassVar[type[Options]] = PeriodicOptions

    def decide(self, view: LinkView, rng: np.random.Generator) -> Ints:
        """Return the slots of the period, and the forced ones."""
        wanted = np.zeros(len(view.notified_age), dtype=bool)
        wanted[self.options.offset :: self.options.period] = True
        return with_forced(view, wanted)
