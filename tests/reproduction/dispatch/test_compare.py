"""Comparisons of policies."""

from __future__ import annotations

from optkit.reproduction.dispatch.compare import change, extremes, signed
from tests.reproduction.dispatch.cases import costs, made_up_study


def test_changes_are_paired() -> None:
    """A small difference is certain between policies that vary equally by path."""
    study = made_up_study([1.0, 2.0], costs(mdp=9.8))
    found = change(study.data, "cost", 1.0, "mdp", "selfish")
    assert found.low < 9.8 / 10.0 - 1.0 + 1e-3 < found.high + 2e-3
    assert found.high < 0.0
    assert signed(found).startswith("−2.0 % (−2.")
    words = extremes([2.0, 1.0], [found, found], lambda place: f"at {place:g}")
    assert words.count("−2.0 %") == 2
