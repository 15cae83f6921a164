"""Calls that the harness refuses before a solver starts, and how it says so."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import optkit
from tests.core.toy import (
    INSTANCE,
    Absent,
    Choosy,
    claim,
    local_solution,
    registered,
    solve,
)

BAD_LIMITS: list[dict[str, Any]] = [
    {"time": -1.0},
    {"time": math.nan},
    {"time": True},
    {"time": "1"},
    {"time": [1]},
    {"time": 10**400},
    {"gap": -1e-9},
    {"gap": "small"},
    {"target": math.nan},
    {"target": False},
    {"memory": -1},
    {"iterations": -1},
    {"iterations": 1.5},
    {"iterations": True},
    {"evaluations": 2.0},
    {"evaluations": "2"},
]


@pytest.mark.parametrize("limits", BAD_LIMITS, ids=lambda limits: str(limits)[:30])
def test_senseless_limit_is_refused(limits: dict[str, Any]) -> None:
    """Limits that make no sense are refused."""
    with pytest.raises(optkit.UsageError, match=f"limits.{next(iter(limits))}"):
        optkit.Limits(**limits)


@pytest.mark.parametrize("seed", [-1, 1.0, "1", True, None, math.nan])
def test_senseless_seed_is_refused(seed: Any) -> None:
    """A seed that is no non-negative whole number is refused."""
    with pytest.raises(optkit.UsageError, match="seed"):
        solve(claim(), seed=seed)
    with pytest.raises(optkit.UsageError, match="seed"):
        optkit.generate("allocation", seed=seed)


NONSENSE: dict[str, Callable[[], object]] = {
    "a path for an instance": lambda: optkit.solve("x.json"),  # type: ignore[arg-type]
    "None for an instance": lambda: optkit.solve(None),  # type: ignore[arg-type]
    "a number for a solver": lambda: optkit.solve(INSTANCE, 5),  # type: ignore[arg-type]
    "a number for limits": lambda: solve(claim(), limits=5),
    "a mapping for limits": lambda: solve(claim(), limits={"time": 1}),
    "a list for options": lambda: optkit.solve(
        INSTANCE,
        "pmo",
        options=[1],  # type: ignore[arg-type]
    ),
    "a result for an initial solution": lambda: solve(claim(), initial=solve(claim())),
    "a word for an executor": lambda: solve(claim(), executor="threads"),
    "a result to check": lambda: optkit.check(
        INSTANCE,
        solve(claim()),  # type: ignore[arg-type]
    ),
    "nothing to check": lambda: optkit.check(None, None),  # type: ignore[arg-type]
    "None to save": lambda: optkit.save(None, "x"),  # type: ignore[arg-type]
    "an instance to save": lambda: optkit.save(INSTANCE, "x"),  # type: ignore[arg-type]
    "a number for a family": lambda: optkit.generate(5),  # type: ignore[arg-type]
    "None for a file": lambda: optkit.load(None),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("what", NONSENSE)
def test_clumsy_call_is_explained(what: str) -> None:
    """A wrong argument is refused at once, by name."""
    with pytest.raises((optkit.OptkitError, TypeError)) as caught:
        NONSENSE[what]()
    assert "object is not" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"dept": 2}, "'depth'"),
        ({"zzz": 2}, "zzz"),
        ({"depth": 0}, "depth: 0 is not allowed"),
        ({"depth": "deep"}, "depth: 'deep' is not allowed"),
        ({"depth": None}, "depth"),
        ({"dept": 2, "depth": 0}, "dept"),
    ],
)
def test_wrong_option_is_refused(options: dict[str, Any], expected: str) -> None:
    """An unknown option is refused; it is not ignored."""
    with pytest.raises(optkit.UsageError, match="choosy") as caught:
        Choosy(claim(), options)
    assert expected in str(caught.value)


def test_wrong_options_are_all_named_at_once() -> None:
    """All wrong options are reported together."""
    with pytest.raises(optkit.UsageError) as caught:
        Choosy(claim(), {"dept": 2, "depth": 0})
    assert "dept'" in str(caught.value)
    assert "depth: 0" in str(caught.value)


def test_options_beside_a_ready_solver_are_refused() -> None:
    """Options beside a configured solver are refused."""
    with pytest.raises(optkit.UsageError, match="already has its own"):
        optkit.solve(INSTANCE, Choosy(claim()), options={"depth": 2})


@pytest.mark.parametrize(
    "asked",
    [
        {"initial": local_solution()},
        {"executor": ThreadPoolExecutor(1)},
        {"limits": optkit.Limits(iterations=3)},
        {"limits": optkit.Limits(evaluations=3)},
    ],
    ids=lambda asked: next(iter(asked)),
)
def test_missing_capability_is_an_error(asked: dict[str, Any]) -> None:
    """A missing capability is refused with the reason."""
    with pytest.raises(optkit.UnavailableError, match="'choosy' has no use for"):
        optkit.solve(INSTANCE, Choosy(claim()), **asked)


def test_unavailable_solver_says_why() -> None:
    """A solver that is not available is refused before anything runs."""
    with registered(Absent):
        with pytest.raises(optkit.UnavailableError, match="no licence"):
            optkit.solve(INSTANCE, "absent")
        info = next(i for i in optkit.solvers("allocation") if i.name == "absent")
        assert (info.available, info.reason) == (False, "no licence")


def test_initial_solution_is_checked() -> None:
    """An initial solution that does not pass the check is refused with the violations."""
    with pytest.raises(optkit.FailedCheckError, match=r"sums to 3\.0"):
        solve(claim(), initial=local_solution(0.5))


def test_initial_solution_of_another_instance_is_refused() -> None:
    """An initial solution with unknown servers is refused."""
    other = optkit.solve(optkit.generate("allocation", servers=3), "local").solution
    with pytest.raises(optkit.FailedCheckError, match="is not the id of a server"):
        solve(claim(), initial=other)


def test_initial_solution_that_is_not_mentioned_is_reported() -> None:
    """The result reports the initial solution even if the solver does not mention it."""
    report = solve(claim(), initial=local_solution()).initial
    assert report is not None
    assert not report.used
    assert "did not say" in report.detail
    assert solve(claim()).initial is None
