"""The cheapest notifications for the reports at hand, with the loads known."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.solving.solver import Kind
from optkit.sync.policies.base import (
    NotificationPolicy,
    ShouldStop,
    register_notification,
    whenever_allowed,
)
from optkit.sync.problem.held_values import HeldValues
from optkit.sync.problem.problem_data import ProblemData


@register_notification
class ExactOfflineNotification(NotificationPolicy):
    """A shortest path over the notification slots of each link; clairvoyant."""

    name: ClassVar[str] = "exact-offline"
    kind: ClassVar[Kind] = Kind.EXACT
    reference: ClassVar[str] = (
        "optkit, docs/sync.md: dynamic programming with the loads known"
    )
    causal: ClassVar[bool] = False
    # By itself the name stands for the solver that chooses the reports as well.
    alone: ClassVar[bool] = False

    def plan(
        self,
        data: ProblemData,
        held: HeldValues,
        rng: np.random.Generator,
        should_stop: ShouldStop,
    ) -> list[Ints]:
        """Return the cheapest notification slots of the L links."""
        from optkit.sync.exact.notifications import best_notifications

        if should_stop():
            return whenever_allowed(data, held)
        return list(best_notifications(data, held).slots)
