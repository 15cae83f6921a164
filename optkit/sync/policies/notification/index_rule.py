"""A family of causal rules: notify when an index of the cost of silence is high enough.

The threshold baseline, rent-or-buy, and tuned thresholds that include the age are members
of it; they differ in weights only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.problem.observation import LinkView


@dataclass(frozen=True)
class IndexRule:
    """In each slot r ← keep · r + error · e + gain · max(0, Φ - notified age) + age · Φ.

    Φ is the pair's age without a notification, the notified age that with one, and e the
    error before the decision. The rule notifies when r reaches ``level``, which resets r
    to 0, and when Φ would pass its limit.

    Parameters
    ----------
    error, gain, age
        Weights.
    keep
        Share of r that is kept from slot to slot: 0 for a threshold, 1 for a rent.
    level
        The value of r from which the rule notifies; one for all slots, or (T,).
    younger
        Whether a notification must make the pair younger.
    """

    error: float = 0.0
    gain: float = 0.0
    age: float = 0.0
    keep: float = 0.0
    level: float | Floats = 0.0
    younger: bool = False

    def slots(self, view: LinkView) -> Ints:
        """Return the slots in which the rule notifies."""
        from optkit.sync.policies.kernels import apply_index_rule

        notify = apply_index_rule(
            view.value,
            view.notified_age,
            view.allowed,
            view.limit,
            np.full(len(view.value), self.level),
            (self.error, self.gain, self.age, self.keep, self.younger),
        )
        return np.flatnonzero(notify)
