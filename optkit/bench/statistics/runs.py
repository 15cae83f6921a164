"""The runs of a study as a table: times to a proof, gaps, primal integrals."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from optkit.bench.consistency import ReferenceValues
from optkit.bench.record import NOT_TRIED, Record
from optkit.bench.statistics.gaps import primal_gap, primal_integral, time_to

GOOD_GAP = 0.01
"""Largest primal gap of a solution that counts as good."""


COLUMNS = {
    "family": object,
    "sha256": object,
    "instance": object,
    "label": object,
    "seed": object,  # may exceed every machine integer
    "repetition": int,
    "limit": float,
    "failed": bool,
    "time": float,
    "proof": float,
    "good": float,
    "gap": float,
    "integral": float,
    "optimality_gap": float,
}
"""Columns of :func:`run_table` with their types."""


def run_table(records: Iterable[Record], references: ReferenceValues) -> pd.DataFrame:
    """Return one row per run that was tried.

    Parameters
    ----------
    records
        The runs. Runs that never started (solver not available, or not for this instance)
        are left out; :func:`excluded` lists them.
    references
        Best objectives of these runs and of the best-known files.

    Returns
    -------
    pandas.DataFrame
        ``family``, ``sha256``, ``instance``, ``label``, ``seed``, ``repetition``,
        ``limit`` (s, infinite without one), ``failed``, ``time`` (wall s), ``proof`` (s to
        the end of a run that proved its answer, else infinite), ``good`` (s to a verified
        solution within 1 % of the best known, else infinite), ``gap`` (primal gap at the
        end; 1 for a failure), ``integral`` (primal integral over the limit, s; NaN without
        limit or reference), ``optimality_gap`` (objective against the run's own bound).
    """
    rows = []
    for record in records:
        if record.outcome in NOT_TRIED:
            continue
        variant = record.solver.variant
        best = references.objective(record.instance.sha256, variant)
        limit = float(record.limits.get("time", math.inf))
        wall = record.timing.wall
        # A run whose solution failed the check counts as one without solutions.
        points = record.trajectory if record.answered else ()
        rows.append(
            {
                "family": record.instance.family,
                "sha256": record.instance.sha256,
                "instance": record.instance.name,
                "label": record.solver.label,
                "seed": record.solver.seed,
                "repetition": record.repetition,
                "limit": limit,
                "failed": not record.answered,
                "time": math.nan if wall is None else wall,
                "proof": wall if record.solved and wall is not None else math.inf,
                "good": math.inf if best is None else time_to(points, best, GOOD_GAP),
                "gap": _end_gap(record, best),
                "integral": math.nan
                if best is None or math.isinf(limit)
                else primal_integral(points, best, limit),
                "optimality_gap": math.nan if record.gap is None else record.gap,
            }
        )
    # With explicit types, so that a table without rows works like any other.
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _end_gap(record: Record, best: float | None) -> float:
    if best is None:  # no run has a solution, so there is nothing to compare with
        return 0.0 if record.solved else math.nan
    return primal_gap(record.objective if record.answered else None, best)


def excluded(records: Iterable[Record]) -> pd.DataFrame:
    """Return the runs that never started: ``family, instance, label, outcome, detail``."""
    return pd.DataFrame(
        [
            (
                record.instance.family,
                record.instance.name,
                record.solver.label,
                record.outcome.value,
                record.detail,
            )
            for record in records
            if record.outcome in NOT_TRIED
        ],
        columns=["family", "instance", "label", "outcome", "detail"],
    )


def compared_by(runs: pd.DataFrame) -> str:
    """Return the column that solvers are ranked and tested by: ``integral`` or ``gap``.

    Primal integrals are comparable only if every run had the same time limit.

    Parameters
    ----------
    runs
        From :func:`run_table`, of one family.
    """
    limits = runs["limit"].unique()
    return "integral" if len(limits) == 1 and math.isfinite(limits[0]) else "gap"


def per_instance(runs: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return instances × solvers, each cell the mean over seeds and repetitions.

    Tests compare these means, because runs of one instance with different seeds are not
    independent observations. A mean with an infinite member is infinite.

    Parameters
    ----------
    runs
        From :func:`run_table`, of one family.
    column
        The column to compare.

    Returns
    -------
    pandas.DataFrame
        Indexed by sha256, one column per label; NaN where a solver has no run.
    """
    wide: pd.DataFrame = runs.pivot_table(
        index="sha256", columns="label", values=column, aggfunc="mean", dropna=False
    )
    order = list(dict.fromkeys(runs["label"]))
    return wide.reindex(columns=order)
