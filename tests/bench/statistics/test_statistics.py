"""Statistics: what libraries compute is what the definitions say."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from optkit.bench.consistency import Ledger
from optkit.bench.report.plots import slowness
from optkit.bench.statistics.aggregates import (
    penalised,
    shifted_geometric_mean,
    summary,
)
from optkit.bench.statistics.comparisons import friedman, p_matrix, pairs, ranks
from optkit.bench.statistics.gaps import primal_gap, primal_integral, time_to
from optkit.bench.statistics.runs import (
    compared_by,
    excluded,
    per_instance,
    run_table,
)
from tests.bench.records import record


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
    unlimited = penalised(times, pd.Series([math.inf] * 2), 10)
    assert unlimited[0] == 1.0
    assert math.isnan(unlimited[1]), "what a failure costs without a limit is unknown"


def _table(*records: object) -> pd.DataFrame:
    ledger = Ledger()
    for one in records:
        ledger.enter(one)  # type: ignore[arg-type]
    return run_table(records, ledger)  # type: ignore[arg-type]


def test_par_is_a_plain_mean() -> None:
    """PAR-k is an average; who fails without a limit has none, however quickly."""
    lost = {"status": "no-solution", "objective": None, "bound": None, "verified": None}
    runs = _table(
        record("1", timing={"wall": 1.0}),
        record("2", seed=1, timing={"wall": 10.0}, **lost),
    )
    assert summary(runs).loc["s", "par2"] == pytest.approx((1 + 2 * 10) / 2)
    endless = _table(
        record("1", timing={"wall": 1.0}, limits={}),
        record("2", seed=1, timing={"wall": 0.1}, limits={}, **lost),
    )
    assert math.isnan(summary(endless).loc["s", "par10"])


def test_two_proofs_of_one_optimum_tie() -> None:
    """Objectives that differ in their last digits have no gap, and share a rank."""
    rough = {"bound": 1.0, "objective": 1.0 + 1e-9}
    runs = _table(record("1", label="a"), record("2", label="b", **rough))
    assert list(runs["gap"]) == [0.0, 0.0]
    assert list(ranks(per_instance(runs, "gap")).iloc[0]) == [1.5, 1.5]
    assert primal_gap(-1e-200, 1e-200) == 1.0, "signs differ, though the product is 0"


def test_integrals_of_other_limits_are_not_compared() -> None:
    """A solver with a shorter limit of its own has a smaller integral for nothing."""
    runs = _table(record("1", label="a"), record("2", label="b", limits={"time": 1.0}))
    assert compared_by(runs) == "gap"
    assert summary(runs)["integral"].isna().all()
    assert compared_by(runs[:1]) == "integral"
    assert compared_by(_table(record("1", limits={}))) == "gap"


def test_profiles_compare_by_instance() -> None:
    """Runs with other seeds or repetitions than the others' are no failures."""
    runs = _table(
        *(
            record(f"e{k}", label="exact", repetition=k, timing={"wall": 2.0 + k})
            for k in range(2)
        ),
        *(
            record(f"g{s}", label="ga", seed=s, timing={"wall": 4.0 * s})
            for s in (1, 2, 3)
        ),
        record("x", label="ga", seed=4, outcome="crash", status=None, objective=None),
    )
    found = slowness(runs, "proof")
    assert list(found) == [1.0, 1.5, 2.0, 4.0, 6.0, math.inf]


def test_nothing_has_no_figures() -> None:
    """Of no runs, and of no common instance, there is no ratio and no error."""
    assert summary(_table(record(outcome="unsupported"))).empty
    apart = pd.DataFrame({"a": [1.0, math.nan], "b": [math.nan, 1.0]})
    (row,) = pairs(apart).itertuples()
    assert row.instances == 0
    assert math.isnan(row.ratio)


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


def test_never_off_is_better_than_sometimes_off() -> None:
    """Zeros are told from gaps, also where all gaps are alike."""
    wide = pd.DataFrame({"a": [0.0] * 16, "b": [0.0] * 8 + [0.1] * 8})
    (row,) = pairs(wide).itertuples()
    assert row.p < 0.05
    assert row.low < 1.0
    (row,) = pairs(wide.assign(b=0.0)).itertuples()
    assert row.ratio == 1.0
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
