"""Shares, means and ratios with 95 % intervals, and the verdicts that follow from them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from optkit.core.arrays import Floats
from optkit.reproduction.engine.findings import Verdict

CONFIDENCE = 0.95
"""Coverage of every interval."""

MOSTLY = 0.95
"""Share of the draws from which a claim about every draw counts as holding."""

HALF = 0.5
"""Share of the draws below which it counts as not holding."""


@dataclass(frozen=True)
class Share:
    """In how many draws something was so.

    Parameters
    ----------
    count, of
        The draws in which it was so, and all of them.
    """

    count: int
    of: int

    @classmethod
    def that(cls, outcomes: npt.ArrayLike) -> Share:
        """Count the true ones of ``outcomes``."""
        flags = np.asarray(outcomes, dtype=bool)
        return cls(int(flags.sum()), int(flags.size))

    @property
    def value(self) -> float:
        """The share, from 0 to 1."""
        return self.count / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """Clopper and Pearson's interval."""
        from scipy.stats import binomtest

        low, high = binomtest(self.count, self.of).proportion_ci(CONFIDENCE)
        return float(low), float(high)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.count} of {self.of} ({100 * low:.0f}–{100 * high:.0f} %)"


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval; the ends are the mean itself where one draw was made."""

    value: float
    low: float
    high: float

    def percent(self) -> str:
        """Return it as a percentage."""
        return f"{100 * self.value:.3g} % ({100 * self.low:.3g} to {100 * self.high:.3g} %)"

    def __str__(self) -> str:
        return f"{self.value:.3g} ({self.low:.3g} to {self.high:.3g})"


def mean(values: npt.ArrayLike) -> Estimate:
    """Return the mean with Student's interval."""
    from scipy.stats import sem, t

    numbers: Floats = np.asarray(values, dtype=float)
    centre = float(numbers.mean())
    spread = float(sem(numbers)) if numbers.size > 1 else 0.0
    if not spread > 0.0:
        return Estimate(centre, centre, centre)
    low, high = t.interval(CONFIDENCE, numbers.size - 1, loc=centre, scale=spread)
    return Estimate(centre, float(low), float(high))


def ratio(values: npt.ArrayLike, base: npt.ArrayLike) -> Estimate:
    """Return the geometric mean of paired ratios, with Student's interval of its log."""
    logs = mean(np.log(np.asarray(values, dtype=float) / np.asarray(base, dtype=float)))
    return Estimate(*(math.exp(x) for x in (logs.value, logs.low, logs.high)))


def judge_shares(shares: Iterable[Share]) -> Verdict:
    """Return the verdict on a claim about every draw, from its share in each setting.

    It holds where every share is at least 95 %, does not where every one is below a
    half, and holds in part otherwise.
    """
    values = [share.value for share in shares]
    if all(value >= MOSTLY for value in values):
        return Verdict.HOLDS
    return Verdict.FAILS if all(value < HALF for value in values) else Verdict.IN_PART


def judge_estimates(
    estimates: Iterable[Estimate], side: Literal["below", "above"], threshold: float
) -> Verdict:
    """Return the verdict on a claim about a mean, from its interval in each setting.

    It holds where every interval lies on that side of the threshold, does not where not
    even one estimate does, and holds in part otherwise.
    """
    found = list(estimates)
    if side == "below":
        surely = [one.high < threshold for one in found]
        likely = [one.value < threshold for one in found]
    else:
        surely = [one.low > threshold for one in found]
        likely = [one.value > threshold for one in found]
    if all(surely):
        return Verdict.HOLDS
    return Verdict.IN_PART if any(likely) else Verdict.FAILS


def rank_correlation(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return Spearman's rank correlation; 0 where one of the two is constant."""
    from scipy.stats import spearmanr

    first, second = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    if np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return 0.0
    found: Any = spearmanr(first, second)
    return float(found.statistic)
