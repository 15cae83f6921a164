"""The longest gaps between reports with which every age can be kept within its limit."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Ints
from optkit.sync.problem.problem_data import ProblemData

LIMIT_ROUNDING = 5e-10
"""Added to a limit before it is compared with ages, which are sums of fractions."""


def longest_gap(data: ProblemData) -> Ints:
    """Return, (N,), the most slots from one report of a device to its next.

    A device that reports every g slots reaches the age transmission + g − 1, so the limit
    on its age bounds g. The router's notifications can then keep a pair's limit if the
    mean of these ages plus the residence time keeps it. So every device of a router gets
    the same slack above its transmission time; different gaps could use more of the limit,
    but devices would have to agree on them.

    Notes
    -----
    If no gap is longer than this, feasible notifications exist: whenever a pair's age
    would pass its limit, a notification brings it back within the limit.
    """
    last = data.slots - 1
    delay = np.minimum(data.transmit, last)
    slack = np.full(data.devices, float(data.slots))
    if data.max_device_age < last:
        slack = np.minimum(slack, data.max_device_age - delay)
    # Where links change, max_pair_age has room for all that max_device_age allows.
    if data.course is None and data.max_pair_age < last:
        residence = np.full(data.routers, -np.inf)
        np.maximum.at(residence, data.source, data.residence)
        for router in np.flatnonzero(np.isfinite(residence)):
            members = data.members[router]
            room = data.max_pair_age - residence[router] - delay[members].mean()
            slack[members] = np.minimum(slack[members], room)
    gaps: Ints = np.floor(slack + LIMIT_ROUNDING).astype(np.int64) + 1
    return np.clip(gaps, 1, data.slots)
