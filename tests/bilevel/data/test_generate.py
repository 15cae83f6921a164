"""Tests of the generator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.bilevel.data.formats.writers import to_aux, to_mps
from optkit.bilevel.data.generate import SHAPES, generate
from optkit.bilevel.data.options import GeneratorOptions, Shape
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.follower import Follower
from optkit.bilevel.problem.problem_data import problem_data
from optkit.bilevel.problem.unboundedness import follower_is_unbounded

ALWAYS_ANSWERED = ("covering", "flow", "assignment-interdiction", "path-interdiction")
"""Shapes whose follower has a point for every decision that the leader may take."""


def _instance(shape: Shape, seed: int, **options: Any) -> BilevelInstance:
    sizes = {"upper_columns": 9, "lower_columns": 8, "lower_rows": 3} | options
    chosen = GeneratorOptions.model_validate({"shape": shape, **sizes})
    return BilevelInstance.parse(generate(chosen, seed))


def test_same_options_and_seed_generate_the_same() -> None:
    """The same options and seed give the same instance; another seed another one."""
    options = GeneratorOptions()
    assert generate(options, 5) == generate(options, 5)
    assert generate(options, 5) != generate(options, 6)


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_are_bilevel_programs_of_mibs(shape: Shape, tmp_path: Path) -> None:
    """Every shape has a bounded follower, integer linking columns, and files of MibS."""
    for lower_kind in ("integer", "mixed", "continuous"):
        instance = _instance(shape, 1, lower_kind=lower_kind)
        problem = problem_data(instance)
        assert len(problem.linking)
        assert not problem.continuous_linking()
        assert not follower_is_unbounded(problem)
        (tmp_path / "i.mps").write_bytes(to_mps(instance))
        (tmp_path / "i.aux").write_bytes(to_aux(instance))
        again = problem_data(optkit.load(tmp_path / "i.mps"))
        assert (problem.matrix != again.matrix).nnz == 0
        for name in ("cost", "integer", "column_upper", "row_is_lower", "row_lower"):
            assert np.array_equal(getattr(problem, name), getattr(again, name)), name
        lower = problem.lower
        assert np.array_equal(problem.follower_cost[lower], again.follower_cost[lower])


@pytest.mark.parametrize("shape", ALWAYS_ANSWERED)
def test_follower_can_answer_every_decision(shape: Shape) -> None:
    """Within the leader's own rows, no decision leaves the follower without a point."""
    rng = np.random.default_rng(1)
    for seed in range(5):
        problem = problem_data(_instance(shape, seed, capacity=1.0))
        follower = Follower(problem)
        rows = problem.matrix[problem.upper_rows][:, problem.upper]
        for _ in range(10):
            upper = problem.column_upper[problem.upper]
            decision = np.floor(rng.random(len(upper)) * (upper + 1.0))
            for j in rng.permutation(len(upper)):
                if (rows @ decision <= problem.row_upper[problem.upper_rows]).all():
                    break
                decision[j] = 0.0
            assert follower.respond(decision).values is not None


@pytest.mark.parametrize("shape", ["covering", "transport", "flow"])
def test_followers_without_upper_bounds(shape: Shape) -> None:
    """These followers are bounded by rows or by their objective alone."""
    problem = problem_data(_instance(shape, 2))
    assert np.isinf(problem.column_upper[problem.lower]).all()


def test_general_rows_can_be_fractional_and_the_follower_indifferent() -> None:
    """Both options change what they say, and nothing about the sizes."""
    plain = problem_data(_instance("general", 3))
    changed = problem_data(_instance("general", 3, fractional=True, ties=1.0))
    assert (plain.matrix.data == np.rint(plain.matrix.data)).all()
    assert (changed.matrix.data != np.rint(changed.matrix.data)).any()
    assert not changed.follower_cost.any()
    assert changed.columns == plain.columns
