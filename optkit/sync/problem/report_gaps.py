"""How rarely devices may report so that every age can be kept within its limit."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Ints
from optkit.sync.problem.problem_data import ProblemData

ROUNDING = 5e-10
"""What is added to a limit before ages, which are sums of fractions, meet it."""


def longest_gap(data: ProblemData) -> Ints:
    """Return, (N,), the most slots from one report of a device to its next.

    A device that reports every g slots gets as old as transmission + g − 1, which bounds
    g by the limit on its age. Its router's notifications can then keep a pair's limit if
    the mean of these, and the residence time, do. So every device of a router gets the
    same slack above its transmission time; gaps that are uneven could use the limit up
    further, but would have to be agreed upon between devices.

    Notes
    -----
    Reports whose gaps are no longer than this leave a feasible choice of notifications:
    whenever a pair's age would pass its limit, telling brings it back within.
    """
    last = data.slots - 1
    behind = np.minimum(data.transmit, last)
    slack = np.full(data.devices, float(data.slots))
    if data.max_device_age < last:
        slack = np.minimum(slack, data.max_device_age - behind)
    if data.max_pair_age < last:
        residence = np.full(data.routers, -np.inf)
        np.maximum.at(residence, data.source, data.residence)
        for router in np.flatnonzero(np.isfinite(residence)):
            members = data.members[router]
            room = data.max_pair_age - residence[router] - behind[members].mean()
            slack[members] = np.minimum(slack[members], room)
    gaps: Ints = np.floor(slack + ROUNDING).astype(np.int64) + 1
    return np.clip(gaps, 1, data.slots)
