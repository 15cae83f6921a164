"""Lagrangian decomposition."""

from __future__ import annotations

import numpy as np

from optkit.sync.exact.joint import joint_optimum, states
from optkit.sync.exact.lagrangian import SharedPrices
from optkit.sync.exact.router import source_routers
from optkit.sync.problem.problem_data import problem_data
from tests.sync.exact.tiny_instances import never, tiny


def test_any_split_of_the_prices_gives_a_bound() -> None:
    """Any split of the prices gives a bound, also with negative shares."""
    rng = np.random.default_rng(0)
    for seed in range(60):
        instance = tiny(seed, slots=5, devices=3)
        if not instance.links:
            continue
        for router in source_routers(problem_data(instance)):
            if not router.classes or states(router) > 50_000:
                continue
            best = joint_optimum(router)
            assert best is not None
            prices = SharedPrices(router, best)
            noise = rng.normal(0.0, 0.3, prices.report.shape)
            prices.report += noise - noise.mean(axis=0, keepdims=True)
            noise = rng.normal(0.0, 0.3, prices.fee.shape)
            prices.fee += noise - noise.mean(axis=1, keepdims=True)
            next(prices.steps(never))
            assert prices.bound <= best.cost + 1e-9, seed
