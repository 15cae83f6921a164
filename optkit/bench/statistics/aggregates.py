"""One figure a solver: means that survive large and small times, penalties, counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from optkit.bench.statistics.runs import compared_by
from optkit.core.arrays import Floats

SHIFT = 1.0
"""Seconds of the shift in shifted geometric means; printed wherever one is."""

PENALTIES = (2, 10)
"""The k of PAR-k."""


def shifted_geometric_mean(values: Floats, shift: float = SHIFT) -> float:
    """Return ``exp(mean(log(values + shift))) - shift``; NaN of nothing.

    Large times weigh less than in a mean, and tiny ones less than in a geometric mean.
    It misleads where solvers run into their limit: see :func:`penalised`, and compare
    with the mean over what every solver solved.

    Parameters
    ----------
    values
        Non-negative.
    shift
        Of the same unit.
    """
    if not len(values):
        return float("nan")
    return float(stats.gmean(values + shift) - shift)


def penalised(times: pd.Series, limits: pd.Series, factor: float) -> pd.Series:
    """Return times in which a failure counts as ``factor`` times its limit (PAR-k).

    A failure without a limit has no cost that can be told: NaN. Any figure in its place,
    such as the longest time that was seen, would reward whoever gives up early.

    Parameters
    ----------
    times
        Seconds, infinite where the run failed.
    limits
        Seconds, infinite where there was none.
    factor
        The k.
    """
    cost = factor * limits.where(np.isfinite(limits))
    return times.where(np.isfinite(times), cost)


def summary(runs: pd.DataFrame, shift: float = SHIFT) -> pd.DataFrame:
    """Return a row a solver, in the order of the study.

    Parameters
    ----------
    runs
        From :func:`optkit.bench.statistics.runs.run_table`, of one family.
    shift
        Seconds.

    Returns
    -------
    pandas.DataFrame
        Indexed by label: ``runs``, ``failed``, ``proven``, ``good`` (counts), ``sgm_time``
        (s, shifted geometric mean of the wall time of all runs that ended), ``par2`` and
        ``par10`` (s, penalised averages of the time to a proof; NaN where a run without a
        limit failed), ``sgm_all`` (s, shifted geometric mean of the time to a proof over
        the instances that every solver proved in every run; NaN if there are none),
        ``gap`` (mean primal gap), ``integral`` (mean primal integral, s; NaN where the
        limits of the runs differ).
    """
    common = _proven_by_all(runs)
    alike = compared_by(runs) == "integral"
    rows = {}
    for label, mine in runs.groupby("label", sort=False):
        ended = mine["time"].dropna().to_numpy()
        both = mine[mine["sha256"].isin(common)]["proof"].to_numpy()
        rows[label] = {
            "runs": len(mine),
            "failed": int(mine["failed"].sum()),
            "proven": int(np.isfinite(mine["proof"]).sum()),
            "good": int(np.isfinite(mine["good"]).sum()),
            "sgm_time": shifted_geometric_mean(ended, shift),
            **{
                f"par{k}": float(
                    penalised(mine["proof"], mine["limit"], k).mean(skipna=False)
                )
                for k in PENALTIES
            },
            "sgm_all": shifted_geometric_mean(both, shift),
            "gap": float(mine["gap"].mean()),
            "integral": float(mine["integral"].mean()) if alike else float("nan"),
        }
    return pd.DataFrame(list(rows.values()), index=list(rows), columns=list(FIGURES))


FIGURES = (
    "runs",
    "failed",
    "proven",
    "good",
    "sgm_time",
    *(f"par{k}" for k in PENALTIES),
    "sgm_all",
    "gap",
    "integral",
)


def _proven_by_all(runs: pd.DataFrame) -> set[str]:
    labels = set(runs["label"])
    proven = runs.assign(done=np.isfinite(runs["proof"]))
    every = proven.groupby(["sha256", "label"])["done"].all().groupby(level=0)
    return {
        str(sha256)
        for sha256, done in every
        if done.all() and set(done.index.get_level_values(1)) == labels
    }
