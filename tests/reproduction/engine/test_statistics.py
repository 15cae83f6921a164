"""Intervals, and the verdicts that they lead to."""

from __future__ import annotations

import pytest

from optkit.reproduction.engine import (
    Verdict,
    combined,
)
from optkit.reproduction.engine.statistics import (
    Estimate,
    Share,
    change,
    judge_estimates,
    judge_shares,
    listing,
    mean,
    rank_correlation,
    rank_correlation_p,
    ratio,
)


def test_verdicts_combine() -> None:
    """A claim holds if all its parts do; parts that cannot be tested are ignored."""
    holds, fails, untested = Verdict.HOLDS, Verdict.FAILS, Verdict.UNTESTED
    assert combined([holds, holds, untested]) is holds
    assert combined([holds, fails]) is Verdict.IN_PART
    assert combined([fails, fails]) is fails
    assert combined([untested]) is untested


def test_verdicts_on_shares_and_estimates() -> None:
    """Shares and intervals become verdicts by the documented rules."""
    assert judge_shares([Share(19, 20), Share(20, 20)]) is Verdict.HOLDS
    assert judge_shares([Share(18, 20), Share(20, 20)]) is Verdict.IN_PART
    assert judge_shares([Share(9, 20), Share(0, 20)]) is Verdict.FAILS
    sure, likely, no = (
        Estimate(0.5, 0.4, 0.6),
        Estimate(0.9, 0.7, 1.1),
        Estimate(1.2, 0.9, 1.5),
    )
    assert judge_estimates([sure], "below", 1.0) is Verdict.HOLDS
    assert judge_estimates([sure, likely], "below", 1.0) is Verdict.IN_PART
    assert judge_estimates([sure, no], "below", 1.0) is Verdict.IN_PART
    assert judge_estimates([no], "below", 1.0) is Verdict.FAILS
    assert judge_estimates([no], "above", 1.0) is Verdict.IN_PART


def test_intervals() -> None:
    """Means and ratios have intervals around them; with one draw these are points."""
    found = mean([1.0, 2.0, 3.0])
    assert found.low < found.value == 2.0 < found.high
    assert mean([2.0]) == Estimate(2.0, 2.0, 2.0)
    assert ratio([2.0, 8.0], [1.0, 2.0]).value == pytest.approx(8.0**0.5)
    assert Share.that([True, False]).interval[0] > 0.0
    assert rank_correlation([1, 2, 3], [1, 1, 1]) == 0.0
    assert rank_correlation([1, 2, 3], [9, 4, 1]) == pytest.approx(-1.0)


def test_changes_and_pooled_shares() -> None:
    """A change is a ratio less one; pooled shares count all draws together."""
    quotient, difference = ratio([2.0, 3.0], [1.0, 2.0]), change([2.0, 3.0], [1.0, 2.0])
    assert difference == tuple(end - 1.0 for end in quotient)
    assert Share.pooled([Share(1, 2), Share(3, 4)]) == Share(4, 6)


def test_p_value_of_a_rank_correlation() -> None:
    """A perfect rank correlation is certain; a constant has none."""
    assert rank_correlation_p([1, 2, 3, 4], [1, 2, 3, 4]) == pytest.approx(0.0)
    assert rank_correlation_p([1, 2, 3, 4], [1, 1, 1, 1]) == 1.0


def test_listing() -> None:
    """Values are listed by name, in order."""
    assert listing([1, "b"], [Estimate(1.0, 0.5, 2.0), 3]) == "1: 1 (0.5 to 2); b: 3"
