"""A family's bounds reach every answer, and disturb none."""

from __future__ import annotations

import math
from typing import Any

import pytest

import optkit
from optkit.core.solving import family_bounds, registry
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.family import resolve
from optkit.core.solving.family_bounds import FamilyBound, bounds_of
from optkit.core.solving.units import in_units, unit_form
from optkit.core.tools.contract_cases import ContractCases
from tests.core.toy import INSTANCE, LOCAL, Toy, claim, search
from tests.core.toy import solve as solve_without
from tests.small import OPTIONS, instance

FAMILIES = [*OPTIONS]
TINY = 100
"""Tiny instances per family whose optimum is known from brute force."""


FEW = 10
"""Instances of which the optimum of other variants is computed, which takes long."""


def solve(*arguments: Any, bound: Any = "within", **named: Any) -> optkit.Result:
    """Run a behaviour inside the harness, which asks the family for its bounds."""
    return solve_without(*arguments, bound=bound, **named)


def _cases(family: str) -> list[Any]:
    target = optkit.families()[family].contract_cases
    assert target is not None
    cases: ContractCases = resolve(target)
    return [*cases.random(23, TINY), *cases.degenerate()]


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_no_bound_is_above_the_optimum(family: str) -> None:
    """On tiny and degenerate instances, every bound of every variant is on its side."""
    described = optkit.families()[family]
    bounds: list[FamilyBound] = resolve(described.bounds)  # type: ignore[arg-type]
    proven = 0
    for number, case in enumerate(_cases(family)):
        form = unit_form(described, case.instance)
        factor = 1.0 if form is None else form.factor
        for variant in {variant for bound in bounds for variant in bound.variants}:
            known = case.of(variant) if not variant or number < FEW else None
            if known is None or known.optimum is None:
                continue
            for bound in bounds_of(described, variant):
                value = bound.compute(in_units(described, case.instance), Deadline())
                if value is None:
                    continue
                assert math.isfinite(value)
                slack = 1e-9 * max(1.0, abs(known.optimum))
                assert value * factor <= known.optimum + slack, (
                    case.label,
                    bound.source,
                )
                proven += 1
    assert proven > TINY // 2


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_every_solver_has_a_bound_and_its_own_answer(family: str) -> None:
    """With the family's bounds, the answer is the same, and the bound no worse."""
    for row in optkit.solvers(family):
        cls = registry.solver_class(family, row.name)
        if not row.available or not cls().supports(instance(family)).available:
            continue
        without = optkit.solve(instance(family), row.name, seed=1, bound="none")
        answer = optkit.solve(instance(family), row.name, seed=1)
        assert answer.solution == without.solution, row.name
        assert answer.objective == without.objective, row.name
        assert answer.bound is not None, row.name
        assert answer.bound_source
        if without.bound is not None:
            assert answer.bound >= without.bound
        if answer.bound == without.bound:
            assert answer.bound_source == without.bound_source


def test_a_genetic_algorithm_is_proven_by_what_proves_the_block() -> None:
    """What a bound proves does not depend on who found the answer."""
    network = instance("allocation")
    block, ga = (optkit.solve(network, name, seed=1) for name in ("block", "ga"))
    without = optkit.solve(network, "ga", seed=1, bound="none")
    assert without.status is optkit.Status.FEASIBLE
    assert ga.status is block.status is optkit.Status.OPTIMAL
    assert ga.bound_source == block.bound_source
    assert ga.termination.reason is optkit.Reason.CONVERGED


def test_a_plug_in_without_bounds_gets_one() -> None:
    """A solver that knows nothing of bounds has the family's, as the last change."""
    answer = solve(claim(LOCAL))
    assert answer.bound is not None
    assert answer.bound <= LOCAL
    assert answer.trajectory[-1][2] == answer.bound
    assert answer.timings.bound_s > 0.0
    assert solve(claim(LOCAL), bound="none").bound is None
    nothing = solve(lambda *_: None)
    assert nothing.bound is not None


def test_nothing_is_asked_for_where_the_answer_is_proven(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither after a proof, nor from a source that the solver has used itself."""
    asked: list[str] = []

    def compute(name: str, value: float) -> FamilyBound:
        def bound(*_: Any) -> float:
            asked.append(name)
            return value

        return FamilyBound(name, bound)

    bounds = [compute("a claim", 1.0), compute("better", LOCAL), compute("late", 2.0)]
    monkeypatch.setattr("optkit.core.solving.harness.bounds_of", lambda *_: bounds)
    assert solve(claim(LOCAL, bound=LOCAL)).bound_source == "a claim"
    assert asked == []
    answer = solve(claim(LOCAL, bound=0.5))
    assert answer.status is optkit.Status.OPTIMAL
    assert asked == ["better"]


def test_a_bound_of_the_family_that_cannot_be_true_is_its_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bound above a verified solution names the family, not the solver."""
    wrong = FamilyBound("a mistake", lambda *_: 2 * LOCAL)
    monkeypatch.setattr("optkit.core.solving.harness.bounds_of", lambda *_: [wrong])
    with pytest.raises(optkit.ContradictionError, match="family 'allocation' claims"):
        solve(claim(LOCAL))
    monkeypatch.undo()
    with pytest.raises(optkit.ContradictionError, match="solver 'toy' claims"):
        solve(claim(LOCAL, bound=2 * LOCAL))


def test_bounds_stop_with_their_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """They get a twentieth of the limit, which the solver goes without unless asked."""
    seen: dict[str, float] = {}

    def compute(_: Any, deadline: Deadline) -> None:
        seen["share"] = deadline.remaining

    slow = FamilyBound("slow", lambda *_: 1.0, seconds=lambda _: 1e9)
    bounds = [slow, FamilyBound("asks", compute)]
    monkeypatch.setattr("optkit.core.solving.harness.bounds_of", lambda *_: bounds)

    def behaviour(_: Any, run: optkit.Run) -> None:
        seen["left"] = run.remaining()

    solve(behaviour, time_limit=20.0)
    assert 0.9 < seen["share"] <= 20.0 * family_bounds.SHARE
    assert 18.0 < seen["left"] <= 19.0
    answer = solve(behaviour, time_limit=20.0, bound="after")
    assert 19.0 < seen["left"] <= 20.0
    assert "share" in seen
    assert answer.bound_source is None, "a bound was computed that takes too long"
    solve(behaviour)
    assert math.isinf(seen["share"])


def test_ctrl_c_leaves_a_second_for_the_bound_and_a_second_one_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After Ctrl-C there is a bound soon; Ctrl-C then keeps the answer without one."""
    seen: list[float] = []

    def compute(_: Any, deadline: Deadline) -> float:
        seen.append(deadline.remaining)
        if len(seen) > 1:
            raise KeyboardInterrupt
        return 1.0

    monkeypatch.setattr(
        "optkit.core.solving.harness.bounds_of",
        lambda *_: [FamilyBound("ask", compute)],
    )

    def interrupted(instance: Any, run: optkit.Run) -> None:
        claim(LOCAL)(instance, run)
        raise KeyboardInterrupt

    answer = solve(interrupted)
    assert seen[0] <= family_bounds.AFTER_CTRL_C
    assert answer.bound == 1.0
    again = solve(claim(LOCAL))
    assert again.termination.reason is optkit.Reason.INTERRUPTED
    assert again.objective == LOCAL
    assert again.bound is None


def test_a_search_that_takes_all_of_its_time_leaves_some_for_the_bounds() -> None:
    """The family's bound is there after a time limit, too."""
    answer = solve(search(10**9), time_limit=0.4)
    assert answer.termination.reason is optkit.Reason.TIME_LIMIT
    assert answer.bound is not None


def test_variants_have_bounds_of_their_own() -> None:
    """A bound on shortest-path trees says nothing about free routing."""
    bounds = bounds_of(optkit.families()["allocation"], "free routing")
    assert [bound.variants for bound in bounds] == [("free routing",)]
    assert bounds_of(optkit.families()["allocation"], "of my own") == []

    class Free(Toy):
        variant = "free routing"

    answer = optkit.solve(INSTANCE, Free(claim(LOCAL)))
    assert answer.bound_source == bounds[0].source
    with pytest.raises(optkit.UsageError, match="'within', 'after' or 'none'"):
        optkit.solve(INSTANCE, bound="no")  # type: ignore[arg-type]
