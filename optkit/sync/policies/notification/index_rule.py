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
            view.notified_age,
            view.allowed,
            view.limit,
            (self.error, self.gain, self.age, self.keep, self.level, self.younger),
        )
        return np.flatnonzero(notify)


