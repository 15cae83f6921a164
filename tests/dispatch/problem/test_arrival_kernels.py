"""Laws of arrivals, built up one arrival at a time."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.dispatch.problem.arrival_kernels import add_arrival


def test_mixed_arrivals_are_a_poisson_binomial_law() -> None:
    """Added arrivals are exact but for the last count; single ones are capped."""
    rng = np.random.default_rng(5)
    chances = rng.random(6) * 0.6
    law = np.zeros(4)
    law[0] = 1.0
    exact = np.array([1.0])
    for chance in chances:
        add_arrival(law, chance)
        exact = np.convolve(exact, [1 - chance, chance])
    assert law[:3] == pytest.approx(exact[:3])
    assert law[3] == pytest.approx(exact[3:].sum())
    single = np.array([1.0, 0.0])
    for chance in (0.3, 0.5, 0.6):
        add_arrival(single, chance)
    assert single.tolist() == [0.0, 1.0]
