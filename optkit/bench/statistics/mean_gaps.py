"""Gaps of mean objectives to a bound on means, where a family has one.

Such a bound, as dispatch's on every policy, is below the mean over what nobody knows in
advance. A single run may be lucky and cost less, so only means over instances are held
against it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import stats

from optkit.bench.record import Record
from optkit.core.arrays import Floats

LEVEL = 0.95
"""Coverage of the intervals."""

MEAN_GAP_COLUMNS = ("label", "instances", "mean", "bound", "gap", "low", "high")
"""Columns of :func:`mean_gaps`."""


def mean_gaps(records: Iterable[Record], metric: str) -> pd.DataFrame:
    """Return one row per solver: its mean objective, the mean bound, and the gap.

    A run counts if it has an answer and its metrics have the bound, which says that the
    bound holds for this solver. Runs on one instance are averaged first. All runs on an
    instance are held against its largest bound.

    Parameters
    ----------
    records
        The runs of one family.
    metric
        Name of the bound among the metrics.

    Returns
    -------
    pandas.DataFrame
        ``label``, ``instances``, ``mean`` and ``bound`` (means over the instances), ``gap``
        (of the two means, relative to the objective's), ``low``, ``high`` (its 95 %
        interval from paired differences; NaN where it cannot be computed). ``gap`` is NaN
        with one instance.
    """
    rows = [
        (
            record.instance.sha256,
            record.solver.label,
            record.objective,
            record.metrics[metric],
        )
        for record in records
        if record.answered
        and record.objective is not None
        and isinstance(record.metrics.get(metric), (int, float))
    ]
    runs = pd.DataFrame(rows, columns=["sha256", "label", "objective", "bound"])
    best = runs.groupby("sha256")["bound"].max()
    table = []
    for label, own in runs.groupby("label", sort=False):
        mean = own.groupby("sha256")["objective"].mean()
        costs, bounds = mean.to_numpy(dtype=float), best[mean.index].to_numpy(float)
        table.append(
            (
                label,
                len(mean),
                costs.mean(),
                bounds.mean(),
                *gap_of_means(costs, bounds),
            )
        )
    return pd.DataFrame(table, columns=list(MEAN_GAP_COLUMNS))


def gap_of_means(costs: Floats, bounds: Floats) -> tuple[float, float, float]:
    """Return (mean cost − mean bound) / |mean cost| with its 95 % interval.

    The interval is Student's, from the differences of the pairs; as the gap is a quotient
    of means, each difference is taken less the gap times its cost (Cochran, *Sampling
    Techniques*, 1977, section 2.11).

    Parameters
    ----------
    costs, bounds
        (n,): paired by instance.
    """
    scale, count = abs(costs.mean()), len(costs)
    if count < 2 or not scale > 0.0:
        return (np.nan,) * 3
    differences = costs - bounds
    gap = float(differences.mean() / scale)
    spread = np.std(differences - gap * np.sign(costs.mean()) * costs, ddof=1)
    half = stats.t.ppf(0.5 + LEVEL / 2, count - 1) * spread / np.sqrt(count) / scale
    return gap, gap - float(half), gap + float(half)
