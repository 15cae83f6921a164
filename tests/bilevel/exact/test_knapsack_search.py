"""Tests of the search for knapsack interdiction: exact, however coarse its tables."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.bilevel.bounds.knapsack_table import game_table
from optkit.bilevel.exact.knapsack_search import KnapsackSearch
from optkit.bilevel.problem.structure.knapsack import Knapsack

ITEMS = 8
SUBSETS = np.array(list(itertools.product([0, 1], repeat=ITEMS)))


def _random_knapsack(seed: int) -> Knapsack:
    """Return a problem with random ratios, budget and capacity."""
    rng = np.random.default_rng(seed)
    cost, weight, profit = rng.integers(1, 30, (3, ITEMS))
    order = np.argsort(-profit / weight, kind="stable")
    return Knapsack(
        columns=np.arange(ITEMS),
        cost=cost[order],
        weight=weight[order],
        profit=profit[order],
        budget=int(rng.integers(0, cost.sum() + 1)),
        capacity=int(rng.integers(0, weight.sum() + 1)),
        scale=1.0,
    )


def _optimum(problem: Knapsack) -> int:
    """Return the optimum by enumerating what is forbidden and what is packed."""
    packs = SUBSETS[problem.capacity >= SUBSETS @ problem.weight]
    worth = packs @ problem.profit
    forbids = SUBSETS[problem.budget >= SUBSETS @ problem.cost]
    blocked = (forbids @ packs.T) > 0
    return int(np.where(blocked, 0, worth).max(axis=1).min())


@pytest.mark.parametrize("entries", [10, 200, 1_000_000])
def test_search_is_exact_and_bounds_hold(entries: int) -> None:
    """With fine or coarse tables the optimum is found, and no bound exceeds it."""
    coarse = 0
    for seed in range(40):
        problem = _random_knapsack(seed)
        optimum = _optimum(problem)
        table = game_table(problem, lambda: False, most_entries=max(entries, 4 * ITEMS))
        assert table is not None
        coarse += table.unit_weight > 1
        search = KnapsackSearch(problem, table, int(problem.profit.sum()) + 1)
        assert search.root_bound <= optimum
        bounds = [search.bound]
        while not search.complete:
            search.advance(1)
            bounds.append(search.bound)
        assert max(bounds) <= optimum
        assert search.best == search.bound == optimum, seed
        forbidden = search.forbidden
        assert problem.cost[forbidden].sum() <= problem.budget
    assert (coarse > 0) == (entries < 1_000_000)


def test_search_begun_with_the_optimum_finds_no_better() -> None:
    """A search that starts with the optimum finds nothing better."""
    problem = _random_knapsack(3)
    table = game_table(problem, lambda: False)
    assert table is not None
    search = KnapsackSearch(problem, table, _optimum(problem))
    search.advance(10_000)
    assert search.complete
    assert search.best == _optimum(problem)
