"""Covering with penalties: bounds, answers and proofs against full enumeration."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from optkit.core.arrays import Bools, Floats
from optkit.core.solving import seeds
from optkit.discovery.bounds import covering
from optkit.discovery.bounds.covering import Covering
from optkit.discovery.bounds.facility_location import Links


def random_problem(number: int) -> tuple[Floats, Floats]:
    """Return opening costs, and link costs that are infinite where there is no link.

    Half of the clients pay the same for every link.
    """
    rng = seeds.generator(21, "covering", number)
    clients, sites = int(rng.integers(1, 15)), int(rng.integers(1, 9))
    decimals = int(rng.choice([0, 1, 6]))  # whole numbers make ties
    costs = np.round(rng.uniform(-1.0, 2.0, (clients, sites)), decimals)
    costs[rng.random(clients) < 0.5] = 0.0
    costs[rng.random((clients, sites)) < 0.6] = np.inf
    alone = ~np.isfinite(costs).any(axis=1)
    costs[alone, rng.integers(sites, size=int(alone.sum()))] = 0.5
    return np.round(rng.uniform(0.0, 3.0, sites), decimals), costs


def covering_of(opening: Floats, costs: Floats) -> Covering:
    """Return the problem in its other form."""
    client, site = np.nonzero(np.isfinite(costs))
    return Covering(Links.of(client, site, costs[client, site], costs.shape), opening)


def cost_of(opening: Floats, costs: Floats, opened: Bools) -> float:
    """Return what open sites cost, with each client's cheapest link to one."""
    served = np.where(opened, costs, np.inf).min(axis=1)
    return float(opening[opened].sum() + served.sum())


def least_cost(opening: Floats, costs: Floats) -> float:
    """Return the optimum by trying every set of sites."""
    choices = itertools.product((False, True), repeat=len(opening))
    return min(cost_of(opening, costs, np.array(chosen)) for chosen in choices)


def search(problem: Covering, target: float) -> tuple[Bools | None, float]:
    """Return the best answer below a target, and what is proven, three nodes at a time."""
    search, best = problem.search(target), None
    while not search.has_ended:
        found = search.go_on(3)
        best = best if found is None else found
    return best, search.proven


@pytest.mark.parametrize("depths", [1, 24])
def test_the_search_finds_the_optimum_and_proves_it(
    depths: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for many depths from the beginning, and where that has to grow."""
    monkeypatch.setattr(covering, "DEPTHS", depths)
    for number in range(200):
        opening, costs = random_problem(number)
        least = least_cost(opening, costs)
        problem = covering_of(opening, costs)
        best, proven = search(problem, least + 1.0)
        assert best is not None, number
        assert cost_of(opening, costs, best) == pytest.approx(least, abs=1e-9)
        assert proven <= least + 1e-12, number
        assert proven == pytest.approx(least, abs=1e-9), number


def test_nothing_is_below_the_optimum() -> None:
    """A search that finds nothing proves its target, and no more."""
    for number in range(200):
        opening, costs = random_problem(number)
        least = least_cost(opening, costs)
        problem = covering_of(opening, costs)
        for target in (least - 1e-6, least - 0.5):
            best, proven = search(problem, target)
            assert best is None, number
            assert target - 1e-9 <= proven <= target, number


def test_a_lower_target_ends_the_search_early() -> None:
    """A target that is lowered meanwhile is what is proven at the end."""
    opening, costs = random_problem(4)
    search = covering_of(opening, costs).search(math.inf)
    search.lower_target(-100.0)
    assert search.go_on(1000) is None
    assert search.has_ended
    assert search.nodes <= 2
    assert search.proven == pytest.approx(-100.0)
