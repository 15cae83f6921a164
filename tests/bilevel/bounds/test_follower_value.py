"""Tests of the bound on the follower's value where its columns have no upper bounds."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.backends.incremental import SolveStatus
from optkit.bilevel.bounds import follower_value
from optkit.bilevel.bounds.follower_value import (
    follower_value_bound,
    with_follower_bound,
)
from optkit.bilevel.check.brute_force import brute_force
from optkit.bilevel.problem.follower import Follower
from optkit.bilevel.problem.problem_data import problem_data
from tests.bilevel.examples import column, instance
from tests.bilevel.unbounded_followers import random_program

ARGUMENTS = (
    "_value_of_robust_response",
    "_value_within_bounds",
    "_value_of_multipliers",
)

Keep = Callable[..., None]


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Keep:
    """Return a function that switches off all arguments but those named."""

    def keep(*names: str) -> None:
        for name in ARGUMENTS:
            if name not in names:
                monkeypatch.setattr(follower_value, name, lambda *_: None)

    return keep


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_no_response_is_worth_more_than_the_bound(argument: str, only: Keep) -> None:
    """Each argument alone bounds the follower's optimum wherever it satisfies all rows."""
    only(argument)
    bounded = 0
    for seed in range(30):
        program = random_program(seed)
        problem = problem_data(program)
        bound = follower_value_bound(problem)
        if bound is None:
            continue
        bounded += 1
        follower = Follower(problem)
        sizes = (int(problem.column_upper[j]) + 1 for j in problem.upper)
        for choice in itertools.product(*map(range, sizes)):
            decision = np.array(choice, dtype=np.float64)
            response = follower.respond(decision)
            if response.status is not SolveStatus.OPTIMAL:
                continue
            best = follower.best_for_leader(decision, response.value, problem.linking)
            if best.status is SolveStatus.OPTIMAL:
                assert response.value <= bound + 1e-9, (seed, choice)
    assert bounded > 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "arguments"),
    [("auto", ARGUMENTS), ("value-function", ARGUMENTS), ("value-function", ())],
)
def test_optima_agree_with_brute_force(
    method: str, arguments: tuple[str, ...], only: Keep
) -> None:
    """Followers without upper bounds are solved, with the bound and by no-good cuts."""
    only(*arguments)
    proven = 0
    for seed in range(30):
        program = random_program(seed)
        optimum = brute_force(random_program(seed, capped=True))
        result = optkit.solve(program, method)
        if result.status == "no-solution":
            assert not arguments, seed
            assert "unbounded" in result.termination.detail
            continue
        proven += 1
        if optimum is None:
            assert result.status == "infeasible", seed
        else:
            assert result.status == "optimal", seed
            assert result.objective == pytest.approx(optimum, rel=1e-7, abs=1e-7), seed
    assert proven > 15


def test_bounded_programs_are_left_alone() -> None:
    """A program whose rows bound the follower's objective gets no further row."""
    problem = problem_data(random_program(0, capped=True))
    assert with_follower_bound(problem) is problem


def test_rows_of_the_leader_do_not_stop_the_follower() -> None:
    """A leader's row that keeps y up says nothing about where the follower stops.

    The follower takes y = x. The leader's row y >= 1 forbids x = 0, and the leader, who
    gains by y, takes x = 2: -2. Had the leader's row counted as tight, y <= 1 would follow.
    """
    program = instance(
        columns=[column("x", "upper", 2.0), column("y", "lower", None)],
        rows=[
            _row("follow", "lower", {"y": 1.0, "x": -1.0}, 0.0),
            _row("wish", "upper", {"y": 1.0}, 1.0),
        ],
        upper_objective={"coefficients": {"y": -1.0}},
        lower_objective={"coefficients": {"y": 1.0}},
    )
    result = optkit.solve(program)
    assert result.status == "optimal"
    assert result.objective == -2.0


def _row(
    name: str, level: str, coefficients: dict[str, float], lower: float
) -> dict[str, Any]:
    return {"id": name, "level": level, "lower": lower, "coefficients": coefficients}
