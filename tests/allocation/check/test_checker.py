"""The checker's verdicts: planted violations, rules of routing, and tolerances."""

from __future__ import annotations

import copy

import pytest

from optkit.allocation.check import checker
from optkit.allocation.solution import AllocationSolution
from tests.allocation.check.hand_cases import DETOUR, HAND, Plain, network
from tests.allocation.check.planted import PLANTED, solved, spoilt


def test_the_solutions_pass_before_they_are_spoilt() -> None:
    """The solutions pass before they are spoilt, so what is caught is what was planted."""
    for label, instance, plain in solved():
        verification = checker.check(instance, AllocationSolution(**plain))
        assert verification.feasible, (label, verification.violations)


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("number", range(16))
def test_planted_violation_is_caught(name: str, number: int) -> None:
    """Each kind of violation is found under its own name."""
    label, instance, plain = solved()[number]
    verification = checker.check(instance, spoilt(instance, plain, name))
    assert not verification.feasible, label
    kinds = [violation.kind for violation in verification.violations]
    assert PLANTED[name][1] in kinds, (label, kinds)
    assert all(v.path and v.message for v in verification.violations)


def test_other_trees_are_legal_only_where_routing_is_free() -> None:
    """Another tree than the sink tree passes only with free routing."""
    plain: Plain = {
        "parent": {"a": "m", "b": "m"},
        "load_gbit": {"m": 2.0},
        "order": {"a": ["a"], "b": ["b"]},
    }
    sink = checker.check(DETOUR, AllocationSolution(**plain, routing="sink"))
    assert [v.kind for v in sink.violations] == ["routing"]
    assert sink.violations[0].path == "parent.a"
    free = checker.check(DETOUR, AllocationSolution(**plain, routing="free"))
    assert free.feasible
    plain.update(parent={"a": "b", "b": "m"}, order={"b": ["b", "a"]})
    assert checker.check(DETOUR, AllocationSolution(**plain, routing="sink")).feasible


@pytest.mark.parametrize(
    ("off", "feasible"),
    [(9e-8, True), (-9e-8, True), (1.1e-7, False), (-1.1e-7, False)],
)
def test_tolerance_of_the_sum(off: float, feasible: bool) -> None:
    """Σ y = Y is checked to 1e-7 of Y, as documented, no more and no less."""
    instance, plain, _ = HAND["bush"]
    changed = copy.deepcopy(plain)
    changed["load_gbit"]["B"] += off * 12.0
    verification = checker.check(instance, AllocationSolution(**changed))
    assert verification.feasible is feasible


@pytest.mark.parametrize(("load", "feasible"), [(-0.9e-7, True), (-1.1e-7, False)])
def test_tolerance_of_the_sign(load: float, feasible: bool) -> None:
    """Y may be as low as -1e-7 of Y, as documented, no more and no less."""
    instance, plain, _ = HAND["fork"]
    changed = copy.deepcopy(plain)
    changed["load_gbit"].update({"A": load * 5.0, "M": 1.0 - load * 5.0})
    verification = checker.check(instance, AllocationSolution(**changed))
    assert verification.feasible is feasible


def test_an_empty_task_has_no_tolerance() -> None:
    """An empty task leaves nothing for anybody, however little."""
    instance = network(0.0, 1.0, (1, 1), {"m": (1, 1, 1)}, {})
    for load, feasible in ((0.0, True), (1e-30, False)):
        solution = AllocationSolution(parent={}, load_gbit={"m": load}, order={})
        assert checker.check(instance, solution).feasible is feasible
