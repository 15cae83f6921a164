"""Rates that may change: discounted means that start anew where they no longer fit."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.arrays import Bools, Floats

RECENT = 0.9
"""Factor per interval of the sums by which a change is noticed: some ten intervals."""

SURPRISE = 8.0
"""Log-likelihood ratio from which a rate is taken to have changed.

Twice the ratio has about a χ² law with one degree of freedom, so a test is wrong once in
15,000 times. Counts that vary more than Poisson counts need a ratio that is larger by
their dispersion (quasi-likelihood): bursts are no change.
"""

DISPERSION_COUNT = 10.0
"""Intervals that count as seen, with the variance of Poisson counts, before the first."""

DISPERSION_MEMORY = 0.99
"""Factor per interval of earlier deviations."""


def surprise(observed: Floats, expected: Floats) -> Floats:
    """Return the log-likelihood ratio of Poisson counts: their own mean against another.

    Parameters
    ----------
    observed, expected
        Counts, and what was expected of them; any shape.
    """
    least = np.maximum(expected, 1e-12)
    ratio = np.where(observed > 0.0, observed / least, 1.0)
    return observed * np.log(ratio) - (observed - expected)


class ChangingRates:
    """Events per exposure, many rates at once.

    Parameters
    ----------
    shape
        Of the array of rates.
    events, exposure
        What counts as seen before the first observation.
    memory
        Factor per interval of what was seen before.

    Attributes
    ----------
    mean
        The rates: events per unit of exposure.
    """

    def __init__(
        self, shape: tuple[int, ...], events: float, exposure: float, memory: float
    ) -> None:
        self._prior, self._memory = (events, exposure), memory
        # Events and exposure; events, exposure and expected events lately.
        self._sums = np.zeros((2, *shape))
        self._recent = np.zeros((3, *shape))
        # Squared deviations over their expectation, and how many of these.
        self._spread = np.full((2, *shape), DISPERSION_COUNT)
        self.mean = self._means()

    def _means(self) -> Floats:
        events, exposure = self._prior
        rates: Floats = (self._sums[0] + events) / (self._sums[1] + exposure)
        return rates

    def update(self, events: Any, exposure: Any) -> Bools:
        """Take in what was seen in an interval; return which rates start anew.

        Parameters
        ----------
        events, exposure
            Counts, and what they are counted over; of the shape of the rates, or numbers.
        """
        seen = np.broadcast_arrays(events, exposure, self.mean * exposure)
        expected = np.maximum(seen[2], 1e-12)
        counts = seen[1] > 0.0
        deviation = np.where(counts, (seen[0] - expected) ** 2 / expected, 0.0)
        self._recent = RECENT * self._recent + np.stack(seen)
        self._sums = self._memory * self._sums + np.stack(seen[:2])
        dispersion = np.maximum(self._spread[0] / self._spread[1], 1.0)
        self._spread = DISPERSION_MEMORY * self._spread + np.stack([deviation, counts])
        changed: Bools = (
            surprise(self._recent[0], self._recent[2]) > SURPRISE * dispersion
        )
        self._sums[:, changed] = self._recent[:2, changed]
        self._recent[:, changed] = 0.0
        self.mean = self._means()
        return changed

    def carry_over(self, other: ChangingRates, rows: Any, old: Any) -> None:
        """Take rows of another's rates, those that are numbered ``old`` there."""
        self._sums[:, rows] = other._sums[:, old]
        self._recent[:, rows] = other._recent[:, old]
        self._spread[:, rows] = other._spread[:, old]
        self.mean = self._means()
