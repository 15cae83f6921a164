"""Scores."""

from __future__ import annotations

import pytest

from optkit.search import (
    Score,
)


def test_scores_order_by_violation_then_value() -> None:
    """Less violation comes first, then less value; rounding is no improvement."""
    assert Score(0.0, 5.0).better_than(Score(1.0, 1.0))
    assert Score(1.0, 9.0).better_than(Score(2.0, 1.0))
    assert Score(0.0, 1.0).better_than(Score(0.0, 2.0))
    assert not Score(0.0, 1.0 - 1e-14).better_than(Score(0.0, 1.0))
    assert Score(0.0, 1e-14).better_than(Score(0.0, 2e-14))
    assert Score(0.0, 1.0).better_than(Score(0.0, float("inf")))
    for violation, value in ((-1.0, 0.0), (float("nan"), 0.0), (0.0, float("nan"))):
        with pytest.raises(ValueError, match="violation"):
            Score(violation, value)
