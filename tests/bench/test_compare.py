"""Comparison of two studies: changes of answers, and ratios of times."""

from __future__ import annotations

from typing import Any

import pytest

from optkit.bench.compare import Comparison, RunPair, changed_runs, overview
from tests.bench.records import record


@pytest.mark.parametrize(
    ("change", "worse", "better"),
    [
        ({}, 0, 0),
        ({"objective": 1.0 + 1e-9, "bound": 1.0}, 0, 0),
        ({"objective": 1.5, "bound": None, "status": "feasible"}, 1, 0),
        ({"outcome": "crash", "status": None, "objective": None, "bound": None}, 1, 0),
    ],
)
def test_worse_and_better_answers(
    change: dict[str, Any], worse: int, better: int
) -> None:
    """A crash, a lost proof and a worse objective are worse; rounding is not."""
    forth = Comparison([RunPair(record(), record(**change))], 0, 0)
    assert (len(forth.worse), len(forth.better)) == (worse, better)
    back = Comparison([RunPair(record(**change), record())], 0, 0)
    assert (len(back.worse), len(back.better)) == (better, worse)


def test_unverified_objectives_are_not_compared() -> None:
    """Runs that failed their check are neither better nor worse than each other."""
    failed = {"outcome": "failed-check", "status": "no-solution", "verified": False}
    pair = RunPair(record(**failed, objective=2.0), record(**failed))
    comparison = Comparison([pair], 0, 0)
    assert (comparison.worse, comparison.better) == ([], [])
    missing = {"status": "no-solution", "objective": None, "verified": None}
    lost = [RunPair(record(), record(**missing))]
    assert changed_runs(lost, "Worse").rows[0][5] == "no-solution"


def test_without_common_answers_there_is_no_ratio() -> None:
    """A run that crashed has no time, so there is no ratio."""
    crashed = record(outcome="crash", status=None, objective=None, bound=None)
    (row,) = overview(Comparison([RunPair(record(), crashed)], 0, 0)).rows
    assert row[5] is None


@pytest.mark.slow
def test_times_are_compared_by_instance() -> None:
    """The ratio is after over before, of means over seeds, over instances."""
    pairs = [
        RunPair(
            record(sha256=f"{i:064x}", seed=seed, timing={"wall": 1.0 + i}),
            record(sha256=f"{i:064x}", seed=seed, timing={"wall": 2.0 + 2 * i}),
        )
        for i in range(12)
        for seed in range(2)
    ]
    (row,) = overview(Comparison(pairs, 0, 0)).rows
    assert row[:5] == ("allocation", "s", 24, 0, 0)
    assert row[5] == pytest.approx(2.0)
    assert isinstance(row[8], float)
    assert row[8] < 0.01
