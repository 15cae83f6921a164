"""Notifications when the copy is too far from what the router holds (Sec. IV)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Kind
from optkit.sync.policies.base import LinkByLink, register_notification
from optkit.sync.policies.notification.index_rule import IndexRule
from optkit.sync.problem.observation import LinkView


class ThresholdOptions(Options):
    """Options of threshold-triggered notification."""

    error: float = Field(
        5.0, ge=0, description="error in percent that has to be passed"
    )


@register_notification
class ThresholdNotification(LinkByLink):
    """Notify when the error before the decision (eq 10) passes a threshold."""

    name: ClassVar[str] = "threshold"
    kind: ClassVar[Kind] = Kind.BASELINE
    reference: ClassVar[str] = "Huang et al., Sec. IV, threshold-triggered notification"
    Options: ClassVar[type[Options]] = ThresholdOptions

    def decide(self, view: LinkView, rng: np.random.Generator) -> Ints:
        """Return the slots in which the threshold is passed, and the forced ones."""
        above = float(np.nextafter(self.options.error, np.inf))
        return IndexRule(error=1.0, level=above).slots(view)
