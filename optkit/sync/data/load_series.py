"""Random load series: plateaus with bursts, and autoregressive series."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats

PLATEAU_SLOTS = 60.0
"""Mean length of a plateau, in slots."""

BURST_SLOTS = (2.0, 4.0)
"""Range of the half-width of a burst: the standard deviation of its bell, in slots."""

BURST_HEIGHT = (15.0, 45.0)
"""Range of the height of a burst, in percent."""

NOISE = 0.3
"""Standard deviation of the noise on a plateau, in percent."""


def plateau_burst(
    slots: int, bursts_per_slot: float, rng: np.random.Generator
) -> Floats:
    """Return a series of plateaus with bursts on top, in percent.

    Parameters
    ----------
    slots
        Length T of the series.
    bursts_per_slot
        Rate of the bursts, which are bells of a few slots.
    draw
        Random numbers.
    """
    changes = np.flatnonzero(rng.random(slots) < 1.0 / PLATEAU_SLOTS)
    levels = rng.uniform(10.0, 60.0, len(changes) + 1)
    time = np.arange(slots)
    load = levels[np.searchsorted(changes, time, side="right")]
    for centre in np.flatnonzero(rng.random(slots) < bursts_per_slot).tolist():
        width = rng.uniform(*BURST_SLOTS)
        reach = slice(max(0, centre - 20), centre + 21)
        bell = np.exp(-0.5 * ((time[reach] - centre) / width) ** 2)
        load[reach] += rng.uniform(*BURST_HEIGHT) * bell
    clipped: Floats = np.clip(load + NOISE * rng.standard_normal(slots), 0.0, 100.0)
    return clipped


def autoregressive(
    slots: int, persistence: float, deviation: float, rng: np.random.Generator
) -> Floats:
    """Return a stationary first-order autoregressive series, in percent.

    Parameters
    ----------
    slots
        Length T of the series.
    persistence
        Correlation of one slot with the next.
    deviation
        Standard deviation of the series before it is clipped to 0 … 100 %.
    draw
        Random numbers; they also give the mean, between 20 and 60 %.
    """
    from scipy.signal import lfilter

    mean = rng.uniform(20.0, 60.0)
    shocks = np.sqrt(1.0 - persistence**2) * rng.standard_normal(slots)
    shocks[0] = rng.standard_normal()
    swing = lfilter([1.0], [1.0, -persistence], shocks)
    clipped: Floats = np.clip(mean + deviation * swing, 0.0, 100.0)
    return clipped
