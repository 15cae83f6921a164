"""Means, penalised averages and the summary of a family."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from optkit.bench.consistency import ReferenceValues
from optkit.bench.record import Record
from optkit.bench.statistics.aggregates import (
    penalised,
    shifted_geometric_mean,
    summary,
)
from optkit.bench.statistics.comparisons import pairs
from optkit.bench.statistics.runs import excluded, run_table
from tests.bench.records import record, run_table_of


def test_shifted_geometric_mean_and_penalties() -> None:
    """The mean is that of the shifted values; a failure costs k times its limit."""
    assert shifted_geometric_mean(np.array([0.0, 3.0]), 1.0) == pytest.approx(1.0)
    assert math.isnan(shifted_geometric_mean(np.array([])))
    times, limits = pd.Series([1.0, math.inf]), pd.Series([10.0, 10.0])
    assert list(penalised(times, limits, 10)) == [1.0, 100.0]
    unlimited = penalised(times, pd.Series([math.inf] * 2), 10)
    assert unlimited[0] == 1.0
    assert math.isnan(unlimited[1]), "the cost of a failure without a limit is unknown"


def test_par_is_a_plain_mean() -> None:
    """PAR-k is an arithmetic mean; a failure without a limit makes it unknown."""
    lost = {"status": "no-solution", "objective": None, "bound": None, "verified": None}
    runs = run_table_of(
        record("1", timing={"wall": 1.0}),
        record("2", seed=1, timing={"wall": 10.0}, **lost),
    )
    assert summary(runs).loc["s", "par2"] == pytest.approx((1 + 2 * 10) / 2)
    endless = run_table_of(
        record("1", timing={"wall": 1.0}, limits={}),
        record("2", seed=1, timing={"wall": 0.1}, limits={}, **lost),
    )
    assert math.isnan(summary(endless).loc["s", "par10"])


def test_statistics_of_no_runs() -> None:
    """Without runs or common instances there are no ratios, and no errors."""
    assert summary(run_table_of(record(outcome="unsupported"))).empty
    apart = pd.DataFrame({"a": [1.0, math.nan], "b": [math.nan, 1.0]})
    (row,) = pairs(apart).itertuples()
    assert row.instances == 0
    assert math.isnan(row.ratio)


def _study() -> list[Record]:
    done = {"timing": {"wall": 2.0}, "trajectory": [[1.0, 1.0, 1.0]]}
    worse = {
        "status": "feasible",
        "objective": 2.0,
        "bound": None,
        "timing": {"wall": 10.0},
        "trajectory": [[5.0, 2.0, None]],
    }
    crashed = {
        "outcome": "crash",
        "status": None,
        "objective": None,
        "bound": None,
        "verified": None,
    }
    shas = ["a" * 64, "b" * 64]
    return [
        record("1", label="exact", sha256=shas[0], **done),
        record("2", label="exact", sha256=shas[1], **done),
        record("3", label="rough", sha256=shas[0], **worse),
        record("4", label="rough", sha256=shas[1], **crashed),
        record("5", label="absent", sha256=shas[0], outcome="unsupported"),
    ]


def test_failures_are_rows_and_exclusions_are_not() -> None:
    """A crash counts as the worst result; runs that never started are listed apart."""
    records = _study()
    references = ReferenceValues()
    for run in records:
        assert references.add_run(run) is None
    runs = run_table(records, references)
    assert list(runs["label"]) == ["exact", "exact", "rough", "rough"]
    assert len(excluded(records)) == 1
    rough = runs[runs["label"] == "rough"]
    assert list(rough["gap"]) == [0.5, 1.0]
    assert np.isinf(rough["proof"]).all()
    assert list(rough["integral"]) == [pytest.approx(5 + 2.5), 10.0]
    table = summary(runs)
    assert list(table.index) == ["exact", "rough"]
    assert table.loc["exact", "proven"] == 2
    assert table.loc["rough", "failed"] == 1
    assert table.loc["exact", "par10"] == pytest.approx(2.0)
    assert table.loc["rough", "par10"] == pytest.approx(100.0)
    assert math.isnan(table.loc["exact", "sgm_all"]), "no instance was proven by both"
