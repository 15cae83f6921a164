"""Compare two studies: what changed between versions, machines or settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from optkit.bench.consistency import ReferenceValues
from optkit.bench.record import Outcome, Record
from optkit.bench.statistics.comparisons import pairs
from optkit.bench.study import Study
from optkit.core.consistency import agree
from optkit.core.display.tables import Cell, Column, Table

SHORTEST_TIME = 0.05
"""Seconds that a shorter time counts as, so that noise of the clock is no change."""


@dataclass(frozen=True)
class RunPair:
    """The same run in both studies; only the solver's version may differ."""

    before: Record
    after: Record


@dataclass(frozen=True)
class Comparison:
    """The common runs of two studies, and what changed in them.

    Parameters
    ----------
    pairs
        The runs that are in both.
    only_before, only_after
        How many runs are in one study only.
    contradictions
        Objectives and bounds, of either study, that cannot all be true.
    """

    pairs: list[RunPair]
    only_before: int
    only_after: int
    contradictions: tuple[str, ...] = ()

    @property
    def worse(self) -> list[RunPair]:
        """Runs that had an answer before and have none, or a worse one, now."""
        return [pair for pair in self.pairs if _is_better(pair.before, pair.after)]

    @property
    def better(self) -> list[RunPair]:
        """Runs that have an answer now where there was none, or a worse one, before."""
        return [pair for pair in self.pairs if _is_better(pair.after, pair.before)]


def compare(before: Study, after: Study) -> Comparison:
    """Match the runs of two studies: same instance, solver, options, seed and limits."""
    old = {_identity(record): record for record in before.records()}
    new = {_identity(record): record for record in after.records()}
    common = [RunPair(old[name], new[name]) for name in old if name in new]
    contradictions = ReferenceValues().add_runs([*old.values(), *new.values()])
    return Comparison(
        common, len(old) - len(common), len(new) - len(common), tuple(contradictions)
    )


def _identity(record: Record) -> str:
    return json.dumps(
        [
            record.instance.sha256,
            record.solver.name,
            record.solver.label,
            record.solver.options,
            record.solver.seed,
            record.limits,
            record.repetition,
        ],
        sort_keys=True,
    )


def _is_better(run: Record, than: Record) -> bool:
    """Return whether a run has a better answer or proof than another."""
    if run.answered != than.answered:
        return run.answered
    if not run.answered:  # neither has an answer that passed its check
        return False
    if run.solved != than.solved:
        return run.solved
    if run.objective is None or than.objective is None:
        return False
    return than.objective > run.objective and not agree(run.objective, than.objective)


def overview(comparison: Comparison) -> Table:
    """Return one row per solver: better, worse, and the median ratio of its times.

    The ratio covers the runs that have an answer in both studies. Its interval, and the p
    of Wilcoxon's test, are over instances, after averaging over seeds.
    """
    rows: list[tuple[Cell, ...]] = []
    ordered = sorted(comparison.pairs, key=_label)
    for (family, label), members in groupby(ordered, key=_label):
        solver_pairs = list(members)
        part = Comparison(solver_pairs, 0, 0)
        tested = pairs(_times(solver_pairs))
        rows.append(
            (
                family,
                label,
                len(solver_pairs),
                len(part.better),
                len(part.worse),
                *(
                    _single_value(tested[name])
                    for name in ("ratio", "low", "high", "p")
                ),
            )
        )
    return Table(
        "After against before",
        (
            Column("family"),
            Column("solver"),
            Column("runs", align="right"),
            Column("better", align="right"),
            Column("worse", align="right"),
            Column("time ratio", align="right"),
            Column("low", align="right"),
            Column("high", align="right"),
            Column("p", align="right"),
        ),
        rows,
    )


def _label(pair: RunPair) -> tuple[str, str]:
    return pair.after.instance.family, pair.after.solver.label


def _times(members: list[RunPair]) -> pd.DataFrame:
    """Return instances × (after, before): mean wall time of runs with an answer in both."""
    rows = [
        {
            "sha256": pair.after.instance.sha256,
            "after": max(SHORTEST_TIME, pair.after.timing.wall),
            "before": max(SHORTEST_TIME, pair.before.timing.wall),
        }
        for pair in members
        if pair.before.answered and pair.after.answered
        if pair.before.timing.wall is not None and pair.after.timing.wall is not None
    ]
    frame = pd.DataFrame(rows, columns=["sha256", "after", "before"])
    return frame.groupby("sha256")[["after", "before"]].mean()


def _single_value(column: pd.Series) -> float | None:
    """Return the only value of a column; None if it is not finite."""
    (value,) = column.to_list()
    return float(value) if np.isfinite(value) else None


def changed_runs(changed: list[RunPair], title: str) -> Table:
    """Return the runs whose answers changed, as a table."""
    return Table(
        title,
        (
            Column("instance"),
            Column("solver"),
            Column("seed", align="right"),
            Column("before"),
            Column("objective", align="right"),
            Column("after"),
            Column("objective", align="right"),
        ),
        [
            (
                pair.before.instance.name,
                pair.before.solver.label,
                pair.before.solver.seed,
                _status_or_outcome(pair.before),
                pair.before.objective,
                _status_or_outcome(pair.after),
                pair.after.objective,
            )
            for pair in changed
        ],
    )


def _status_or_outcome(record: Record) -> str:
    done = record.outcome is Outcome.DONE and record.status is not None
    return str(record.status if done else record.outcome)
