"""The compiled loops of the dynamic programmes."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop


@inner_loop
def notified_slots(before: Any, end: int) -> Any:
    """Return the slots of notifications, first to last.

    Parameters
    ----------
    before
        (T,): slot of the notification before one in a slot; -1 for none.
    end
        Slot of the last notification; -1 for none.
    """
    count = 0
    slot = end
    while slot >= 0:
        count += 1
        slot = before[slot]
    slots = np.empty(count, np.int64)
    slot = end
    while slot >= 0:
        count -= 1
        slots[count] = slot
        slot = before[slot]
    return slots


@loop(lambda reference, *_: reference.size * len(reference) // 4 + 1)
def cheapest_notifications(
    reference: Any,
    held: Any,
    mean_age: Any,
    residence: float,
    fee: float,
    age_price: float,
    error_price: float,
    limit: float,
) -> tuple[float, Any]:
    """Return the least cost of one link and its notification slots.

    Parameters
    ----------
    reference, held
        (T, n): the values that errors are measured from, and those that a notification
        carries.
    mean_age
        (T,): mean age of the source's devices.
    residence, fee
        The link's residence time in slots, and the cost of a notification.
    age_price, error_price
        Cost of a slot of age and of a percent of error, in one slot.
    limit
        Limit on the pair's age, rounding included.
    """
    # Slot -1 stands for no notification yet: age t, and the values of slot 0.
    slots, devices = held.shape
    before = np.full(slots, -1, np.int64)
    # The paths that are kept: slot of the last notification, and cost so far.
    last = np.empty(slots + 1, np.int64)
    costs = np.empty(slots + 1)
    last[0] = -1
    costs[0] = 0.0
    paths = 1
    for t in range(slots):
        best = np.inf
        for i in range(paths):
            if costs[i] < best:
                best = costs[i]
                before[t] = last[i]
        fresh = mean_age[t] + residence
        cost_notified_now = best + fee
        kept = 0
        for i in range(paths + 1):
            if i == paths:
                s, cost = t, cost_notified_now
            else:
                s, cost = last[i], costs[i]
            age = float(t) if s < 0 else mean_age[s] + residence + (t - s)
            if not age <= limit:
                continue
            row = 0 if s < 0 else s
            if s < t and cost >= cost_notified_now and age >= fresh:
                distance = 0.0
                for n in range(devices):
                    distance += abs(held[row, n] - held[t, n])
                if age_price * (age - fresh) >= error_price * distance:
                    continue
            error = 0.0
            for n in range(devices):
                error += abs(reference[t, n] - held[row, n])
            last[kept] = s
            costs[kept] = cost + age_price * age + error_price * error
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


@loop(lambda load, true, transmit, held, copies, *_: 4 * len(load) * held * copies)
def cheapest_pair(
    load: Any,
    true_error: bool,
    transmit: int,
    held_ages: int,
    copy_ages: int,
    residence: float,
    limit_before: float,
    limit_notified: float,
    age_price: float,
    error_price: float,
    report: Any,
    fee: Any,
) -> tuple[float, Any, Any]:
    """Return the least cost of a device and a class of links, and when it acts.

    Parameters
    ----------
    load
        (T,): the device's load, in percent.
    true_error
        Whether errors are measured from the load rather than from the held value.
    transmit
        Slots that a report is under way.
    held_ages, copy_ages
        Number of ages that the router's value and the neighbours' copies can have.
    residence
        Residence time of the links, in slots.
    limit_before, limit_notified
        Limits on the pair's age before and after the first notification.
    age_price, error_price
        Cost of a slot of age and of a percent of error, in one slot.
    report, fee
        (T,): prices of a report that arrives, and of a notification, in each slot.

    Returns
    -------
    tuple
        The cost, and (T,) each whether a report arrives and whether the links are used.
    """
    slots = len(load)
    cost = np.full((held_ages, copy_ages), np.inf)
    cost[0, 0] = 0.0
    held_slot = np.empty(held_ages, np.int64)
    copy_slot = np.empty(copy_ages, np.int64)
    from_held = np.full((slots, copy_ages), -1, np.int32)
    from_copy = np.full((slots, held_ages), -1, np.int32)
    for t in range(slots):
        for i in range(held_ages):
            held_slot[i] = t - (t - i) % held_ages
        for j in range(copy_ages):
            copy_slot[j] = t - (t - j) % copy_ages
        if t >= held_ages:
            cost[t % held_ages, :] = np.inf
        if t >= copy_ages:
            cost[:, t % copy_ages] = np.inf
        if t - transmit >= 1:
            index = (t - transmit) % held_ages
            for j in range(copy_ages):
                best = np.inf
                for i in range(held_ages):
                    if cost[i, j] < best:
                        best = cost[i, j]
                        from_held[t, j] = i
                cost[index, j] = best + report[t]
        for i in range(held_ages):
            if held_slot[i] < 0 or t - held_slot[i] >= copy_ages:
                continue
            best = np.inf
            origin = -1
            for j in range(copy_ages):
                if cost[i, j] < best:
                    best = cost[i, j]
                    origin = j
            index = held_slot[i] % copy_ages
            if best + fee[t] < cost[i, index]:
                cost[i, index] = best + fee[t]
                from_copy[t, i] = origin
        # A report that is too old may be replaced in this slot, but not kept.
        if t >= held_ages - 1:
            cost[(t + 1) % held_ages, :] = np.inf
        for j in range(copy_ages):
            r = copy_slot[j]
            if r < 0:
                continue
            age = float(t - r)
            allowed = age <= limit_before
            if r > 0:
                age += residence
                allowed = age <= limit_notified
            if not allowed:
                cost[:, j] = np.inf
                continue
            base = age_price * age
            if true_error:
                base += error_price * abs(load[t] - load[r])
                for i in range(held_ages):
                    cost[i, j] += base
            else:
                for i in range(held_ages):
                    if cost[i, j] < np.inf:
                        gap = abs(load[held_slot[i]] - load[r])
                        cost[i, j] += base + error_price * gap
    best = np.inf
    i = j = 0
    for a in range(held_ages):
        for b in range(copy_ages):
            if cost[a, b] < best:
                best = cost[a, b]
                i, j = a, b
    arrives = np.zeros(slots, np.bool_)
    notifies = np.zeros(slots, np.bool_)
    if best < np.inf:
        for t in range(slots - 1, -1, -1):
            held = t - (t - i) % held_ages
            if t - held < copy_ages and j == held % copy_ages and from_copy[t, i] >= 0:
                notifies[t] = True
                j = from_copy[t, i]
            if held == t - transmit and held >= 1:
                arrives[t] = True
                i = from_held[t, j]
    return best, arrives, notifies


@loop(lambda grid, targets, price, origin: grid.size)
def move_cheapest(grid: Any, targets: Any, price: float, origin: Any) -> None:
    """Move the cheapest entry along axis 1 to a target, where that makes it cheaper.

    Parameters
    ----------
    grid
        (rows, axis, columns): costs, changed in place.
    targets
        (rows,): target position on the axis, -1 for none.
    price
        Added to what is moved.
    origin
        (rows, columns): filled with the position that was moved, where one was.
    """
    rows, size, columns = grid.shape
    least = np.empty(columns)
    where = np.empty(columns, np.int32)
    for row in range(rows):
        target = targets[row]
        if target < 0:
            continue
        least[:] = np.inf
        where[:] = -1
        for i in range(size):
            for column in range(columns):
                if grid[row, i, column] < least[column]:
                    least[column] = grid[row, i, column]
                    where[column] = i
        for column in range(columns):
            if least[column] + price < grid[row, target, column]:
                grid[row, target, column] = least[column] + price
                origin[row, column] = where[column]
