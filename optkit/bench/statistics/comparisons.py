"""Tests whether solvers differ by more than chance, and by how much."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

MIN_INSTANCES = 10
"""Fewest instances for a test; with fewer it has no power."""

LEVEL = 0.05
"""Significance level of the tests."""

SMALLEST = 1e-6
"""Smallest gap or time that is told from zero: the tolerance of the harness."""

RESAMPLES = 2_000
"""Bootstrap samples of a confidence interval."""


PAIR_COLUMNS = ("one", "other", "instances", "left_out", "ratio", "low", "high", "p")
"""Columns of :func:`pairs`, without the corrected p."""


def pairs(wide: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Compare every pair of solvers by Wilcoxon's signed-rank test, with Holm's correction.

    Values are paired by the table's rows, never by the order of runs. An instance counts
    for a pair only if both solvers have a finite value; the others are counted as left out.
    Times and gaps are compared by ratios, so the tests use differences of logarithms, in
    which values below :data:`SMALLEST` count as that. (Replacing zero by the smallest
    observed value would make a solver that is always right equal to one that is not.)

    Parameters
    ----------
    wide
        Instances × solvers, non-negative, smaller is better; see
        :func:`optkit.bench.statistics.runs.per_instance`.
    seed
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row per pair: ``one``, ``other``, ``instances``, ``left_out``, ``ratio`` (median
        of one / other; NaN without instances), ``low``, ``high`` (95 % bootstrap interval
        of the ratio), ``p``, ``p_holm`` (NaN below ten instances, or if all values are
        equal).
    """
    rows = [
        _pair(wide, str(one), str(other), seed)
        for one, other in combinations(wide.columns, 2)
    ]
    table = pd.DataFrame(rows, columns=list(PAIR_COLUMNS))
    tested = table["p"].notna()
    table["p_holm"] = np.nan
    if tested.any():
        table.loc[tested, "p_holm"] = multipletests(
            table.loc[tested, "p"].to_numpy(), alpha=LEVEL, method="holm"
        )[1]
    return table


def _pair(wide: pd.DataFrame, one: str, other: str, seed: int) -> tuple[object, ...]:
    both = wide[[one, other]].replace([np.inf, -np.inf], np.nan).dropna()
    left_out = len(wide) - len(both)
    values = both.to_numpy(dtype=float)
    if not len(both):
        return (one, other, 0, left_out, np.nan, np.nan, np.nan, np.nan)
    logs = np.log(np.maximum(values, SMALLEST))
    difference = logs[:, 0] - logs[:, 1]
    ratio = float(np.exp(np.median(difference)))
    if len(both) < MIN_INSTANCES or not difference.any():
        return (one, other, len(both), left_out, ratio, np.nan, np.nan, np.nan)
    p = float(stats.wilcoxon(difference).pvalue)
    interval = stats.bootstrap(
        (difference,),
        np.median,
        n_resamples=RESAMPLES,
        confidence_level=0.95,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    low, high = float(np.exp(interval.low)), float(np.exp(interval.high))
    return (one, other, len(both), left_out, ratio, low, high, p)


def ranks(wide: pd.DataFrame) -> pd.DataFrame:
    """Return the ranks of the solvers on each instance; the smallest value has rank 1.

    Values that agree to nine digits tie. Infinite values rank last and tie with each
    other. Instances for which a solver has no run are left out.

    Parameters
    ----------
    wide
        Instances × solvers.
    """
    complete = wide.dropna()
    rounded = complete.map(lambda value: float(f"{value:.9g}"))
    return rounded.rank(axis=1, method="average")


def friedman(wide: pd.DataFrame) -> float | None:
    """Return the p of Friedman's test that all solvers rank equally.

    None if it cannot be computed: fewer than three solvers or ten instances, or all
    ranks equal.
    """
    table = ranks(wide)
    if table.shape[1] < 3 or len(table) < MIN_INSTANCES:
        return None
    columns = [table[label].to_numpy() for label in table]
    if all(np.array_equal(columns[0], column) for column in columns[1:]):
        return None
    return float(stats.friedmanchisquare(*columns).pvalue)


def p_matrix(labels: list[str], compared: pd.DataFrame) -> pd.DataFrame:
    """Return Holm's p values as a symmetric matrix, with ones where nothing was tested.

    Parameters
    ----------
    labels
        The solvers.
    compared
        From :func:`pairs`.
    """
    matrix = pd.DataFrame(np.ones((len(labels),) * 2), index=labels, columns=labels)
    columns = [compared[name].to_list() for name in ("one", "other", "p_holm")]
    for one, other, p in zip(*columns, strict=True):
        if not np.isnan(p):
            matrix.loc[one, other] = matrix.loc[other, one] = p
    return matrix
