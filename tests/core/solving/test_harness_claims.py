"""What the harness makes of a claim: verified, proven, or contradicted."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import optkit
from optkit.allocation.solution import AllocationSolution
from optkit.core.solving.result import Reason, Status
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Outcome
from optkit.core.tools.instance_files import parse_instance
from tests.core.documents import instance_document, placed
from tests.core.toy import (
    LOCAL,
    Behaviour,
    Toy,
    claim,
    local_solution,
    solve,
)


def test_right_claim_is_verified() -> None:
    """A correct claim is verified, and the status follows from it."""
    result = solve(claim(bound=4.5))
    assert result.status is Status.FEASIBLE
    assert result.verification is not None
    assert result.verification.objective == pytest.approx(LOCAL, rel=1e-15)
    assert result.gap == pytest.approx(0.5)


@pytest.mark.parametrize("factor", [1 + 2e-6, 1 - 2e-6, 0.5, 2.0])
def test_wrong_objective_is_no_solution(factor: float) -> None:
    """A solution with a wrong objective counts as no solution."""
    result = solve(claim(LOCAL * factor))
    assert result.status is Status.NO_SOLUTION
    assert result.verification is not None
    assert [v.kind for v in result.verification.violations] == ["objective"]


@pytest.mark.parametrize("factor", [1 + 5e-7, 1 - 5e-7])
def test_rounded_objective_passes(factor: float) -> None:
    """An objective may differ from the recomputed one by 1e-6 of itself."""
    assert solve(claim(LOCAL * factor)).status is Status.FEASIBLE


def test_infeasible_solution_is_not_feasible() -> None:
    """A solution that does only a part of the task is not feasible."""

    def behaviour(_: Any, run: Run) -> None:
        run.incumbent(0.9 * LOCAL, lambda: local_solution(0.9))

    result = solve(behaviour)
    assert result.status is Status.NO_SOLUTION
    assert result.verification is not None
    assert not result.verification.feasible
    assert "task-size" in {v.kind for v in result.verification.violations}


def test_nothing_found_is_no_solution() -> None:
    """A run without solution claims nothing, and nothing is verified."""
    result = solve(lambda instance, run: None)
    assert result.status is Status.NO_SOLUTION
    assert (result.solution, result.objective, result.bound) == (None, None, None)
    assert (result.gap, result.verification) == (None, None)


def test_best_solution_wins_and_is_built_once() -> None:
    """The best of several solutions is returned, and only that one is built."""
    built = []

    def make(tag: str) -> Callable[[], AllocationSolution]:
        def build() -> AllocationSolution:
            built.append(tag)
            return local_solution()

        return build

    def behaviour(_: Any, run: Run) -> None:
        assert run.incumbent(2 * LOCAL, make("first"))
        assert run.incumbent(LOCAL, make("best"))
        assert not run.incumbent(LOCAL, make("equal"))
        assert not run.incumbent(3 * LOCAL, make("worse"))

    assert solve(behaviour).objective == LOCAL
    assert built == ["best"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_figures_have_to_be_finite(value: float) -> None:
    """NaN and infinity are refused when a solver reports them."""
    with pytest.raises(optkit.UsageError, match="finite"):
        solve(lambda i, run: run.incumbent(value, local_solution) and None)
    with pytest.raises(optkit.UsageError, match="bound"):
        solve(lambda i, run: run.prove(value, "nothing") and None)


def test_no_bound_is_no_gap() -> None:
    """Without a proof the bound is None, not 0 or infinity."""
    result = solve(claim())
    assert (result.bound, result.bound_source, result.gap) == (None, None, None)
    assert result.status is Status.FEASIBLE


@pytest.mark.parametrize(
    ("bound", "status"),
    [
        (LOCAL, Status.OPTIMAL),
        (LOCAL * (1 - 9e-7), Status.OPTIMAL),
        (LOCAL * (1 - 2e-6), Status.FEASIBLE),
        (-1.0, Status.FEASIBLE),
    ],
)
def test_optimal_is_a_gap_of_a_millionth(bound: float, status: Status) -> None:
    """A solution is optimal if its gap is at most 1e-6, whatever the solver says."""
    assert solve(claim(bound=bound)).status is status


def test_optimal_does_not_depend_on_the_unit() -> None:
    """Optimality does not depend on the unit: twice the optimum is never optimal."""
    size = 1e-15
    tiny = parse_instance(
        placed(
            placed(instance_document(), "task.size_gbit", size),
            "weights",
            {"time": 1e-15, "energy": 0.0},
        )
    )
    local = AllocationSolution(parent={}, load_gbit={"m": size}, order={})
    cost = optkit.check(tiny, local).objective
    assert cost is not None
    assert 0.0 < cost < 1e-18

    def behaviour(_: Any, run: Run) -> None:
        run.prove(0.5 * cost, "half of it")
        run.incumbent(cost, lambda: local)

    assert optkit.solve(tiny, Toy(behaviour)).status is Status.FEASIBLE


def test_bound_past_the_objective_is_a_contradiction() -> None:
    """A bound above a verified objective is a contradiction."""
    with pytest.raises(optkit.ContradictionError, match="a claim"):
        solve(claim(bound=LOCAL * (1 + 2e-6)))


def test_bound_past_the_objective_by_rounding_is_lowered() -> None:
    """A bound above the objective by rounding is lowered to the objective."""
    result = solve(claim(bound=LOCAL * (1 + 5e-7)))
    assert result.bound == result.objective == LOCAL
    assert result.status is Status.OPTIMAL


def test_worse_bound_is_not_kept() -> None:
    """The best of several bounds is returned, with its source."""

    def behaviour(_: Any, run: Run) -> None:
        assert run.prove(3.0, "good")
        assert not run.prove(2.0, "worse")
        run.incumbent(LOCAL, local_solution)

    result = solve(behaviour)
    assert (result.bound, result.bound_source) == (3.0, "good")


def proof(bound: float | None, infeasible: bool = False) -> Behaviour:
    """Return a behaviour that claims a proof."""

    def behaviour(instance: Any, run: Run) -> Outcome:
        if not infeasible:
            claim(bound=bound)(instance, run)
        return Outcome(Reason.PROVED, "so it says", infeasible)

    return behaviour


def test_proof_without_a_bound_is_a_contradiction() -> None:
    """A proof without a bound is a contradiction."""
    with pytest.raises(optkit.ContradictionError, match="no bound"):
        solve(proof(None))


def test_proof_with_a_gap_is_no_proof() -> None:
    """A solver that leaves a gap has not proved its answer."""
    try:
        result = solve(proof(0.1))
    except optkit.ContradictionError:
        return
    assert result.termination.reason is not Reason.PROVED


def test_proof_with_the_bound_stands() -> None:
    """A proof with a matching bound is optimal."""
    result = solve(proof(LOCAL))
    assert result.termination.reason is Reason.PROVED
    assert result.status is Status.OPTIMAL


def test_proven_infeasible_needs_no_bound() -> None:
    """A proof that there is no solution gives the status infeasible."""
    assert solve(proof(None, infeasible=True)).status is Status.INFEASIBLE


def test_infeasible_beside_a_solution_is_a_contradiction() -> None:
    """A solver cannot report a solution and prove that there is none."""

    def behaviour(instance: Any, run: Run) -> Outcome:
        claim()(instance, run)
        return Outcome(Reason.PROVED, "", infeasible=True)

    with pytest.raises(optkit.ContradictionError, match="no solution"):
        solve(behaviour)
