"""Tests of programs whose follower takes the optimum that is worst for the leader."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import optkit
from optkit.bilevel.check.brute_force import brute_force
from optkit.bilevel.check.checker import check
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.solution import BilevelSolution
from optkit.bilevel.testing import random_instances
from optkit.core.errors import UnavailableError
from tests.bilevel.examples import column, instance


def _indifferent(ties: str | None, room: float = 1.0) -> BilevelInstance:
    """Return a follower without objective, with y1 + y2 <= 1 + x; the leader wants y1.

    The leader's row is y2 <= room, and x costs 0.25.
    """
    return instance(
        columns=[
            column("x", "upper", 1.0),
            column("y1", "lower", 1.0),
            column("y2", "lower", 1.0),
        ],
        rows=[
            {
                "id": "sum",
                "level": "lower",
                "upper": 1.0,
                "coefficients": {"y1": 1.0, "y2": 1.0, "x": -1.0},
            },
            {
                "id": "room",
                "level": "upper",
                "upper": room,
                "coefficients": {"y2": 1.0},
            },
        ],
        upper_objective={"coefficients": {"x": 0.25, "y1": -1.0}},
        **({} if ties is None else {"ties": ties}),
    )


@pytest.mark.parametrize(
    ("ties", "optimum"), [(None, -1.0), ("optimistic", -1.0), ("pessimistic", 0.0)]
)
def test_ties_decide_for_or_against_the_leader(
    ties: str | None, optimum: float
) -> None:
    """The indifferent follower takes y1 = 1 for an optimistic leader, else y1 = 0."""
    result = optkit.solve(_indifferent(ties))
    assert result.status == "optimal"
    assert result.objective == optimum
    assert result.bound == optimum
    assert brute_force(_indifferent(ties)) == optimum


def test_one_optimal_response_that_breaks_a_row_is_enough() -> None:
    """With room for no y2 every decision is infeasible, as the follower may take y2 = 1."""
    assert optkit.solve(_indifferent("pessimistic", room=0.0)).status == "infeasible"
    assert optkit.solve(_indifferent("optimistic", room=0.0)).status == "optimal"


def _tied_programs(seed: int, count: int) -> Iterator[tuple[str, BilevelInstance]]:
    """Yield pessimistic programs whose followers often have several optima."""
    for number, (label, program) in enumerate(random_instances(seed, count)):
        rng = np.random.default_rng([seed, number])
        document = program.document()
        costs = document["lower_objective"]["coefficients"]
        document["lower_objective"]["coefficients"] = {
            name: float(np.sign(cost)) * float(rng.integers(1, 3))
            for name, cost in costs.items()
            if rng.random() < 0.5
        }
        levels = [c["integer"] for c in document["columns"] if c["level"] == "upper"]
        if all(levels):
            yield label, BilevelInstance.parse({**document, "ties": "pessimistic"})


@pytest.mark.parametrize(
    ("seed", "count"),
    [(1, 16), *(pytest.param(s, 80, marks=pytest.mark.slow) for s in (2, 3))],
)
def test_optima_agree_with_brute_force(seed: int, count: int) -> None:
    """The optimum is proven, and is often not that of the optimistic program."""
    worse = 0
    for label, program in _tied_programs(seed, count):
        optimum = brute_force(program)
        optimistic = brute_force(program.model_copy(update={"ties": None}))
        result = optkit.solve(program)
        if optimum is None:
            assert result.status == "infeasible", label
            worse += optimistic is not None
            continue
        assert optimistic is not None, label
        assert result.status == "optimal", label
        assert result.objective == pytest.approx(optimum, rel=1e-7, abs=1e-7), label
        assert optimum >= optimistic - 1e-7, label
        worse += optimum > optimistic + 1e-7
    assert worse >= count // 4


@pytest.mark.parametrize(
    ("lower", "room", "feasible"),
    [
        ({"y1": 0.0, "y2": 0.0}, 1.0, True),
        ({"y1": 0.0, "y2": 1.0}, 1.0, True),
        ({"y1": 1.0, "y2": 0.0}, 1.0, False),
        ({"y1": 0.0, "y2": 0.0}, 0.0, False),
    ],
)
def test_the_checker_looks_for_worse_responses(
    lower: dict[str, float], room: float, feasible: bool
) -> None:
    """A response passes only if none is worse for the leader, and none breaks its rows."""
    solution = BilevelSolution(upper={"x": 0.0}, lower=lower, follower_value=0.0)
    report = check(_indifferent("pessimistic", room), solution)
    kinds = {violation.kind for violation in report.violations}
    assert kinds == (set() if feasible else {"worst-response"})
    assert check(_indifferent("optimistic", room), solution).feasible


@pytest.mark.parametrize("sense", ["min", "max"])
@pytest.mark.parametrize("error", [-1e-7, 0.0, 1e-7])
def test_the_checker_accepts_responses_within_its_tolerance(
    sense: str, error: float
) -> None:
    """A row that is broken within the tolerance may make a response too good.

    The follower has to take y1 + y2 = 4.5 at least, where each is at most 4, and takes no
    more. The leader wants y1 to be small, so the worst response is y1 = 4.
    """
    factor = 1.0 if sense == "min" else -1.0
    program = instance(
        columns=[
            column("x", "upper", 1.0),
            {**column("y1", "lower", 4.0), "integer": False},
            {**column("y2", "lower", 4.0), "integer": False},
        ],
        rows=[
            {
                "id": "need",
                "level": "lower",
                "lower": 4.5,
                "coefficients": {"x": 1.0, "y1": 1.0, "y2": 1.0},
            }
        ],
        upper_objective={"coefficients": {"y1": 1.0}},
        lower_objective={"sense": sense, "coefficients": {"y1": factor, "y2": factor}},
        ties="pessimistic",
    )
    for y1, feasible in ((4.0, True), (3.0, False)):
        y2 = 4.5 - y1 + error
        solution = BilevelSolution(
            upper={"x": 0.0},
            lower={"y1": y1, "y2": y2},
            follower_value=factor * (y1 + y2),
        )
        assert check(program, solution).feasible is feasible


@pytest.mark.parametrize("sense", ["min", "max"])
def test_senses_of_both_levels(sense: str) -> None:
    """The same program with a leader and a follower who maximise has the same optimum."""
    document = _indifferent("pessimistic").document()
    factor = 1.0 if sense == "min" else -1.0
    for key, costs in (
        ("upper_objective", {"x": 0.25, "y1": -1.0}),
        ("lower_objective", {"y2": 1.0}),
    ):
        negated = {name: factor * cost for name, cost in costs.items()}
        document[key] = {"sense": sense, "coefficients": negated}
    program = BilevelInstance.parse(document)
    result = optkit.solve(program)
    assert result.objective == brute_force(program) == 0.0
    assert isinstance(result.solution, BilevelSolution)
    better = result.solution.model_copy(
        update={"lower": {"y1": 1.0, "y2": 0.0}, "follower_value": 0.0}
    )
    report = check(program, better)
    assert [violation.kind for violation in report.violations] == ["worst-response"]


def test_other_solvers_refuse_pessimistic_programs() -> None:
    """A solver of optimistic programs names the one that is made for pessimistic ones."""
    with pytest.raises(UnavailableError, match=r"pessimistic.*-s pessimistic"):
        optkit.solve(_indifferent("pessimistic"), "value-function")
    with pytest.raises(UnavailableError, match="optimistic"):
        optkit.solve(_indifferent(None), "pessimistic")
