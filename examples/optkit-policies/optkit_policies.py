"""Three policies in a package of their own: one of dispatch, two of sync."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import Field

import optkit
from optkit.dispatch import DispatchPolicy, Observation
from optkit.sync import (
    DeviceSoFar,
    LinkSoFar,
    SlotBySlotNotification,
    SlotBySlotReporting,
)


class BacklogOptions(optkit.Options):
    """Options of ``least-backlog``."""

    under_way: float = Field(
        1.0, ge=0, le=1, description="share of the jobs under way that counts"
    )


class LeastBacklog(DispatchPolicy):
    """Sends jobs where upload, service and what is ahead of them take least on average.

    Ahead of a job are the jobs in the queue, and those that were seen under way to it.
    """

    name = "least-backlog"
    reference = "an example"
    Options = BacklogOptions

    def decide(self, observations: Sequence[Observation]) -> np.ndarray:
        """Return the server of least total for what each access point observes."""
        model = self.model
        chosen = self.start().copy()
        for view in observations:
            ahead = view.queues.astype(float)
            for row, server in enumerate(view.servers):
                kinds = view.transit.kind[view.transit.server == server]
                coming = np.bincount(kinds, minlength=ahead.shape[1])
                ahead[row] += self.options.under_way * coming
            total = model.mean_upload[view.ap, view.servers]
            total = total + (ahead + 1.0) * model.service[view.servers]
            chosen[view.ap] = view.servers[np.argmin(total, axis=0)]
        return chosen


class DriftOptions(optkit.Options):
    """Options of ``drift``."""

    percent: float = Field(5.0, ge=0, description="change in percent that is reported")


class Drift(SlotBySlotReporting):
    """Reports when the load has drifted away from the last report."""

    name = "drift"
    kind = optkit.Kind.HEURISTIC
    reference = "an example"
    Options = DriftOptions

    def report(self, seen: DeviceSoFar, rng: np.random.Generator) -> bool:
        """Return whether the present sample is far enough from the reported one."""
        if seen.last_report is None:
            return True
        drift = abs(seen.samples[seen.slot] - seen.samples[seen.last_report])
        return bool(drift >= self.options.percent)


class Patient(SlotBySlotNotification):
    """Notifies when silence has cost as much as a notification would have saved."""

    name = "patient"
    kind = optkit.Kind.HEURISTIC
    reference = "an example"

    def __init__(self, options: object = None) -> None:
        super().__init__(options)
        self.regret = 0.0

    def notify(self, seen: LinkSoFar, rng: np.random.Generator) -> bool:
        """Return whether the cost of silence since the last notification is the fee."""
        gain = seen.age_price * (seen.age - seen.notified_age)
        self.regret += max(0.0, gain + seen.error_price * seen.error)
        if self.regret < seen.fee or seen.age <= seen.notified_age:
            return False
        self.regret = 0.0
        return True
