"""Every method agrees with brute force, and says plainly what it does not take."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.bilevel.check.brute_force import brute_force
from optkit.bilevel.data.generate import GeneratorOptions, generate
from optkit.bilevel.exact.high_point import Relaxation
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.follower import Follower
from optkit.bilevel.problem.problem_data import compile_instance
from optkit.bilevel.testing import random_cases
from optkit.core.errors import UnavailableError
from optkit.core.solving.registry import solver_class
from tests.bilevel.examples import column, instance, moore_bard

METHODS = (
    "value-function",
    "kkt",
    "strong-duality",
    "interdiction",
    "knapsack-interdiction",
)


@pytest.mark.parametrize("seed", range(8))
def test_methods_agree_with_brute_force(seed: int) -> None:
    """Protects exactness: each method, on what it takes, finds and proves the optimum."""
    taken = 0
    for case in random_cases(100 + seed, 40):
        for method in METHODS:
            solver = solver_class("bilevel", method)()
            if not solver.supports(case.instance).available:
                continue
            taken += 1
            result = optkit.solve(case.instance, solver)
            label = f"{method}: {case.label}"
            if case.optimum is None:
                assert result.status == "infeasible", label
                continue
            assert result.status == "optimal", f"{label}: {result.termination}"
            assert result.objective == pytest.approx(
                case.optimum, rel=1e-9, abs=1e-9
            ), label
    assert taken >= 60


def test_brute_force_knows_what_was_worked_out_by_hand() -> None:
    """Protects the yardstick: it is right where the answer is known otherwise."""
    assert brute_force(moore_bard()) == -22.0
    assert brute_force(moore_bard(integer=False)) == pytest.approx(-18.0)


@pytest.mark.parametrize(
    ("integer", "method", "optimum"),
    [
        (True, "value-function", -22.0),
        (False, "value-function", -18.0),
        (False, "kkt", -18.0),
        (False, "strong-duality", -18.0),
    ],
)
def test_moore_and_bard(integer: bool, method: str, optimum: float) -> None:
    """Protects the meaning: the classic example, whose relaxation misleads."""
    result = optkit.solve(moore_bard(integer), method)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(optimum)


def test_optimistic_follower_helps_the_leader() -> None:
    """Protects the optimistic reading: of two optima the leader's counts."""
    indifferent = instance(
        columns=[column("x", "upper", 1.0), column("y", "lower", 1.0)],
        upper_objective={"coefficients": {"y": -1.0}},
    )
    assert optkit.solve(indifferent).objective == -1.0


def test_rows_of_the_leader_do_not_bind_the_follower() -> None:
    """Protects the levels: an upper row that the response breaks rules the decision out.

    The follower takes y = 2 - x; the leader's row wants y <= 1, so x = 0 is out.
    """
    coupled = instance(
        columns=[column("x", "upper", 2.0), column("y", "lower", 2.0)],
        rows=[
            {
                "id": "room",
                "level": "lower",
                "upper": 2.0,
                "coefficients": {"x": 1.0, "y": 1.0},
            },
            {"id": "wish", "level": "upper", "upper": 1.0, "coefficients": {"y": 1.0}},
        ],
        upper_objective={"coefficients": {"x": 1.0}},
        lower_objective={"coefficients": {"y": -1.0}},
    )
    result = optkit.solve(coupled)
    assert result.objective == 1.0
    assert brute_force(coupled) == 1.0


def test_dropping_that_breaks_the_follower_is_not_taken_for_harmless() -> None:
    """Protects the sharper cut's condition: here dropping an item breaks an equation.

    The follower must pick exactly one of three items at cost 1, 5, 9; the leader may
    forbid one and wants the pick dear. Forbidding the first makes it 5. A cut that lets
    the follower merely lose what is forbidden would prove less than 5.
    """
    names = ["a", "b", "c"]
    assignment = instance(
        columns=[
            *(column(f"x_{n}", "upper", 1.0) for n in names),
            *(column(n, "lower", 1.0) for n in names),
        ],
        rows=[
            {
                "id": "budget",
                "level": "upper",
                "upper": 1.0,
                "coefficients": {f"x_{n}": 1.0 for n in names},
            },
            {
                "id": "one",
                "level": "lower",
                "lower": 1.0,
                "upper": 1.0,
                "coefficients": dict.fromkeys(names, 1.0),
            },
            *(
                {
                    "id": f"forbid_{n}",
                    "level": "lower",
                    "upper": 1.0,
                    "coefficients": {n: 1.0, f"x_{n}": 1.0},
                }
                for n in names
            ),
        ],
        upper_objective={"coefficients": {"a": -1.0, "b": -5.0, "c": -9.0}},
        lower_objective={"coefficients": {"a": 1.0, "b": 5.0, "c": 9.0}},
    )
    result = optkit.solve(assignment)
    assert (result.status, result.objective) == ("optimal", -5.0)
    assert not solver_class("bilevel", "interdiction")().supports(assignment).available


def test_cuts_keep_every_bilevel_feasible_point() -> None:
    """Protects validity: no cut made at any decision rules the optimum out."""
    for case in random_cases(9, 16):
        problem = compile_instance(case.instance)
        if case.optimum is None or problem.continuous_linking():
            continue
        found = optkit.solve(case.instance, "value-function").solution
        assert found is not None
        point = problem.point(found)
        relaxation = Relaxation(problem)
        follower = Follower(problem)
        for decision in _decisions(problem):
            response = follower.respond(decision)
            if response.values is not None:
                relaxation.cut(response.values, response.value)
        # The optimum itself, fixed, must remain.
        slack = np.where(problem.integer, 0.0, 1e-7)[problem.upper]
        fixed = point[problem.upper]
        relaxation.program.set_column_bounds(
            problem.upper, fixed - slack, fixed + slack
        )
        answer = relaxation.solve(lambda: False, 60.0)
        assert answer.bound is not None, case.label
        assert answer.bound <= case.optimum + 1e-6, case.label


def _decisions(problem: Any) -> list[Any]:
    """Return some decisions of the leader within its bounds."""
    draw = np.random.default_rng(0)
    upper = problem.upper
    low, high = problem.column_lower[upper], problem.column_upper[upper]
    return [np.rint(low + draw.random(len(upper)) * (high - low)) for _ in range(6)]


def test_continuous_linking_is_refused_with_the_reason() -> None:
    """Protects users from an optimum that need not exist: exit 13, naming the column."""
    document = moore_bard().document()
    document["columns"][0]["integer"] = False
    with pytest.raises(UnavailableError, match=r"linking.*'x'.*continuous") as caught:
        optkit.solve(BilevelInstance.parse(document))
    assert caught.value.exit_status == 13


def test_kkt_takes_continuous_linking_where_the_follower_is_linear() -> None:
    """Protects the way out that the refusal names.

    Continuous throughout, the classic example of linear followers: -18 at x = 8, y = 1.
    """
    document = moore_bard(integer=False).document()
    document["columns"][0]["integer"] = False
    result = optkit.solve(BilevelInstance.parse(document), "kkt")
    assert result.status == "optimal"
    assert result.objective == pytest.approx(-18.0)


def test_unbounded_follower_is_said() -> None:
    """Protects against looping: no response is optimal, so nothing is feasible."""
    endless = instance(
        columns=[column("x", "upper", 1.0), column("y", "lower", None)],
        upper_objective={"coefficients": {"x": 1.0}},
        lower_objective={"coefficients": {"y": -1.0}},
    )
    result = optkit.solve(endless)
    assert result.status == "infeasible"
    assert "unbounded" in result.termination.detail


@pytest.mark.parametrize("method", ["value-function", "kkt"])
def test_unbounded_relaxation_is_said(method: str) -> None:
    """Protects against looping: the leader gains without end, and that is the reason."""
    endless = instance(
        columns=[
            {"id": "x", "level": "upper", "lower": 0.0},
            column("y", "lower", 1.0, integer=False),
        ],
        upper_objective={"coefficients": {"x": -1.0}},
        lower_objective={"coefficients": {"y": -1.0}},
    )
    result = optkit.solve(endless, method)
    assert result.status == "no-solution"
    assert "unbounded" in result.termination.detail


def test_unbounded_linking_column_is_said() -> None:
    """Protects big-M: without a bound there is no valid one, and none is guessed."""
    open_ended = instance(
        columns=[column("x", "upper", None), column("y", "lower", 3.0)],
        rows=[
            {
                "id": "r",
                "level": "lower",
                "upper": 1.0,
                "coefficients": {"x": -1.0, "y": 1.0},
            }
        ],
        upper_objective={"coefficients": {"x": 1.0, "y": -2.0}},
        lower_objective={"coefficients": {"y": 1.0}},
    )
    result = optkit.solve(open_ended, "value-function")
    assert result.status == "no-solution"
    assert "'x' has no bound" in result.termination.detail


def test_bounds_that_rows_imply_are_found() -> None:
    """Protects instances whose files give integer columns no bound but in rows."""
    document = moore_bard().document()
    del document["columns"][0]["upper"]
    assert optkit.solve(BilevelInstance.parse(document)).objective == -22.0


def test_strong_duality_refuses_bounds_that_prove_too_little() -> None:
    """Protects against guessed big-M: where the proven one is useless, it is said so."""
    options = GeneratorOptions.model_validate(
        {"lower_kind": "continuous", "lower_rows": 12, "lower_columns": 12}
    )
    large = BilevelInstance.parse(generate(options, 0))
    support = solver_class("bilevel", "strong-duality")().supports(large)
    assert not support.available
    assert "big-M" in support.reason


def test_same_options_and_seed_generate_the_same() -> None:
    """Protects studies that name a seed."""
    options = GeneratorOptions()
    assert generate(options, 5) == generate(options, 5)
    assert generate(options, 5) != generate(options, 6)


def test_initial_solution_is_the_first_incumbent() -> None:
    """Protects warm starts: a bilevel feasible start is kept and reported."""
    made = moore_bard()
    solution = optkit.solve(made).solution
    again = optkit.solve(made, initial=solution)
    assert again.initial is not None
    assert again.initial.used
    assert again.trajectory[0][1] == -22.0
