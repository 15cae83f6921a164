"""Gaps of mean objectives to a bound on means, where a family has one.

Such a bound, as dispatch's on every policy, is below the mean over what nobody knows in
advance. A single run may be lucky and cost less, so only means over instances are held
against it.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from optkit.bench.record import Record
from optkit.core.mean_gap import gap_of_means

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
        gap = gap_of_means(costs, bounds)
        table.append((label, len(mean), costs.mean(), bounds.mean(), *gap))
    return pd.DataFrame(table, columns=list(MEAN_GAP_COLUMNS))
