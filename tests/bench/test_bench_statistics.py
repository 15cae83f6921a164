"""Statistics: what libraries compute is what the definitions say."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from bench_records import record

from optkit.bench.ledger import Ledger
from optkit.bench.statistics.aggregates import (
    penalised,
    shifted_geometric_mean,
    summary,
)
from optkit.bench.statistics.comparisons import friedman, p_matrix, pairs, ranks
from optkit.bench.statistics.gaps import primal_gap, primal_integral, time_to
from optkit.bench.statistics.runs import excluded, per_instance, run_table


@pytest.mark.parametrize(
    ("objective", "best", "gap"),
    [(None, 1.0, 1.0), (2.0, 1.0, 0.5), (1.0, 1.0, 0.0), (-1.0, 1.0, 1.0), (0, 0, 0)],
)
def test_primal_gap(objective: float | None, best: float, gap: float) -> None:
    """The gap is Berthold's, at its corners too."""
    assert primal_gap(objective, best) == gap


def test_primal_integral_by_hand() -> None:
    """A run of three steps has the area that a pencil finds."""
    trajectory = [(1.0, 4.0, None), (3.0, 2.0, None), (9.0, 1.0, 1.0)]
    # gap 1 for 1 s, 3/4 for 2 s, 1/2 for 6 s, 0 for 1 s
    assert primal_integral(trajectory, 1.0, 10.0) == pytest.approx(1 + 1.5 + 3)
    assert primal_integral([], 1.0, 10.0) == 10.0
    assert time_to(trajectory, 1.0, 0.5) == 3.0
    assert math.isinf(time_to(trajectory[:2], 1.0, 0.1))


def test_shifted_geometric_mean_and_penalties() -> None:
    """The mean is that of the shifted values, and failures cost their limit k times."""
    assert shifted_geometric_mean(np.array([0.0, 3.0]), 1.0) == pytest.approx(1.0)
    assert math.isnan(shifted_geometric_mean(np.array([])))
    times, limits = pd.Series([1.0, math.inf]), pd.Series([10.0, 10.0])
    assert list(penalised(times, limits, 10)) == [1.0, 100.0]
    assert list(penalised(times, pd.Series([math.inf] * 2), 10)) == [1.0, 10.0]


def _study() -> list[object]:
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
    """A crash counts as the worst; what never began is listed apart."""
    records = _study()
    ledger = Ledger()
    for one in records:
        assert ledger.enter(one) is None  # type: ignore[arg-type]
    runs = run_table(records, ledger)  # type: ignore[arg-type]
    assert list(runs["label"]) == ["exact", "exact", "rough", "rough"]
    assert len(excluded(records)) == 1  # type: ignore[arg-type]
    rough = runs[runs["label"] == "rough"]
    assert list(rough["gap"]) == [0.5, 1.0]
    assert np.isinf(rough["proof"]).all()
    assert list(rough["integral"]) == [pytest.approx(5 + 2.5), 10.0]
    found = summary(runs)
    assert list(found.index) == ["exact", "rough"]
    assert found.loc["exact", "proven"] == 2
    assert found.loc["rough", "failed"] == 1
    assert found.loc["exact", "par10"] == pytest.approx(2.0)
    assert found.loc["rough", "par10"] == pytest.approx(100.0)
    assert math.isnan(found.loc["exact", "sgm_all"]), "no instance was proven by both"


def test_pairs_are_made_by_instance_not_by_order() -> None:
    """Shuffled runs give the same test, and it sees a difference that is there."""
    rng = np.random.default_rng(1)
    base = rng.lognormal(0, 2, 40)
    rows = [
        {"sha256": f"{i:02d}", "label": label, "x": value * factor}
        for i, value in enumerate(base)
        for label, factor in (("slow", rng.uniform(1.02, 1.1)), ("fast", 1.0))
    ]
    frame = pd.DataFrame(rows)
    once = pairs(per_instance(frame, "x"))
    shuffled = frame.sample(frac=1, random_state=3)
    again = pairs(per_instance(shuffled, "x")[["slow", "fast"]])
    pd.testing.assert_frame_equal(once, again)
    (row,) = once.itertuples()
    assert row.p_holm < 1e-6
    assert 1.02 < row.low <= row.ratio <= row.high < 1.1


def test_too_few_instances_are_not_tested() -> None:
    """Below ten instances there is a ratio and no p; infinite values are left out."""
    wide = pd.DataFrame({"a": [1.0, 2.0, math.inf], "b": [2.0, 4.0, 1.0]})
    (row,) = pairs(wide).itertuples()
    assert (row.instances, row.left_out) == (2, 1)
    assert row.ratio == pytest.approx(0.5)
    assert math.isnan(row.p)


def test_holm_corrects_for_the_number_of_pairs() -> None:
    """With three pairs the smallest p is multiplied by three."""
    rng = np.random.default_rng(2)
    wide = pd.DataFrame(rng.lognormal(size=(30, 3)), columns=list("abc"))
    found = pairs(wide)
    least = found["p"].idxmin()
    assert found.loc[least, "p_holm"] == pytest.approx(
        min(1, 3 * found.loc[least, "p"])
    )
    matrix = p_matrix(list("abc"), found)
    assert (matrix.to_numpy() == matrix.to_numpy().T).all()


def test_ranks_and_friedman() -> None:
    """Ties share a rank, infinity is last, and a clear order is significant."""
    wide = pd.DataFrame(
        {"a": [1.0] * 12, "b": [1.0 + 1e-12] * 6 + [2.0] * 6, "c": [math.inf] * 12}
    )
    found = ranks(wide)
    assert list(found.iloc[0]) == [1.5, 1.5, 3.0]
    assert list(found.iloc[-1]) == [1.0, 2.0, 3.0]
    p = friedman(wide)
    assert p is not None
    assert p < 1e-3
    assert friedman(wide[["a", "b"]]) is None
    assert friedman(wide.assign(b=1.0, c=1.0)) is None
