"""No bilevel feasible point is in the interior of a set, on random tiny programs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.bilevel.data.generate import GeneratorOptions, generate
from optkit.bilevel.exact.branch_and_cut.free_sets import FreeSets
from optkit.bilevel.exact.branch_and_cut.intersection_cuts import FreeSet
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.problem_data import ProblemData, problem_data
from optkit.core.arrays import Bools, Floats


def tiny(seed: int, factor: float) -> ProblemData:
    """Return a program of four integer columns, with coefficients of this step."""
    options = GeneratorOptions.model_validate(
        {
            "upper_columns": 2,
            "lower_columns": 2,
            "high": 4,
            "largest": 5,
            "lower_rows": 3,
            "equations": 0.2,
        }
    )
    document = generate(options, seed)
    for row in document["rows"]:
        named = row["coefficients"]
        row["coefficients"] = {name: factor * a for name, a in named.items()}
        for side in {"lower", "upper"} & row.keys():
            row[side] = factor * row[side] + (0.25 if side == "upper" else -0.25)
    return problem_data(BilevelInstance.parse(document))


def every_point(problem: ProblemData) -> tuple[Floats, Bools]:
    """Return the integer points that satisfy the lower rows, and which are responses."""
    ranges = [
        np.arange(low, high + 1.0)
        for low, high in zip(problem.column_lower, problem.column_upper, strict=True)
    ]
    points = np.array(list(itertools.product(*ranges)))
    activity = points @ problem.matrix.toarray()[problem.lower_rows].T
    low = problem.row_lower[problem.lower_rows] - 1e-9
    high = problem.row_upper[problem.lower_rows] + 1e-9
    points = points[((activity >= low) & (activity <= high)).all(axis=1)]
    value = points[:, problem.lower] @ problem.follower_cost[problem.lower]
    taken = np.array(
        [
            v <= value[(points[:, problem.upper] == p[problem.upper]).all(axis=1)].min()
            for p, v in zip(points, value, strict=True)
        ],
        dtype=np.bool_,
    )
    return points, taken


def inside(free_set: FreeSet, points: Floats) -> Bools:
    return (points @ free_set.normals.T < free_set.limits - 1e-9).all(axis=1)


@pytest.mark.parametrize("factor", [1.0, 0.5, 1.0 / 3.0])
def test_no_bilevel_feasible_point_is_inside(factor: float) -> None:
    """Sets of all improving pairs of responses are free, and cut off what they should."""
    cut_off = total = local = 0
    for seed in range(20):
        problem = tiny(seed, factor)
        sets = FreeSets(problem, problem.column_lower, problem.column_upper)
        points, taken = every_point(problem)
        value = points[:, problem.lower] @ problem.follower_cost[problem.lower]
        for point, worth in zip(points[~taken], value[~taken], strict=True):
            same = (points[:, problem.upper] == point[problem.upper]).all(axis=1)
            best = np.flatnonzero(same & taken)[0]
            response = points[best][problem.lower]
            direction = response - point[problem.lower]
            assert value[best] < worth
            for free_set in (
                sets.improving_solution(response, float(value[best])),
                sets.improving_direction(direction),
            ):
                assert not inside(free_set, points[taken]).any()
                # The point that gave rise to the set is strictly inside of it.
                assert inside(free_set, point[None]).all()
            total += 1
        rng = np.random.default_rng(seed)
        for point in points[~taken][:50]:
            low = rng.integers(problem.column_lower, point + 1).astype(float)
            high = rng.integers(point, problem.column_upper + 1).astype(float)
            here = ((points >= low) & (points <= high)).all(axis=1)
            for free_set in sets.around(point, low, high, 1000):
                assert inside(free_set, point[None]).all()
                where = taken & here if free_set.local else taken
                assert not inside(free_set, points[where]).any()
                local += free_set.local
                cut_off += 1
    assert total > 200
    assert cut_off > total
    assert 0 < local < cut_off


def test_hypercube_holds_one_decision() -> None:
    """The box around a decision has no other decision in its interior."""
    problem = tiny(0, 1.0)
    sets = FreeSets(problem, problem.column_lower, problem.column_upper)
    points, _ = every_point(problem)
    point = points[len(points) // 2]
    box = sets.hypercube(point[problem.upper])
    linking = problem.linking
    same = (points[:, linking] == point[linking]).all(axis=1)
    assert (inside(box, points) == same).all()
