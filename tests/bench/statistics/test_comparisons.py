"""Tests between solvers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from optkit.bench.statistics.comparisons import friedman, p_matrix, pairs, ranks
from optkit.bench.statistics.runs import per_instance


@pytest.mark.slow
def test_pairs_are_made_by_instance_not_by_order() -> None:
    """Shuffled runs give the same test, which finds a real difference."""
    rng = np.random.default_rng(1)
    base = rng.lognormal(0, 2, 40)
    rows = [
        {"sha256": f"{i:02d}", "label": label, "x": value * factor}
        for i, value in enumerate(base)
        for label, factor in (("slow", rng.uniform(1.02, 1.1)), ("fast", 1.0))
    ]
    frame = pd.DataFrame(rows)
    original = pairs(per_instance(frame, "x"))
    shuffled = frame.sample(frac=1, random_state=3)
    after_shuffle = pairs(per_instance(shuffled, "x")[["slow", "fast"]])
    pd.testing.assert_frame_equal(original, after_shuffle)
    (row,) = original.itertuples()
    assert row.p_holm < 1e-6
    assert 1.02 < row.low <= row.ratio <= row.high < 1.1


def test_too_few_instances_are_not_tested() -> None:
    """Below ten instances there is a ratio but no p; infinite values are left out."""
    wide = pd.DataFrame({"a": [1.0, 2.0, math.inf], "b": [2.0, 4.0, 1.0]})
    (row,) = pairs(wide).itertuples()
    assert (row.instances, row.left_out) == (2, 1)
    assert row.ratio == pytest.approx(0.5)
    assert math.isnan(row.p)


def test_always_right_is_better_than_sometimes_wrong() -> None:
    """Zero gaps differ from positive ones, also if all positive gaps are equal."""
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
    compared = pairs(wide)
    smallest = compared["p"].idxmin()
    assert compared.loc[smallest, "p_holm"] == pytest.approx(
        min(1, 3 * compared.loc[smallest, "p"])
    )
    matrix = p_matrix(list("abc"), compared)
    assert (matrix.to_numpy() == matrix.to_numpy().T).all()


def test_ranks_and_friedman() -> None:
    """Ties share a rank, infinity ranks last, and a clear order is significant."""
    wide = pd.DataFrame(
        {"a": [1.0] * 12, "b": [1.0 + 1e-12] * 6 + [2.0] * 6, "c": [math.inf] * 12}
    )
    table = ranks(wide)
    assert list(table.iloc[0]) == [1.5, 1.5, 3.0]
    assert list(table.iloc[-1]) == [1.0, 2.0, 3.0]
    p = friedman(wide)
    assert p is not None
    assert p < 1e-3
    assert friedman(wide[["a", "b"]]) is None
    assert friedman(wide.assign(b=1.0, c=1.0)) is None
