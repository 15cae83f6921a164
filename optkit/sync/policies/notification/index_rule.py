"""A family of causal rules: notify when an index of what silence costs is high enough.

The threshold baseline, rent-or-buy and tuned thresholds with the age in them are members
of it; they differ in weights only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.runtime.compiled import compiled
from optkit.sync.problem.observation import LinkView


@dataclass(frozen=True)
class IndexRule:
    """In each slot r ← keep · r + error · e + gain · max(0, Φ − told age) + age · Φ.

    Φ is the age that the pair has if it is not told, e the error before the decision. It
    is told when r reaches ``level``, and r starts again from 0; and when Φ would pass
    its limit.

    Parameters
    ----------
    error, gain, age
        Weights.
    keep
        Share of r that outlives a slot: 0 for a threshold, 1 for a rent.
    level
        What r is compared with.
    younger
        Whether telling must make the pair younger.
    """

    error: float = 0.0
    gain: float = 0.0
    age: float = 0.0
    keep: float = 0.0
    level: float = 0.0
    younger: bool = False

    def slots(self, view: LinkView) -> Ints:
        """Return the slots in which the rule notifies."""
        notify = compiled(_follow)(
            view.value,
            view.told_age,
            view.allowed,
            view.limit,
            (self.error, self.gain, self.age, self.keep, self.level, self.younger),
        )
        return np.flatnonzero(notify)


def _follow(value: Any, told_age: Any, allowed: Any, limit: float, rule: Any) -> Any:
    """Return, (T,), whether the rule notifies in each slot. Compiled."""
    by_error, by_gain, by_age, keep, level, younger = rule
    slots, devices = value.shape
    notify = np.zeros(slots, np.bool_)
    age = -1.0
    known = 0
    index = 0.0
    for t in range(slots):
        age += 1.0
        gain = age - told_age[t]
        error = 0.0
        for n in range(devices):
            error += abs(value[t, n] - value[known, n])
        index = keep * index + by_error * error + by_age * age
        if gain > 0.0:
            index += by_gain * gain
        wanted = index >= level and (gain > 0.0 or not younger)
        if (wanted or age > limit) and allowed[t]:
            notify[t] = True
            age = told_age[t]
            known = t
            index = 0.0
    return notify
