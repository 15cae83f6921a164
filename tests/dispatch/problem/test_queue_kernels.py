"""The compiled loops over the law of one queue, against matrices."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.dispatch.problem.queue_kernels import (
    advance_law,
    stationary_cost,
    transient_cost,
)
from tests.dispatch.instances import queue_kernel


def test_stationary_cost_is_the_matrix_inverse() -> None:
    """The cost by roots of unity is that by matrix powers, stationary and transient."""
    rng = np.random.default_rng(4)
    for _ in range(80):
        limit, per = int(rng.integers(1, 12)), int(rng.integers(1, 8))
        arrivals = rng.dirichlet(np.ones(int(rng.integers(2, 5))))
        rate, discount = float(rng.uniform(0.05, 1)), float(rng.uniform(0, 0.99))
        cost, penalty = rng.random(limit + 1), float(rng.integers(0, 3))
        kernel = queue_kernel(arrivals, rate, limit)
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
        cost_now = stationary_cost(arrivals, rate, per, discount, cost, penalty)
        assert cost_now == pytest.approx(expected, rel=1e-9)
        # The transient part continues it: all slots alike, the two say the same.
        start = int(rng.integers(limit + 1))
        slots = np.tile(arrivals, (2 * per, 1))
        value = transient_cost(
            start, slots, rate, per, discount, cost, penalty, cost_now
        )
        first = power(kernel, per)[start] @ expected + drops[start]
        assert value == pytest.approx(first, rel=1e-9)


def test_paper_kernel() -> None:
    """The queue kernel is the paper's: a job may be served in its slot of arrival."""
    b, mu = 0.3, 0.25
    arrivals = np.array([1 - b, b])
    rows = np.eye(4)
    for length in range(4):
        advance_law(rows[length], np.empty(4), 3, arrivals, mu)
    assert rows[0] == pytest.approx([1 - b + b * mu, b * (1 - mu), 0, 0])
    assert rows[1] == pytest.approx(
        [mu * (1 - b), mu * b + (1 - mu) * (1 - b), (1 - mu) * b, 0]
    )
    assert rows[3] == pytest.approx([0, 0, mu, 1 - mu])
