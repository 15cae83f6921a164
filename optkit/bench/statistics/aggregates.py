"""One row per solver: counts, robust means of times, penalised averages."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from optkit.bench.statistics.runs import compared_by
from optkit.core.arrays import Floats

SHIFT = 1.0
"""Shift of shifted geometric means, in seconds; printed wherever such a mean is."""

PENALTIES = (2, 10)
"""The k of PAR-k."""


SUMMARY_COLUMNS = (
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
"""Columns of :func:`summary`."""


def shifted_geometric_mean(values: Floats, shift: float = SHIFT) -> float:
    """Return ``exp(mean(log(values + shift))) - shift``; NaN of no values.

    Large times weigh less than in a mean, and tiny ones less than in a geometric mean.
    It is misleading where solvers reach their limit: see :func:`penalised`, and compare
    with the mean over the instances that every solver solved.

    Parameters
    ----------
    values
        Non-negative.
    shift
        In the same unit.
    """
    if not len(values):
        return float("nan")
    return float(stats.gmean(values + shift) - shift)


def penalised(times: pd.Series, limits: pd.Series, factor: float) -> pd.Series:
    """Return times in which a failure counts as ``factor`` times its limit (PAR-k).

    The cost of a failure without a limit is unknown: NaN. Any number in its place, such
    as the longest observed time, would reward solvers that give up early.

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
    """Return one row per solver, in the order of the study.

    Parameters
    ----------
    runs
        From :func:`optkit.bench.statistics.runs.run_table`, of one family.
    shift
        Shift of the geometric means, in seconds.

    Returns
    -------
    pandas.DataFrame
        Indexed by label: ``runs``, ``failed``, ``proven``, ``good`` (counts), ``sgm_time``
        (s, shifted geometric mean of the wall time of all runs that ended), ``par2`` and
        ``par10`` (s, penalised averages of the time to a proof; NaN if a run without a
        limit failed), ``sgm_all`` (s, shifted geometric mean of the time to a proof over
        the instances that every solver proved in every run; NaN if there are none),
        ``gap`` (mean primal gap), ``integral`` (mean primal integral, s; NaN if the
        limits of the runs differ).
    """
    common = _proven_by_all(runs)
    same_limits = compared_by(runs) == "integral"
    rows = {}
    for label, own in runs.groupby("label", sort=False):
        ended = own["time"].dropna().to_numpy()
        common_times = own[own["sha256"].isin(common)]["proof"].to_numpy()
        rows[label] = {
            "runs": len(own),
            "failed": int(own["failed"].sum()),
            "proven": int(np.isfinite(own["proof"]).sum()),
            "good": int(np.isfinite(own["good"]).sum()),
            "sgm_time": shifted_geometric_mean(ended, shift),
            **{
                f"par{k}": float(
                    penalised(own["proof"], own["limit"], k).mean(skipna=False)
                )
                for k in PENALTIES
            },
            "sgm_all": shifted_geometric_mean(common_times, shift),
            "gap": float(own["gap"].mean()),
            "integral": float(own["integral"].mean()) if same_limits else float("nan"),
        }
    return pd.DataFrame(
        list(rows.values()), index=list(rows), columns=list(SUMMARY_COLUMNS)
    )


def _proven_by_all(runs: pd.DataFrame) -> set[str]:
    labels = set(runs["label"])
    proven = runs.assign(done=np.isfinite(runs["proof"]))
    by_instance = proven.groupby(["sha256", "label"])["done"].all().groupby(level=0)
    return {
        str(sha256)
        for sha256, done in by_instance
        if done.all() and set(done.index.get_level_values(1)) == labels
    }
