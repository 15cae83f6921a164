"""The value terms in closed form: against matrices, and against Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.dispatch.problem.arrival_kernels import add_arrival
from optkit.dispatch.problem.closed_form_values import (
    queue_costs,
    survival,
    transit_values,
)
from optkit.dispatch.problem.queue_kernels import (
    next_law,
    stationary_cost,
    transient_cost,
)


def random_law(rng: np.random.Generator, longest: int) -> np.ndarray:
    """Return a law on 0 … longest slots, with gaps."""
    law = rng.random(longest + 1) * (rng.random(longest + 1) < 0.7)
    law[rng.integers(longest + 1)] += 0.3
    return law / law.sum()


def test_transit_value_is_the_matrix_inverse() -> None:
    """Protects W†: the closed form is the row sum of (I − γ Γ^t)^{-1} (papers' form)."""
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
    """Protects W† against Monte Carlo, within five standard errors."""
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


def dense(arrivals: np.ndarray, rate: float, limit: int) -> np.ndarray:
    """Return the one-slot kernel as a matrix, from its definition."""
    kernel = np.zeros((limit + 1, limit + 1))
    for length in range(limit + 1):
        for count, chance in enumerate(arrivals):
            reached = min(limit, length + count)
            if reached == 0:
                kernel[0, 0] += chance
                continue
            kernel[length, reached] += chance * (1 - rate)
            kernel[length, reached - 1] += chance * rate
    return kernel


def test_tail_is_the_matrix_inverse() -> None:
    """Protects W‡'s stationary part: roots of unity in place of a matrix power."""
    rng = np.random.default_rng(4)
    for _ in range(80):
        limit, per = int(rng.integers(1, 12)), int(rng.integers(1, 8))
        arrivals = rng.dirichlet(np.ones(int(rng.integers(2, 5))))
        rate, discount = float(rng.uniform(0.05, 1)), float(rng.uniform(0, 0.99))
        cost, penalty = rng.random(limit + 1), float(rng.integers(0, 3))
        kernel = dense(arrivals, rate, limit)
        over = np.array(
            [
                sum(
                    chance * max(0, length + count - limit)
                    for count, chance in enumerate(arrivals)
                )
                for length in range(limit + 1)
            ]
        )
        power = np.linalg.matrix_power
        drops = penalty * sum(power(kernel, n) @ over for n in range(per))
        expected = np.linalg.solve(
            np.eye(limit + 1) - discount * power(kernel, per), cost + discount * drops
        )
        got = stationary_cost(arrivals, rate, per, discount, cost, penalty)
        assert got == pytest.approx(expected, rel=1e-9)
        # The transient part continues it: all slots alike, the two say the same.
        start = int(rng.integers(limit + 1))
        slots = np.tile(arrivals, (2 * per, 1))
        value = transient_cost(start, slots, rate, per, discount, cost, penalty, got)
        first = power(kernel, per)[start] @ expected + drops[start]
        assert value == pytest.approx(first, rel=1e-9)


def test_paper_kernel() -> None:
    """Protects the reading of the queue kernel: served in the slot of arrival, or not."""
    b, mu = 0.3, 0.25
    arrivals = np.array([1 - b, b])
    rows = [next_law(np.eye(4)[length], arrivals, mu)[0] for length in range(4)]
    assert rows[0] == pytest.approx([1 - b + b * mu, b * (1 - mu), 0, 0])
    assert rows[1] == pytest.approx(
        [mu * (1 - b), mu * b + (1 - mu) * (1 - b), (1 - mu) * b, 0]
    )
    assert rows[3] == pytest.approx([0, 0, mu, 1 - mu])


def test_stage_cost_of_a_full_queue() -> None:
    """Protects eq (9): the jobs of a full queue count beside the penalty."""
    assert queue_costs(3, 10.0).tolist() == [0.0, 1.0, 2.0, 13.0]


def test_mixed_arrivals_are_a_poisson_binomial_law() -> None:
    """Protects the finer approximation: exact but for the last count."""
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
