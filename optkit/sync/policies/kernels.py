"""The compiled loops of the policies."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop

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


@loop(lambda notified_age, allowed, limit, wanted: 2 * len(wanted))
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


@loop(lambda value, notified_age, allowed, limit, *_: 4 * len(value) + value.size)
def apply_index_rule(
    value: Any, notified_age: Any, allowed: Any, limit: float, level: Any, rule: Any
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
    level
        (T,): the index from which it notifies.
    rule
        Weights of error, gain and age, the share kept, and whether a notification must
        make the pair younger.
    """
    error_weight, gain_weight, age_weight, keep, younger = rule
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
        wanted = index >= level[t] and (gain > 0.0 or not younger)
        if (wanted or age > limit) and allowed[t]:
            notify[t] = True
            age = notified_age[t]
            last = t
            index = 0.0
    return notify


@loop(lambda samples, longest_gap, relative, absolute: 3 * len(samples))
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


@loop(lambda interval: len(interval))
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


@inner_loop
def _off(samples: Any, first: int, count: int, end: float) -> float:
    """Return the root of the summed squared distances from a line to ``end``."""
    squares = 0.0
    for k in range(1, count):
        line = samples[first] + (end - samples[first]) * k / count
        distance = samples[first + k] - line
        squares += distance * distance
    return math.sqrt(squares)


@inner_loop
def _median(samples: Any, first: int, end: int, space: Any) -> Any:
    """Return the median of ``samples[first:end]``; ``space`` is overwritten."""
    count = end - first
    for position in range(count):
        at = position
        while at > 0 and space[at - 1] > samples[first + position]:
            space[at] = space[at - 1]
            at -= 1
        space[at] = samples[first + position]
    middle = count // 2
    if count % 2 == 1:
        return space[middle]
    return (space[middle - 1] + space[middle]) / 2


@loop(
    lambda samples, period, longest_gap, weights, usual: (
        len(samples) * (60 + 6 * longest_gap)
    )
)
def apply_budgeted_index(
    samples: Any, period: float, longest_gap: int, weights: Any, usual_step: float
) -> Any:
    """Return, (T,), whether a report is sent in each slot.

    Parameters are those of ``report_slots``, the period no longer than the longest gap.
    """
    recent = np.empty(RECENT)
    report = np.zeros(len(samples), np.bool_)
    report[0] = True
    last, tokens = 0, 0.0
    steps = weight = before = 0.0
    scarcity = math.log(min(max(period, PERIODS[0]), PERIODS[1]) / 4.0)
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
                usual = _median(samples, max(0, t - RECENT + 1), t + 1, recent)
                longer = 0.0
                for k in range(max(0, t - LONGER + 1), t + 1):
                    longer += samples[k]
                longer /= min(t + 1, LONGER)
                unusual = math.log1p(abs(now - usual) / scale)
                if usual_step > 0.0:
                    spare = LIVELY * math.log(scale / usual_step)
                else:
                    spare = weights[9] * min(tokens, MOST_SAVED) / 5.0
                index = (
                    weights[0]
                    + weights[1] * math.log1p(_off(samples, last, age, now) / scale)
                    + weights[2] * math.log1p(_off(samples, last, age + 1, now) / scale)
                    + weights[3]
                    * math.log1p(_off(samples, last, age + 1, usual) / scale)
                    + (weights[4] + weights[12] * scarcity) * unusual
                    + weights[5] * math.log1p(abs(now - samples[last]) / scale)
                    + weights[6] * math.log1p(step / scale)
                    + weights[7] * math.log1p(trend / scale)
                    + weights[8] * math.log(age / period)
                    + spare
                    + weights[10] * math.log1p(abs(now - longer) / scale)
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
