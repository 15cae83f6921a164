"""Whether solvers differ by more than chance, and by how much."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

FEWEST = 10
"""Instances below which no test is made: it could not tell anything."""

LEVEL = 0.05
"""Probability of error up to which a difference counts as significant."""

LEAST = 1e-6
"""Gaps and seconds below this count as this: what the harness takes for equal has none."""

RESAMPLES = 2_000
"""Bootstrap samples of a confidence interval."""


def pairs(wide: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Compare every pair of solvers by Wilcoxon's signed-rank test, with Holm's correction.

    Pairs are made by the table's rows, never by the order of runs. An instance counts for
    a pair only where both solvers have a finite value; how many were left out is told.
    Tested are differences of logarithms, for times and gaps are compared by ratios; zero
    counts as the least difference that is one, :data:`LEAST`. (As the smallest value that
    was seen, it would make a solver that is never off equal to one that sometimes is.)

    Parameters
    ----------
    wide
        Instances × solvers, non-negative, smaller is better; see
        :func:`optkit.bench.statistics.runs.per_instance`.
    seed
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        A row a pair: ``one``, ``other``, ``instances``, ``left_out``, ``ratio`` (median of
        one / other; NaN of no instance), ``low``, ``high`` (95 % bootstrap interval of it),
        ``p``, ``p_holm`` (NaN below ten instances, or where all values are equal).
    """
    found = [
        _pair(wide, str(one), str(other), seed)
        for one, other in combinations(wide.columns, 2)
    ]
    table = pd.DataFrame(found, columns=list(PAIR))
    tested = table["p"].notna()
    table["p_holm"] = np.nan
    if tested.any():
        table.loc[tested, "p_holm"] = multipletests(
            table.loc[tested, "p"].to_numpy(), alpha=LEVEL, method="holm"
        )[1]
    return table


PAIR = ("one", "other", "instances", "left_out", "ratio", "low", "high", "p")


def _pair(wide: pd.DataFrame, one: str, other: str, seed: int) -> tuple[object, ...]:
    both = wide[[one, other]].replace([np.inf, -np.inf], np.nan).dropna()
    left_out = len(wide) - len(both)
    values = both.to_numpy(dtype=float)
    if not len(both):
        return (one, other, 0, left_out, np.nan, np.nan, np.nan, np.nan)
    logs = np.log(np.maximum(values, LEAST))
    difference = logs[:, 0] - logs[:, 1]
    ratio = float(np.exp(np.median(difference)))
    if len(both) < FEWEST or not difference.any():
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
    """Return each instance's ranks of the solvers; the least value has rank 1.

    Infinite values are the worst and equal to each other, as are values within a relative
    1e-9. Instances for which a solver has no run are left out.

    Parameters
    ----------
    wide
        Instances × solvers.
    """
    whole = wide.dropna()
    rounded = whole.map(lambda value: float(f"{value:.9g}"))
    return rounded.rank(axis=1, method="average")


def friedman(wide: pd.DataFrame) -> float | None:
    """Return Friedman's p for "all solvers rank alike".

    None where the test says nothing: fewer than three solvers or ten instances, or ranks
    that are all equal.
    """
    table = ranks(wide)
    if table.shape[1] < 3 or len(table) < FEWEST:
        return None
    columns = [table[label].to_numpy() for label in table]
    if all(np.array_equal(columns[0], column) for column in columns[1:]):
        return None
    return float(stats.friedmanchisquare(*columns).pvalue)


def p_matrix(labels: list[str], compared: pd.DataFrame) -> pd.DataFrame:
    """Return Holm's p values as a symmetric matrix, ones where nothing was tested.

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
