"""Two studies side by side: what changed between versions, machines or settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from optkit.bench.consistency import Ledger
from optkit.bench.record import Outcome, Record
from optkit.bench.statistics.comparisons import pairs
from optkit.bench.study import Study
from optkit.core.consistency import agree
from optkit.core.display.tables import Cell, Column, Table

NOISE = 0.05
"""Seconds that a time may differ by before it counts as a change."""


@dataclass(frozen=True)
class Pair:
    """The same run in both studies: only the solver's version may differ."""

    before: Record
    after: Record


@dataclass(frozen=True)
class Comparison:
    """What two studies have in common, and what changed.

    Parameters
    ----------
    pairs
        Runs that are in both.
    only_before, only_after
        How many are in one.
    contradictions
        Claims of one study that exclude claims of the other, or of its own.
    """

    pairs: list[Pair]
    only_before: int
    only_after: int
    contradictions: tuple[str, ...] = ()

    @property
    def lost(self) -> list[Pair]:
        """Runs that gave an answer before and give none, or a worse one, now."""
        return [pair for pair in self.pairs if _worse(pair.before, pair.after)]

    @property
    def won(self) -> list[Pair]:
        """Runs that give an answer now where there was none, or a better one."""
        return [pair for pair in self.pairs if _worse(pair.after, pair.before)]


def compare(before: Study, after: Study) -> Comparison:
    """Match the runs of two studies: same instance, solver, options, seed and limits."""
    one = {_identity(record): record for record in before.records()}
    other = {_identity(record): record for record in after.records()}
    both = [Pair(one[name], other[name]) for name in one if name in other]
    said = Ledger().contradictions([*one.values(), *other.values()])
    return Comparison(both, len(one) - len(both), len(other) - len(both), tuple(said))


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


def _worse(one: Record, than: Record) -> bool:
    """Say whether ``than`` is worse than ``one`` in what it found or proved."""
    if one.answered != than.answered:
        return one.answered
    if not one.answered:  # whatever they found, it did not stand
        return False
    if one.solved != than.solved:
        return one.solved
    if one.objective is None or than.objective is None:
        return False
    return than.objective > one.objective and not agree(one.objective, than.objective)


def overview(comparison: Comparison) -> Table:
    """Return a row a solver: better, worse, and the median ratio of its times.

    The ratio is of runs that gave an answer in both studies; its interval and the p of
    Wilcoxon's test are of instances, after averaging over seeds.
    """
    rows: list[tuple[Cell, ...]] = []
    ordered = sorted(comparison.pairs, key=_label)
    for (family, label), members in groupby(ordered, key=_label):
        mine = list(members)
        part = Comparison(mine, 0, 0)
        tested = pairs(_times(mine))
        rows.append(
            (
                family,
                label,
                len(mine),
                len(part.won),
                len(part.lost),
                *(_only(tested[name]) for name in ("ratio", "low", "high", "p")),
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


def _label(pair: Pair) -> tuple[str, str]:
    return pair.after.instance.family, pair.after.solver.label


def _times(members: list[Pair]) -> pd.DataFrame:
    """Return instances × (after, before): mean wall time of runs with an answer in both."""
    rows = [
        {
            "sha256": pair.after.instance.sha256,
            "after": max(NOISE, pair.after.timing.wall),
            "before": max(NOISE, pair.before.timing.wall),
        }
        for pair in members
        if pair.before.answered and pair.after.answered
        if pair.before.timing.wall is not None and pair.after.timing.wall is not None
    ]
    frame = pd.DataFrame(rows, columns=["sha256", "after", "before"])
    return frame.groupby("sha256")[["after", "before"]].mean()


def _only(column: pd.Series) -> float | None:
    """Return the one value of a column; None where it says nothing."""
    (value,) = column.to_list()
    return float(value) if np.isfinite(value) else None


def changes(found: list[Pair], title: str) -> Table:
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
                _what(pair.before),
                pair.before.objective,
                _what(pair.after),
                pair.after.objective,
            )
            for pair in found
        ],
    )


def _what(record: Record) -> str:
    done = record.outcome is Outcome.DONE and record.status is not None
    return str(record.status if done else record.outcome)
