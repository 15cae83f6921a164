"""The table of runs, and what is compared in it."""

from __future__ import annotations

from optkit.bench.statistics.aggregates import summary
from optkit.bench.statistics.comparisons import ranks
from optkit.bench.statistics.gaps import primal_gap
from optkit.bench.statistics.runs import compared_by, per_instance
from tests.bench.records import record, run_table_of


def test_two_proofs_of_one_optimum_tie() -> None:
    """Objectives that differ in their last digits have no gap, and share a rank."""
    rough = {"bound": 1.0, "objective": 1.0 + 1e-9}
    runs = run_table_of(record("1", label="a"), record("2", label="b", **rough))
    assert list(runs["gap"]) == [0.0, 0.0]
    assert list(ranks(per_instance(runs, "gap")).iloc[0]) == [1.5, 1.5]
    assert primal_gap(-1e-200, 1e-200) == 1.0, "signs differ, though the product is 0"


def test_integrals_of_other_limits_are_not_compared() -> None:
    """A solver with a shorter limit would have a smaller integral without merit."""
    runs = run_table_of(
        record("1", label="a"), record("2", label="b", limits={"time": 1.0})
    )
    assert compared_by(runs) == "gap"
    assert summary(runs)["integral"].isna().all()
    assert compared_by(runs[:1]) == "integral"
    assert compared_by(run_table_of(record("1", limits={}))) == "gap"
