"""The value terms in closed form: against matrices, and against Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.dispatch.problem.closed_form_values import (
    queue_costs,
    survival,
    transit_values,
)


def random_law(rng: np.random.Generator, longest: int) -> np.ndarray:
    """Return a law on 0 … longest slots, with gaps."""
    law = rng.random(longest + 1) * (rng.random(longest + 1) < 0.7)
    law[rng.integers(longest + 1)] += 0.3
    return law / law.sum()


def test_transit_value_is_the_matrix_inverse() -> None:
    """W̃† is the row sum of (I − γ Γ^t)^{-1}, the paper's form."""
    rng = np.random.default_rng(1)
    for _ in range(60):
        longest, per = int(rng.integers(1, 9)), int(rng.integers(1, 6))
        law, discount = random_law(rng, longest), float(rng.uniform(0.0, 0.98))
        alive = survival(law)
        kernel = np.zeros((longest + 1, longest + 1))
        kernel[0, 0], kernel[0, 1] = 1.0, alive[1]
        for age in range(1, longest):
            if alive[age] > 0.0:
                kernel[age, age + 1] = alive[age + 1] / alive[age]
        inverse = np.linalg.inv(
            np.eye(longest + 1) - discount * np.linalg.matrix_power(kernel, per)
        )
        expected = inverse[:, 1:].sum(axis=1)
        expected[alive <= 0.0] = 0.0
        assert transit_values(law, per, discount) == pytest.approx(expected, rel=1e-9)


def test_transit_value_is_what_happens() -> None:
    """W̃† agrees with Monte Carlo within five standard errors."""
    rng = np.random.default_rng(2)
    law, per, discount, rate = random_law(rng, 12), 5, 0.9, 0.3
    values = transit_values(law, per, discount)
    horizon = 60
    totals = []
    for _ in range(3000):
        slots = np.flatnonzero(rng.random(horizon * per) < rate)
        ends = slots + rng.choice(len(law), size=len(slots), p=law)
        at = np.arange(horizon + 1) * per
        inside = (slots[:, None] < at) & (at <= ends[:, None])
        totals.append((inside.sum(axis=0) * discount ** np.arange(horizon + 1)).sum())
    error = np.std(totals) / np.sqrt(len(totals))
    assert abs(np.mean(totals) - rate * values[0]) < 5 * error


def test_stage_cost_of_a_full_queue() -> None:
    """A full queue costs its jobs and the penalty (eq 9)."""
    assert queue_costs(3, 10.0).tolist() == [0.0, 1.0, 2.0, 13.0]
