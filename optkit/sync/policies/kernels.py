"""The compiled loops of the policies; importing this loads numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.compiled import compiled

LIVELY = 1.25
"""Weight of the logarithm of a device's mean step where devices share a budget."""

MEMORY = 0.05
"""Share of the newest step in the running mean step."""

LEAST_STEP = 0.02
"""In percent; smaller mean steps count as measurement noise."""

RECENT, LONGER = 5, 12
"""Number of samples in the median, and in the mean, that a sample is compared with."""

MOST_SAVED = 10.0
"""Number of saved reports above which more make no difference."""

PERIODS = (2.0, 10.0)
"""Shortest and longest period that the index distinguishes; others count as these."""


@compiled
def with_forced(notified_age: Any, allowed: Any, limit: float, wanted: Any) -> Any:
    """Return, (T,), whether a notification is sent in each slot.

    Parameters
    ----------
    notified_age, allowed
        (T,): age after a notification in a slot, and whether one is allowed.
    limit
        Limit on the age.
    wanted
        (T,): whether a notification is wanted.
    """
    notify = np.zeros(len(wanted), np.bool_)
    age = -1.0
    for t in range(len(wanted)):
        age += 1.0
        if (wanted[t] or age > limit) and allowed[t]:
            notify[t] = True
            age = notified_age[t]
    return notify


@compiled
def apply_index_rule(
    value: Any, notified_age: Any, allowed: Any, limit: float, rule: Any
) -> Any:
    """Return, (T,), whether an index rule notifies in each slot.

    Parameters
    ----------
    value
        (T, n): what the router holds.
    notified_age, allowed
        (T,): age after a notification in a slot, and whether one is allowed.
    limit
        Limit on the age.
    rule
        Weights of error, gain and age, the share kept, the level, and whether a
        notification must make the pair younger.
    """
    error_weight, gain_weight, age_weight, keep, level, younger = rule
    slots, devices = value.shape
    notify = np.zeros(slots, np.bool_)
    age = -1.0
    last = 0
    index = 0.0
    for t in range(slots):
        age += 1.0
        gain = age - notified_age[t]
        error = 0.0
        for n in range(devices):
            error += abs(value[t, n] - value[last, n])
        index = keep * index + error_weight * error + age_weight * age
        if gain > 0.0:
            index += gain_weight * gain
        wanted = index >= level and (gain > 0.0 or not younger)
        if (wanted or age > limit) and allowed[t]:
            notify[t] = True
            age = notified_age[t]
            last = t
            index = 0.0
    return notify


@compiled
def when_moved(samples: Any, longest_gap: int, relative: float, absolute: float) -> Any:
    """Return, (T,), whether the load has moved enough to report, or a report is due."""
    report = np.zeros(len(samples), np.bool_)
    report[0] = True
    last = 0
    for t in range(1, len(samples)):
        change = abs(samples[t] - samples[last])
        enough = change > relative * samples[last] and change > absolute
        if enough or t - last >= longest_gap:
            report[t] = True
            last = t
    return report


@compiled
def when_overdue(interval: Any) -> Any:
    """Return, (T,), whether the last report is ``interval`` slots old."""
    report = np.zeros(len(interval), np.bool_)
    report[0] = True
    last = 0
    for t in range(1, len(interval)):
        if t - last >= interval[t]:
            report[t] = True
            last = t
    return report


@compiled
def apply_budgeted_index(
    samples: Any, period: float, longest_gap: int, weights: Any, usual_step: float
) -> Any:
    """Return, (T,), whether a report is sent in each slot.

    Parameters are those of ``report_slots``, the period no longer than the longest gap.
    """

    def off(first: int, count: int, end: float) -> Any:
        """Return the root of the summed squared distances from a line to ``end``."""
        squares = 0.0
        for k in range(1, count):
            line = samples[first] + (end - samples[first]) * k / count
            squares += (samples[first + k] - line) ** 2
        return np.sqrt(squares)

    report = np.zeros(len(samples), np.bool_)
    report[0] = True
    last, tokens = 0, 0.0
    steps = weight = before = 0.0
    scarcity = np.log(min(max(period, PERIODS[0]), PERIODS[1]) / 4.0)
    for t in range(1, len(samples)):
        tokens += 1.0 / period
        now = samples[t]
        move = now - samples[t - 1]
        step = abs(move)
        trend = min(step, abs(before)) if move * before > 0.0 else 0.0
        age = t - last
        if tokens >= 1.0 - 1e-9 or usual_step > 0.0:
            if age >= longest_gap:
                report[t] = True
            else:
                scale = max(steps / weight if weight > 0.0 else step, LEAST_STEP)
                usual = np.median(samples[max(0, t - RECENT + 1) : t + 1])
                longer = np.mean(samples[max(0, t - LONGER + 1) : t + 1])
                unusual = np.log1p(abs(now - usual) / scale)
                if usual_step > 0.0:
                    spare = LIVELY * np.log(scale / usual_step)
                else:
                    spare = weights[9] * min(tokens, MOST_SAVED) / 5.0
                index = (
                    weights[0]
                    + weights[1] * np.log1p(off(last, age, now) / scale)
                    + weights[2] * np.log1p(off(last, age + 1, now) / scale)
                    + weights[3] * np.log1p(off(last, age + 1, usual) / scale)
                    + (weights[4] + weights[12] * scarcity) * unusual
                    + weights[5] * np.log1p(abs(now - samples[last]) / scale)
                    + weights[6] * np.log1p(step / scale)
                    + weights[7] * np.log1p(trend / scale)
                    + weights[8] * np.log(age / period)
                    + spare
                    + weights[10] * np.log1p(abs(now - longer) / scale)
                    + weights[11] * scarcity
                )
                report[t] = index > 0.0
            if report[t]:
                last = t
                tokens -= 1.0
        before = move
        steps += MEMORY * (step - steps)
        weight += MEMORY * (1.0 - weight)
    return report
