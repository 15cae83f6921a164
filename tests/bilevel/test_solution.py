"""What stands in solution files of bilevel programs."""

from __future__ import annotations

import json

from optkit.bilevel.solution import BilevelSolution


def test_whole_values_are_written_without_a_point() -> None:
    """Fractions and numbers past 2^53 stay floats; reading gives the same solution."""
    solution = BilevelSolution(
        upper={"a": 3.0, "b": -0.0, "c": 0.5},
        lower={"d": 1e300, "e": -7.0},
        follower_value=2.0**53,
    )
    text = json.dumps(solution.document())
    assert text == (
        '{"upper": {"a": 3, "b": 0, "c": 0.5}, "lower": {"d": 1e+300, "e": -7},'
        ' "follower_value": 9007199254740992.0}'
    )
    assert BilevelSolution.model_validate(json.loads(text)) == solution
