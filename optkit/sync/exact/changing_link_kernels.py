"""The compiled loop of the best notifications on a link that changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import loop
from optkit.sync.exact.kernels import notified_slots


@loop(lambda reference, *_: reference.size * len(reference) // 4 + 1)
def cheapest_with_changes(
    reference: Any,
    held: Any,
    mean_age: Any,
    in_force: Any,
    residence: Any,
    fee: Any,
    prices_and_limit: Any,
) -> tuple[float, Any]:
    """Return the least cost of one pair and its notification slots.

    As :func:`optkit.sync.exact.kernels.cheapest_notifications`, but where the pair has no
    link, nothing is paid, no limit holds, and no notification is possible.

    Parameters
    ----------
    reference, held
        (T, n): the values that errors are measured from, and those that a notification
        carries.
    mean_age
        (T,): mean age of the source's devices.
    in_force
        (T,): whether the pair has a link.
    residence, fee
        (T,): residence time of a notification in slots, and its cost.
    prices_and_limit
        Cost of a slot of age and of a percent of error, in one slot, and the limit on the
        pair's age, rounding included.
    """
    age_price, error_price, limit = prices_and_limit
    slots, devices = held.shape
    before = np.full(slots, -1, np.int64)
    # The paths that are kept: slot of the last notification, -1 for none; cost so far.
    last = np.empty(slots + 1, np.int64)
    costs = np.empty(slots + 1)
    last[0] = -1
    costs[0] = 0.0
    paths = 1
    for t in range(slots):
        if not in_force[t]:
            continue
        best = np.inf
        for i in range(paths):
            if costs[i] < best:
                best = costs[i]
                before[t] = last[i]
        last[paths] = t
        costs[paths] = best + fee[t]
        kept = 0
        for i in range(paths + 1):
            s = last[i]
            row = 0
            age = float(t)
            if s >= 0:
                row = s
                age = mean_age[s] + residence[s] + (t - s)
            if not age <= limit:
                continue
            error = 0.0
            for n in range(devices):
                error += abs(reference[t, n] - held[row, n])
            last[kept] = s
            costs[kept] = costs[i] + age_price * age + error_price * error
            kept += 1
        paths = kept
        if paths == 0:
            return np.inf, np.empty(0, np.int64)
    best = np.inf
    end = -1
    for i in range(paths):
        if costs[i] < best:
            best = costs[i]
            end = last[i]
    return best, notified_slots(before, end)
