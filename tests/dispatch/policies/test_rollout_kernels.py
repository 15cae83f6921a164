"""What one more job costs, against sums over matrices."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.dispatch.policies.rollout_kernels import joining_costs, marginal_costs
from optkit.dispatch.problem.closed_form_values import queue_costs
from tests.dispatch.instances import queue_kernel


def test_marginal_cost_is_what_one_more_job_costs() -> None:
    """The cost of joining is the difference of two values, slot by slot."""
    rng = np.random.default_rng(6)
    limit, per, rate, discount, penalty = 6, 4, 0.3, 0.9, 2.5
    arrivals = np.array([0.8, 0.2])
    stage = queue_costs(limit, 3.0)
    marginal = marginal_costs(arrivals, rate, per, discount, stage, penalty)
    matrix = queue_kernel(arrivals, rate, limit)
    full = np.zeros(limit + 1)
    full[limit] = penalty * arrivals[1]

    def value(slot: int) -> np.ndarray:
        total, weight, power = np.zeros(limit + 1), 1.0, np.eye(limit + 1)
        for now in range(slot, slot + 250 * per):
            total += weight * (power @ full)
            power = power @ matrix
            if (now + 1) % per == 0:
                total += weight * (power @ stage)
                weight *= discount
        return total

    for slot in range(per):
        exact = value(slot)
        assert marginal[slot, :limit] == pytest.approx(np.diff(exact), rel=1e-9)
        assert marginal[slot, limit] == penalty
    slots = rng.dirichlet(np.ones(2), size=9)
    price = np.empty(9)
    joining_costs(2, slots, rate, marginal, price)
    law = np.eye(limit + 1)[2]
    for slot in range(9):
        assert price[slot] == pytest.approx(law @ marginal[slot % per])
        law = law @ queue_kernel(slots[slot], rate, limit)
