"""The bound that costs nothing."""

from __future__ import annotations

from optkit.discovery.bounds.trivial import cheapest
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.testing import degenerate_cases, random_cases


def test_cheapest_is_below_the_optimum_and_says_something() -> None:
    """Protects every heuristic's bound: right in every reading, and often above zero."""
    above = tight = 0
    for case in [*random_cases(21, 60), *degenerate_cases()]:
        bound = cheapest(problem_data(case.instance))  # type: ignore[arg-type]
        assert bound >= 0.0
        if case.optimum is None:
            continue
        assert bound <= case.optimum + 1e-9 * abs(case.optimum), case.label
        above += bound > 0.5 * case.optimum > 0.0
        tight += case.optimum > 0.0 and bound >= 0.999 * case.optimum
    assert above > 20
    assert tight > 0
