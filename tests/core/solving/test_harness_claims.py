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
    """Protects the plain case: the checker's objective agrees, the status follows."""
    result = solve(claim(bound=4.5))
    assert result.status is Status.FEASIBLE
    assert result.verification is not None
    assert result.verification.objective == pytest.approx(LOCAL, rel=1e-15)
    assert result.gap == pytest.approx(0.5)


@pytest.mark.parametrize("factor", [1 + 2e-6, 1 - 2e-6, 0.5, 2.0])
def test_wrong_objective_is_no_solution(factor: float) -> None:
    """Protects against a solver that is wrong about its own objective."""
    result = solve(claim(LOCAL * factor))
    assert result.status is Status.NO_SOLUTION
    assert result.verification is not None
    assert [v.kind for v in result.verification.violations] == ["objective"]


@pytest.mark.parametrize("factor", [1 + 5e-7, 1 - 5e-7])
def test_rounded_objective_passes(factor: float) -> None:
    """Protects honest solvers: the objective may differ by 1e-6 of itself."""
    assert solve(claim(LOCAL * factor)).status is Status.FEASIBLE


def test_infeasible_solution_is_not_feasible() -> None:
    """Protects against a solution that leaves some of the task undone."""

    def behaviour(_: Any, run: Run) -> None:
        run.incumbent(0.9 * LOCAL, lambda: local_solution(0.9))

    result = solve(behaviour)
    assert result.status is Status.NO_SOLUTION
    assert result.verification is not None
    assert not result.verification.feasible
    assert "task-size" in {v.kind for v in result.verification.violations}


def test_nothing_found_is_no_solution() -> None:
    """Protects the meaning of an empty result: nothing is claimed, nothing verified."""
    result = solve(lambda instance, run: None)
    assert result.status is Status.NO_SOLUTION
    assert (result.solution, result.objective, result.bound) == (None, None, None)
    assert (result.gap, result.verification) == (None, None)


def test_best_solution_wins_and_is_built_once() -> None:
    """Protects the incumbent: a worse one after it changes nothing, only it is built."""
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
    """Protects files and gaps from NaN: such a report is refused where it is made."""
    with pytest.raises(optkit.UsageError, match="finite"):
        solve(lambda i, run: run.incumbent(value, local_solution) and None)
    with pytest.raises(optkit.UsageError, match="bound"):
        solve(lambda i, run: run.prove(value, "nothing") and None)


def test_no_bound_is_no_gap() -> None:
    """Protects the meaning of null: nothing proven is None, never 0 or infinity."""
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
    """Protects the word optimal: a gap of at most 1e-6, whoever says what."""
    assert solve(claim(bound=bound)).status is status


def test_optimal_does_not_depend_on_the_unit() -> None:
    """Protects tiny tasks: a solution twice too dear is not optimal in any unit."""
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
    """Protects proofs: one of the two figures is wrong, and that is said aloud."""
    with pytest.raises(optkit.ContradictionError, match="a claim"):
        solve(claim(bound=LOCAL * (1 + 2e-6)))


def test_bound_past_the_objective_by_rounding_is_lowered() -> None:
    """Protects honest solvers: rounding is no contradiction, the weaker claim stands."""
    result = solve(claim(bound=LOCAL * (1 + 5e-7)))
    assert result.bound == result.objective == LOCAL
    assert result.status is Status.OPTIMAL


def test_worse_bound_is_not_kept() -> None:
    """Protects the bound: the best that was proven stands, with its source."""

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
    """Protects the word proved: it comes with what is proven."""
    with pytest.raises(optkit.ContradictionError, match="no bound"):
        solve(proof(None))


def test_proof_with_a_gap_is_no_proof() -> None:
    """Protects the word proved: a solver that leaves a gap has not proved its answer."""
    try:
        result = solve(proof(0.1))
    except optkit.ContradictionError:
        return
    assert result.termination.reason is not Reason.PROVED


def test_proof_with_the_bound_stands() -> None:
    """Protects the plain case of an exact solver."""
    result = solve(proof(LOCAL))
    assert result.termination.reason is Reason.PROVED
    assert result.status is Status.OPTIMAL


def test_proven_infeasible_needs_no_bound() -> None:
    """Protects the other proof: that there is no solution."""
    assert solve(proof(None, infeasible=True)).status is Status.INFEASIBLE


def test_infeasible_beside_a_solution_is_a_contradiction() -> None:
    """Protects against a solver that claims both."""

    def behaviour(instance: Any, run: Run) -> Outcome:
        claim()(instance, run)
        return Outcome(Reason.PROVED, "", infeasible=True)

    with pytest.raises(optkit.ContradictionError, match="no solution"):
        solve(behaviour)
