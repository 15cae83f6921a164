"""The bound that costs nothing."""

from __future__ import annotations

from optkit.discovery.arrays import problem_of
from optkit.discovery.bound import cheapest
from optkit.discovery.trials import degenerate_trials, random_trials


def test_cheapest_is_below_the_optimum_and_says_something() -> None:
    """Protects every heuristic's bound: right in every reading, and often above zero."""
    above = tight = 0
    for trial in [*random_trials(21, 60), *degenerate_trials()]:
        bound = cheapest(problem_of(trial.instance))  # type: ignore[arg-type]
        assert bound >= 0.0
        if trial.optimum is None:
            continue
        assert bound <= trial.optimum + 1e-9 * abs(trial.optimum), trial.label
        above += bound > 0.5 * trial.optimum > 0.0
        tight += trial.optimum > 0.0 and bound >= 0.999 * trial.optimum
    assert above > 20
    assert tight > 0
