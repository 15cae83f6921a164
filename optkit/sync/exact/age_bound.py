"""A lower bound over all reports that is had at once.

Ages are what they are with a report in every slot, errors and reports cost nothing: then
every device is as young as it can be, and each link pays for its age and its notifications
alone. Whatever is reported, ages are no less, so nothing costs less.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.sync.exact.notifications import best_notifications
from optkit.sync.problem.held_values import Held
from optkit.sync.problem.problem_data import World

SOURCE = "ages alone, with a report in every slot"


def ages_bound(world: World) -> float:
    """Return the least cost of ages and notifications over all reports."""
    slots = np.arange(world.slots)
    youngest = np.minimum(slots, world.transmit[:, None]).astype(np.float64)
    known = Held(value=np.zeros_like(world.loads), age=youngest)
    exact = replace(world, true_error=False)
    return float(best_notifications(exact, known).cost.sum())
