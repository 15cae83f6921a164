"""Gaps of mean objectives to a bound on means."""

from __future__ import annotations

import math

import pytest

from optkit.bench.record import Record
from optkit.bench.statistics.mean_gaps import mean_gaps
from tests.bench.records import record

METRIC = "policy_bound"


def run(
    key: str, path: str, objective: float | None, bound: float | None, label: str = "p"
) -> Record:
    """Return a run on a sample path, with its objective and its bound on means."""
    return record(
        key,
        sha256=path * 64,
        label=label,
        seed=int(key),
        status="no-solution" if objective is None else "feasible",
        objective=objective,
        bound=None,
        metrics={} if bound is None else {METRIC: bound},
    )


def test_means_are_held_against_means() -> None:
    """A path that is cheaper than its bound is no contradiction; only means count."""
    gaps = mean_gaps(
        [
            run("1", "a", 9.0, 10.0),
            run("2", "b", 20.0, 12.0),
            run("3", "b", 22.0, 11.0),  # the same path again: one observation
            run("4", "a", 5.0, None, "knows the future"),
            run("5", "b", None, 12.0),
        ],
        METRIC,
    )
    (row,) = gaps.to_dict("records")
    assert row["label"] == "p"
    assert row["instances"] == 2
    assert row["mean"] == pytest.approx(15.0)
    assert row["bound"] == pytest.approx(11.0)
    assert row["gap"] == pytest.approx(4.0 / 15.0)
    assert row["low"] < row["gap"] < row["high"]


def test_a_single_instance_has_no_gap() -> None:
    """One path says nothing about a mean."""
    (row,) = mean_gaps([run("1", "a", 9.0, 10.0)], METRIC).to_dict("records")
    assert math.isnan(row["gap"])
    assert mean_gaps([], METRIC).empty
