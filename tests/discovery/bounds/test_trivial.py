"""The bound without computation, and the cost ceiling."""

from __future__ import annotations

from optkit.discovery.bounds.trivial import cost_ceiling, trivial_bound
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.testing import degenerate_cases, random_cases, reacting_instances


def test_cheapest_is_below_the_optimum_and_says_something() -> None:
    """The trivial bound is right in every reading, and often well above zero."""
    above = tight = 0
    for case in [*random_cases(21, 60), *degenerate_cases()]:
        bound = trivial_bound(problem_data(case.instance))  # type: ignore[arg-type]
        assert bound >= 0.0
        if case.optimum is None:
            continue
        assert bound <= case.optimum + 1e-9 * abs(case.optimum), case.label
        above += bound > 0.5 * case.optimum > 0.0
        tight += case.optimum > 0.0 and bound >= 0.999 * case.optimum
    assert above > 20
    assert tight > 0


def test_no_answer_costs_more_than_the_dearest() -> None:
    """The cost ceiling is above the optimum, so a bound above it proves infeasibility."""
    compared = 0
    for instance in reacting_instances(6, 24):
        least = brute_force(instance)
        problem = problem_data(instance)
        if least is not None:
            compared += 1
            assert least < sum(cost_ceiling(problem, s) for s in range(problem.scopes))
    assert compared > 12
