"""The special search for knapsack interdiction is exact, however coarse its tables."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import optkit
from optkit.bilevel.bounds.knapsack_table import table
from optkit.bilevel.check.brute_force import brute_force
from optkit.bilevel.data.generate import GeneratorOptions, generate
from optkit.bilevel.exact.knapsack_search import Search
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.problem_data import compile_instance
from optkit.bilevel.problem.structure.knapsack import Knapsack, knapsack

ITEMS = 8
SUBSETS = np.array(list(itertools.product([0, 1], repeat=ITEMS)))


def _drawn(seed: int) -> Knapsack:
    """Return a problem in which ratios, budgets and capacities vary."""
    draw = np.random.default_rng(seed)
    cost, weight, profit = draw.integers(1, 30, (3, ITEMS))
    order = np.argsort(-profit / weight, kind="stable")
    return Knapsack(
        columns=np.arange(ITEMS),
        cost=cost[order],
        weight=weight[order],
        profit=profit[order],
        budget=int(draw.integers(0, cost.sum() + 1)),
        capacity=int(draw.integers(0, weight.sum() + 1)),
        scale=1.0,
    )


def _optimum(problem: Knapsack) -> int:
    """Return the least, over what can be forbidden, of the most that can be packed."""
    packs = SUBSETS[problem.capacity >= SUBSETS @ problem.weight]
    worth = packs @ problem.profit
    forbids = SUBSETS[problem.budget >= SUBSETS @ problem.cost]
    blocked = (forbids @ packs.T) > 0
    return int(np.where(blocked, 0, worth).max(axis=1).min())


@pytest.mark.parametrize("entries", [10, 200, 1_000_000])
def test_search_is_exact_and_bounds_hold(entries: int) -> None:
    """Protects exactness: fine tables or coarse, the optimum; and no bound is past it."""
    coarse = 0
    for seed in range(40):
        problem = _drawn(seed)
        optimum = _optimum(problem)
        tables = table(problem, lambda: False, most=max(entries, 4 * ITEMS))
        assert tables is not None
        coarse += tables.unit_weight > 1
        search = Search(problem, tables, int(problem.profit.sum()) + 1)
        assert search.root <= optimum
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
    """Protects incumbents: only what is strictly better is reported."""
    problem = _drawn(3)
    tables = table(problem, lambda: False)
    assert tables is not None
    search = Search(problem, tables, _optimum(problem))
    search.advance(10_000)
    assert search.complete
    assert search.best == _optimum(problem)


def _instance(**changes: object) -> BilevelInstance:
    options = {"shape": "knapsack-interdiction", "upper_columns": 5, **changes}
    return BilevelInstance.parse(generate(GeneratorOptions.model_validate(options), 1))


def test_other_programs_are_not_taken_for_it() -> None:
    """Protects recognition: each departure is refused with its own reason."""
    assert isinstance(knapsack(compile_instance(_instance())), Knapsack)
    two = _instance(shape="interdiction", lower_rows=2)
    assert "2 rows" in str(knapsack(compile_instance(two)))
    document = _instance().document()
    document["upper_objective"]["coefficients"]["y0"] += 1.0
    departed = BilevelInstance.parse(document)
    assert "opposite" in str(knapsack(compile_instance(departed)))
    document = _instance().document()
    document["columns"][0]["lower"] = 1.0
    fixed = BilevelInstance.parse(document)
    assert "fixed" in str(knapsack(compile_instance(fixed)))
    assert optkit.solve(fixed).objective == brute_force(fixed)
    document = _instance().document()
    document["rows"][0]["coefficients"]["x_y0"] = 1.5
    departed = BilevelInstance.parse(document)
    assert "whole" in str(knapsack(compile_instance(departed)))
    document = _instance().document()
    document["upper_objective"]["coefficients"]["x_y0"] = 1.0
    departed = BilevelInstance.parse(document)
    assert "costs" in str(knapsack(compile_instance(departed)))
