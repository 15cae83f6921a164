"""The evolution of orders."""

from __future__ import annotations

import random

import optkit
from optkit.allocation.heuristics.evolution import GaOptions, evolve
from optkit.allocation.problem.sink_tree import sink_tree
from tests.allocation.instances import generated


def test_ga_leaves_the_global_generator_alone() -> None:
    """DEAP leaves Python's own random numbers alone."""
    instance = generated(servers=8, subtrees=1)
    random.seed(99)
    expected = random.random()
    random.seed(99)
    optkit.solve(instance, "ga", seed=1)
    assert random.random() == expected


def test_ga_gets_better_with_more_generations() -> None:
    """With one seed, more generations are never worse."""
    subtree = sink_tree(generated(servers=14, subtrees=1, seed=8)).subtrees[0]
    costs = [
        evolve(subtree, GaOptions(generations=count), seed=5).plan.cost
        for count in (0, 5, 20, 60)
    ]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]
