"""The gap of a mean to a bound on means."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats

COVERAGE = 0.95
"""Coverage of the interval."""


def gap_of_means(values: Floats, bounds: Floats) -> tuple[float, float, float]:
    """Return (mean value − mean bound) / |mean value| with its 95 % interval.

    The interval is Student's, from the differences of the pairs; as the gap is a quotient
    of means, each difference is taken less the gap times its value (Cochran, *Sampling
    Techniques*, 1977, section 2.11). The pairs' own gaps are not averaged, since the bound
    holds for the mean only: a single value may be below its bound.

    Parameters
    ----------
    values, bounds
        (n,): paired, at least one.

    Returns
    -------
    tuple of float
        Gap, and the ends of its interval. All are NaN for a single pair, whose value may
        have been lucky and says nothing of a mean, and if the values have mean zero.
    """
    from scipy import stats

    scale, count = abs(float(np.mean(values))), len(values)
    if count < 2 or not scale > 0.0:
        return np.nan, np.nan, np.nan
    differences = values - bounds
    gap = float(differences.mean()) / scale
    rest = differences - gap * np.sign(np.mean(values)) * values
    error = float(np.std(rest, ddof=1)) / count**0.5 / scale
    half = float(stats.t.ppf(0.5 + COVERAGE / 2, count - 1)) * error
    return gap, gap - half, gap + half
