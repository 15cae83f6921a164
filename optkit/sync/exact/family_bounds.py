"""The bound that holds for every answer to a sync instance, for the harness."""

from __future__ import annotations

import math

from optkit.core.solving.deadline import Deadline
from optkit.core.solving.family_bounds import FamilyBound
from optkit.sync.exact.age_bound import SOURCE, age_bound
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.problem_data import problem_data


def _ages(instance: SyncInstance, _: Deadline) -> float | None:
    bound = age_bound(problem_data(instance))
    return bound if math.isfinite(bound) else None  # no solution keeps the limits


def _seconds(instance: SyncInstance) -> float:
    """Estimate the time of the bound, which cannot be stopped."""
    return 2e-7 * instance.slots * (len(instance.devices) + len(instance.links))


BOUNDS = (FamilyBound(SOURCE, _ages, seconds=_seconds),)
