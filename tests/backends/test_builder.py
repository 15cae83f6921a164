"""Tests of putting models together row by row."""

from __future__ import annotations

import numpy as np

from optkit.backends import Termination, solve_model
from optkit.backends.builder import ModelBuilder


def test_rows_columns_and_repeated_entries() -> None:
    """Costs, bounds and sides end up where they belong; repeated entries add up."""
    builder = ModelBuilder("built", offset=2.0)
    x = builder.add_columns([1.0, -1.0], upper=3.0, integer=True)
    (y,) = builder.add_columns([0.5], lower=-1.0, integer=False)
    builder.add_row([x[0], x[0], y], [1.0, 1.0, 0.0], upper=4.0)
    builder.add_rows(np.array([[x[0], y], [x[1], y]]), [1.0, -1.0], lower=0.0)
    model = builder.model()
    assert model.matrix.toarray().tolist() == [[2, 0, 0], [1, 0, -1], [0, 1, -1]]
    assert model.row_lower.tolist() == [-np.inf, 0, 0]
    assert model.row_upper.tolist() == [4, np.inf, np.inf]
    assert model.column_lower.tolist() == [0, 0, -1]
    assert model.column_upper.tolist() == [3, 3, 1]
    # x = (0, 3) and y = -1: 0 - 3 - 0.5 + 2.
    assert solve_model(model, load=False).objective == -1.5


def test_a_column_without_values_is_named() -> None:
    """A column whose bounds have crossed makes the model infeasible, and is named."""
    builder = ModelBuilder("crossed")
    builder.add_columns([1.0], lower=2.0, upper=1.0, integer=False)
    result = solve_model(builder.model(), load=False)
    assert result.termination is Termination.INFEASIBLE
    assert "column 0" in result.detail
