"""The linear program of one order."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.order_lp import certificate, solve_orders
from optkit.allocation.problem.order_lp_highs import least_cost_shares
from optkit.allocation.problem.sink_tree import Subtree, sink_tree
from optkit.allocation.problem.subtree_costs import subtree_costs


def _subtree(servers: int, seed: int, **settings: float) -> Subtree:
    options = GeneratorOptions.model_validate(
        {"servers": servers, "shape": "random-tree", "subtrees": 1, **settings}
    )
    instance = AllocationInstance.parse(generate(options, seed))
    return sink_tree(instance).subtrees[0]


HOSTILE = {
    "gbps_low": 1e-3,
    "gbps_high": 1e4,
    "ghz_low": 0.01,
    "ghz_high": 100.0,
    "tx_watt": 5.0,
}


@pytest.mark.parametrize("settings", [{}, HOSTILE], ids=["paper", "hostile"])
@pytest.mark.parametrize("servers", [2, 4, 9, 16, 31])
def test_shares_carry_their_certificate(
    servers: int, settings: dict[str, float]
) -> None:
    """Each order's cost is the optimum of its program, with a certificate."""
    for seed in range(6):
        subtree = _subtree(servers, seed, **settings)
        rng = np.random.default_rng(seed)
        orders = np.array([rng.permutation(subtree.size) for _ in range(12)])
        matrices = subtree_costs(subtree).matrices(orders)
        solved = solve_orders(matrices, subtree.workers)
        assert np.all(solved.shares >= 0.0)
        assert solved.shares.sum(axis=1) == pytest.approx(np.ones(12), rel=1e-12)
        assert np.all(solved.cost - solved.bound <= 1e-9 * solved.cost)
        recomputed = np.einsum("kij,kj->ki", matrices, solved.shares).max(axis=1)
        assert solved.cost == pytest.approx(recomputed, rel=1e-14)


def test_square_systems_and_simplex_agree() -> None:
    """The square systems give what the simplex gives."""
    for seed in range(20):
        subtree = _subtree(6, seed)
        orders = np.arange(subtree.size)[None, :]
        matrices = subtree_costs(subtree).matrices(orders)
        shares, multipliers = least_cost_shares(matrices[0], subtree.workers)
        cost, bound = certificate(matrices, shares[None], multipliers[None])
        assert solve_orders(matrices, subtree.workers).cost[0] == pytest.approx(
            cost[0], rel=1e-11
        )
        assert bound[0] <= cost[0] * (1 + 1e-14)


def test_relays_without_load_count() -> None:
    """A relay that gets no load still pays for relaying."""
    matrix = np.array([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]])
    matrix[0, 0] = [3.0, 0.5]  # the relay pays 3 per Gbit of the first load
    solved = solve_orders(matrix, np.array([1, 2]))
    # min max(3 s, 0.5 (1 - s) + 3 s ..., s, 1 - s): the relay row and the second load bind.
    best = linprog(
        [0, 0, 1],
        A_ub=[[3.0, 0.5, -1], [1, 0, -1], [0, 1, -1]],
        b_ub=[0, 0, 0],
        A_eq=[[1, 1, 0]],
        b_eq=[1],
    )
    assert solved.cost[0] == pytest.approx(best.fun, rel=1e-9)
    assert solved.bound[0] == pytest.approx(best.fun, rel=1e-9)
