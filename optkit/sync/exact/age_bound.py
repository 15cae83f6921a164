"""A lower bound over all reports that takes almost no time.

Every device reports in every slot, reports and errors cost nothing: then ages are as low as
they can be, and each link pays for its age and its notifications alone. No choice of
reports makes an age lower, so no solution costs less.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.sync.exact.notifications import best_notifications
from optkit.sync.problem.held_values import HeldValues
from optkit.sync.problem.problem_data import ProblemData

SOURCE = "ages alone, with a report in every slot"


def age_bound(data: ProblemData) -> float:
    """Return the least cost of ages and notifications over all reports."""
    slots = np.arange(data.slots)
    youngest = np.minimum(slots, data.transmit[:, None]).astype(np.float64)
    # All values are 0, and errors are measured from them: no errors.
    held = HeldValues(value=np.zeros_like(data.loads), age=youngest)
    return float(best_notifications(replace(data, true_error=False), held).cost.sum())
