"""A notification at every arrival: the default partner of a reporting policy."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.solving.solver import Kind
from optkit.sync.policies.base import LinkByLink, register_notification
from optkit.sync.policies.notification.given_slots import with_forced
from optkit.sync.problem.observation import LinkView


@register_notification
class OnArrivalNotification(LinkByLink):
    """Notify in every slot in which a report has arrived."""

    name: ClassVar[str] = "on-arrival"
    kind: ClassVar[Kind] = Kind.BASELINE
    reference: ClassVar[str] = "passing every report on at once"

    def decide(self, view: LinkView, rng: np.random.Generator) -> Ints:
        """Return the slots of arrivals, and the forced ones."""
        return with_forced(view, view.fresh)
