"""Shares, means and ratios with 95 % intervals, and the verdicts that they lead to."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from optkit.core.arrays import Floats
from optkit.reproduction.engine.findings import Verdict

CONFIDENCE = 0.95
"""Coverage of every interval."""

MOSTLY = 0.95
"""Least share of the draws in which a claim about every draw must be true to hold."""

HALF = 0.5
"""Share of the draws below which such a claim does not hold."""


@dataclass(frozen=True)
class Share:
    """The share of the draws in which something is true.

    Parameters
    ----------
    count, of
        Number of draws in which it is true, and of all draws.
    """

    count: int
    of: int

    @classmethod
    def that(cls, outcomes: npt.ArrayLike) -> Share:
        """Return the share of the true values among ``outcomes``."""
        flags = np.asarray(outcomes, dtype=bool)
        return cls(int(flags.sum()), int(flags.size))

    @classmethod
    def pooled(cls, shares: Iterable[Share]) -> Share:
        """Return the share in the draws of all settings together."""
        counts = [(share.count, share.of) for share in shares]
        return cls(sum(count for count, _ in counts), sum(of for _, of in counts))

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


class Estimate(NamedTuple):
    """A mean and the ends of its interval; with a single draw all three are equal."""

    value: float
    low: float
    high: float

    def percent(self) -> str:
        """Return the estimate as a percentage."""
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


def change(values: npt.ArrayLike, base: npt.ArrayLike) -> Estimate:
    """Return the mean relative change from ``base``: the paired ratio less one."""
    quotient = ratio(values, base)
    return Estimate(quotient.value - 1.0, quotient.low - 1.0, quotient.high - 1.0)


def judge_shares(shares: Iterable[Share]) -> Verdict:
    """Return the verdict on a claim about every draw, from the share in each setting.

    It holds if every share is at least 95 %, does not hold if every share is below one
    half, and holds in part otherwise.
    """
    values = [share.value for share in shares]
    if all(value >= MOSTLY for value in values):
        return Verdict.HOLDS
    return Verdict.FAILS if all(value < HALF for value in values) else Verdict.IN_PART


def judge_estimates(
    estimates: Iterable[Estimate], side: Literal["below", "above"], threshold: float
) -> Verdict:
    """Return the verdict on a claim about a mean, from the interval in each setting.

    It holds if every interval lies on that side of the threshold, does not hold if no
    mean does, and holds in part otherwise.
    """
    settings = list(estimates)
    if side == "below":
        surely = [estimate.high < threshold for estimate in settings]
        likely = [estimate.value < threshold for estimate in settings]
    else:
        surely = [estimate.low > threshold for estimate in settings]
        likely = [estimate.value > threshold for estimate in settings]
    if all(surely):
        return Verdict.HOLDS
    return Verdict.IN_PART if any(likely) else Verdict.FAILS


def rank_correlation(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Return Spearman's rank correlation; 0 if one of the two is constant."""
    return _spearman(x, y)[0]


def rank_correlation_p(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Return the p-value of Spearman's rank correlation; 1 if one is constant."""
    return _spearman(x, y)[1]


def _spearman(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[float, float]:
    from scipy.stats import spearmanr

    first, second = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return 0.0, 1.0
    result: Any = spearmanr(first, second)
    return float(result.statistic), float(result.pvalue)


def listing(names: Iterable[object], values: Iterable[object]) -> str:
    """Return values by name in one line: ``A: 1; B: 2``."""
    pairs = zip(names, values, strict=True)
    return "; ".join(f"{name}: {value}" for name, value in pairs)
