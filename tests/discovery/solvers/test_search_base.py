"""The six heuristics: feasibility, quality, equal budgets, initial solutions."""

from __future__ import annotations

from typing import Any

import pytest

import optkit
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Reason
from optkit.discovery.bounds.trivial import trivial_bound
from optkit.discovery.problem.problem_data import problem_data
from tests.discovery.networks import AT_ODDS, network

HEURISTICS = ("stra", "tabu", "ga", "sa", "pso", "aco")


@pytest.mark.parametrize("solver", HEURISTICS)
@pytest.mark.parametrize("options", [{}, AT_ODDS], ids=["cover", "at odds"])
def test_answers_are_bilevel_feasible_and_near_the_optimum(
    solver: str, options: dict[str, Any]
) -> None:
    """Every heuristic's solution passes the check and is near the proven optimum."""
    instance = network(**options)
    exact = optkit.solve(instance, solver="bilevel-exact")
    assert exact.bound is not None
    result = optkit.solve(
        instance, solver=solver, limits=Limits(evaluations=600), seed=2
    )
    assert result.objective is not None
    assert result.solution is not None
    assert optkit.check(instance, result.solution).feasible
    assert result.objective >= exact.bound - 1e-6 * abs(exact.bound)
    assert result.objective <= 1.1 * exact.bound


@pytest.mark.parametrize("solver", HEURISTICS)
@pytest.mark.parametrize("evaluations", [1, 25, 200])
def test_evaluations_are_equal(solver: str, evaluations: int) -> None:
    """Every heuristic uses its budget, and not one evaluation more."""
    result = optkit.solve(
        network(nodes=40, candidates=12),
        solver=solver,
        limits=Limits(evaluations=evaluations),
    )
    assert result.termination.detail.startswith(f"{evaluations} evaluations")
    assert result.termination.reason is Reason.EVALUATION_LIMIT
    assert result.objective is not None


@pytest.mark.parametrize("solver", HEURISTICS)
def test_initial_solution_is_never_lost(solver: str) -> None:
    """An optimal initial solution is returned, however short the search."""
    instance = network(**AT_ODDS)
    exact = optkit.solve(instance, solver="bilevel-exact")
    result = optkit.solve(
        instance,
        solver=solver,
        initial=exact.solution,
        limits=Limits(evaluations=5),
    )
    assert result.objective == pytest.approx(exact.objective, rel=1e-6)
    assert result.initial is not None
    assert result.initial.used


@pytest.mark.parametrize("solver", HEURISTICS)
@pytest.mark.parametrize("candidates", [8, 18], ids=["sets", "facility location"])
def test_heuristics_report_the_bound_by_groups(solver: str, candidates: int) -> None:
    """The bound is near the optimum, and not everything at its cheapest."""
    instance = network(nodes=60, candidates=candidates)
    trivial = trivial_bound(problem_data(instance))
    exact = optkit.solve(instance, solver="bilevel-exact")
    assert exact.objective is not None
    result = optkit.solve(instance, solver=solver, limits=Limits(evaluations=20))
    assert result.bound is not None
    assert trivial < 0.9 * exact.objective
    assert 0.98 * exact.objective <= result.bound <= exact.objective * (1 + 1e-9)
