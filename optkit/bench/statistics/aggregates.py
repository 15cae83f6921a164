"""One figure a solver: means that survive large and small times, penalties, counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

SHIFT = 1.0
"""Seconds of the shift in shifted geometric means; printed wherever one is."""

PENALTIES = (2, 10)
"""The k of PAR-k."""

Floats = npt.NDArray[np.float64]


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

    A failure without a limit counts as the factor times the longest time of all.

    Parameters
    ----------
    times
        Seconds, infinite where the run failed.
    limits
        Seconds, infinite where there was none.
    factor
        The k.
    """
    finite = times[np.isfinite(times)]
    longest = float(finite.max()) if len(finite) else 0.0
    cost = factor * limits.where(np.isfinite(limits), longest)
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
        ``par10`` (shifted geometric means of the time to a proof), ``sgm_all`` (of the
        time to a proof over the instances that every solver proved in every run; NaN if
        there are none), ``gap`` (mean primal gap), ``integral`` (mean primal integral, s).
    """
    common = _proven_by_all(runs)
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
                f"par{k}": shifted_geometric_mean(
                    penalised(mine["proof"], mine["limit"], k).to_numpy(), shift
                )
                for k in PENALTIES
            },
            "sgm_all": shifted_geometric_mean(both, shift),
            "gap": float(mine["gap"].mean()),
            "integral": float(mine["integral"].mean()),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _proven_by_all(runs: pd.DataFrame) -> set[str]:
    labels = set(runs["label"])
    proven = runs.assign(done=np.isfinite(runs["proof"]))
    every = proven.groupby(["sha256", "label"])["done"].all().groupby(level=0)
    return {
        str(sha256)
        for sha256, done in every
        if done.all() and set(done.index.get_level_values(1)) == labels
    }
