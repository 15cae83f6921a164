"""Directions of continuous columns: found where there is one, and free of responses."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from optkit.bilevel.data.generate import generate
from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.exact.branch_and_cut.continuous_directions import (
    ContinuousDirections,
)
from optkit.bilevel.exact.branch_and_cut.free_sets import FreeSets
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.follower import Follower
from optkit.bilevel.problem.problem_data import ProblemData, problem_data
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline


def program(kind: str, seed: int) -> ProblemData:
    options = GeneratorOptions.model_validate(
        {
            "upper_columns": 2,
            "lower_columns": 5,
            "high": 4,
            "largest": 5,
            "lower_kind": kind,
            "equations": 0.3,
        }
    )
    return problem_data(BilevelInstance.parse(generate(options, seed)))


def responses(problem: ProblemData, decisions: Floats, cost: Floats) -> list[Floats]:
    """Return the points that a follower with this objective makes of decisions."""
    follower = Follower(dataclasses.replace(problem, follower_cost=cost))
    points = []
    for decision in decisions:
        values = follower.respond(decision).values
        if values is not None:
            point = np.zeros(problem.columns)
            point[problem.upper], point[problem.lower] = decision, values
            points.append(point)
    return points


@pytest.mark.parametrize("kind", ["continuous", "mixed"])
def test_direction_exists_unless_the_continuous_part_is_optimal(kind: str) -> None:
    """A set holds the point that gave rise to it, and no response of the follower."""
    found = none = 0
    for seed in range(25):
        problem = program(kind, seed)
        rng = np.random.default_rng(seed)
        high = problem.column_upper[problem.upper]
        decisions = np.floor(rng.random((12, len(high))) * (high + 1))
        taken = responses(problem, decisions, problem.follower_cost)
        cost = rng.normal(size=problem.columns)
        sets = FreeSets(problem, problem.column_lower, problem.column_upper)
        directions = ContinuousDirections(problem, sets.moving)
        for point in [*responses(problem, decisions, cost), *taken]:
            direction = directions.at(point, Deadline())
            if direction is None:
                none += 1
                assert is_optimal(problem, point)
                continue
            found += 1
            assert problem.follower_cost[problem.lower] @ direction < 0.0
            assert not direction[problem.integer[problem.lower]].any()
            free_set = sets.improving_direction(direction)
            assert (free_set.normals @ point < free_set.limits - 1e-6).all()
            inside = np.array(taken) @ free_set.normals.T < free_set.limits - 1e-7
            assert not inside.all(axis=1).any()
    assert found > 50
    assert none > 20


def is_optimal(problem: ProblemData, point: Floats) -> bool:
    """Say whether the follower gains nothing by changing its continuous columns."""
    low, high = problem.column_lower.copy(), problem.column_upper.copy()
    kept = problem.lower[problem.integer[problem.lower]]
    low[kept] = high[kept] = point[kept]
    fixed = dataclasses.replace(problem, column_lower=low, column_upper=high)
    best = Follower(fixed).respond(point[problem.upper]).value
    value = float(problem.follower_cost[problem.lower] @ point[problem.lower])
    return bool(value <= best + 1e-6 * max(1.0, abs(best)))


def test_follower_without_continuous_costs_has_none() -> None:
    """There is nothing to gain where only integer columns have a cost."""
    problem = program("integer", 1)
    sets = FreeSets(problem, problem.column_lower, problem.column_upper)
    directions = ContinuousDirections(problem, sets.moving)
    assert directions.at(np.zeros(problem.columns), Deadline()) is None
