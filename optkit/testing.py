"""The contract that every solver keeps, as tests to run on your own.

In a test file of yours::

    from optkit.testing import parametrize_with_contract

    @parametrize_with_contract([MySolver])
    def test_contract(check):
        check()

or, without pytest, ``check_solver(MySolver)``. The instances come from the solver's
family, with optima by brute force that no solver shares.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.instance import Instance
from optkit.core.solving.events import Event, EventKind
from optkit.core.solving.family import resolve
from optkit.core.solving.limits import Limits
from optkit.core.solving.registry import family
from optkit.core.solving.result import Reason, Result, Status
from optkit.core.solving.solve import solve
from optkit.core.solving.solver import Kind, Solver
from optkit.core.tools.contract_cases import ContractCase, ContractCases
from optkit.core.tools.solution_files import SolutionDocument, solution_document

EXACT = 1e-9
"""Relative difference up to which two optima count as equal."""

SolverClass = type[Solver[Any]]


@dataclass(frozen=True)
class ContractCheck:
    """One promise, bound to one solver; call it to test it.

    Parameters
    ----------
    name
        The promise.
    solver
        The solver.
    options
        Options to run it with.
    function
        The test; raises AssertionError where the promise is broken.
    """

    name: str
    solver: SolverClass
    options: Mapping[str, Any]
    function: Callable[[SolverClass, Mapping[str, Any]], None]

    def __call__(self) -> None:
        """Test the promise."""
        self.function(self.solver, self.options)

    def __str__(self) -> str:
        shown = ",".join(f"{key}={value}" for key, value in self.options.items())
        return f"{self.solver.name}{f'[{shown}]' if shown else ''}-{self.name}"


@cache
def _all_cases(family_name: str) -> tuple[ContractCase, ...]:
    found = _sources(family_name)
    return (*found.random(11, 40), *found.degenerate())


@cache
def _cases_of(family_name: str, variant: str) -> tuple[ContractCase, ...]:
    """Return the cases with the optima of one variant of the problem."""
    found = (case.of(variant) for case in _all_cases(family_name))
    return tuple(case for case in found if case is not None)


def _cases(solver: Solver[Any]) -> list[ContractCase]:
    """Return the cases that ``solver`` takes; it must take some."""
    taken = [
        case
        for case in _cases_of(solver.family, solver.variant)
        if solver.supports(case.instance).available
    ]
    assert taken, f"{solver.name} takes none of the cases"
    return taken


def _large(solver: Solver[Any]) -> Instance | None:
    """Return the large instance, if ``solver`` takes it."""
    instance = _sources(solver.family).large()
    return instance if solver.supports(instance).available else None


def _sources(family_name: str) -> ContractCases:
    target = family(family_name).contract_cases
    if target is None:
        raise UsageError(f"family {family_name!r} offers no cases to test solvers on.")
    sources: ContractCases = resolve(target)
    return sources


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= EXACT * max(abs(one), abs(other), 1e-12)


def _verified(result: Result, label: str) -> None:
    verification = result.verification
    assert verification is not None, f"{label}: no solution was returned"
    assert verification.feasible, (
        f"{label}: {[str(v) for v in verification.violations]}"
    )


def declares_itself(solver: SolverClass, options: Mapping[str, Any]) -> None:
    """Name, family, kind and reference are given, and every option is described."""
    assert solver.name
    assert solver.name == solver.name.lower()
    assert solver.family
    assert isinstance(solver.kind, Kind)
    assert solver.reference
    for name, field in solver.Options.model_fields.items():
        assert field.description, f"option {name!r} of {solver.name} is not described"
        assert not field.is_required(), f"option {name!r} of {solver.name}: no default"


def refuses_unknown_options(solver: SolverClass, options: Mapping[str, Any]) -> None:
    """A misspelt option is an error, not a silent change of the experiment."""
    try:
        solver({"no_such_option_of_anybody": 1})
    except UsageError as error:
        assert "no_such_option_of_anybody" in str(error)
        return
    raise AssertionError(f"{solver.name} accepted an option that it does not have")


def answers_are_checked_and_bounded(
    solver: SolverClass, options: Mapping[str, Any]
) -> None:
    """On every case: verified, no better than the optimum, bound on the right side."""
    ready = solver(options)
    for case in _cases(ready):
        result = solve(case.instance, ready, seed=5)
        if case.optimum is None:
            assert result.status in (Status.INFEASIBLE, Status.NO_SOLUTION), case.label
            continue
        _verified(result, case.label)
        assert result.objective is not None, case.label
        slack = EXACT * max(abs(case.optimum), 1e-12)
        assert result.objective >= case.optimum - slack, (
            f"{case.label}: {result.objective!r} beats the optimum {case.optimum!r}"
        )
        if result.bound is not None:
            assert result.bound <= case.optimum + slack, (
                f"{case.label}: the bound {result.bound!r} ({result.bound_source}) is"
                f" past the optimum {case.optimum!r}"
            )
        document = solution_document(result).document()
        SolutionDocument.parse(document, case.label)


def exact_solvers_agree_with_brute_force(
    solver: SolverClass, options: Mapping[str, Any]
) -> None:
    """An exact solver proves the optimum of every case."""
    if solver.kind is not Kind.EXACT:
        return
    ready = solver(options)
    for case in _cases(ready):
        result = solve(case.instance, ready)
        if case.optimum is None:
            assert result.status is Status.INFEASIBLE, case.label
            continue
        assert result.status is Status.OPTIMAL, f"{case.label}: {result.termination}"
        assert result.objective is not None
        assert _close(result.objective, case.optimum), (
            f"{case.label}: {result.objective!r}, brute force {case.optimum!r}"
        )


def _answer(result: Result) -> dict[str, Any]:
    """Return all of a result that may not depend on the machine."""
    document = solution_document(result).document()
    for key in ("timings", "trajectory", "versions"):
        document.pop(key)
    return document


def same_seed_same_answer(solver: SolverClass, options: Mapping[str, Any]) -> None:
    """The same seed gives the same result, in one worker or in several."""
    ready = solver(options)
    for case in _cases(ready)[:8]:
        once = _answer(solve(case.instance, ready, seed=3))
        again = _answer(solve(case.instance, ready, seed=3))
        assert once == again, f"{case.label}: two runs with one seed differ"
        if ready.able().executor:
            with ThreadPoolExecutor(2) as executor:
                spread = _answer(solve(case.instance, ready, seed=3, executor=executor))
            assert once == spread, f"{case.label}: one worker and two differ"


def time_limit_is_held(solver: SolverClass, options: Mapping[str, Any]) -> None:
    """A time limit holds to within 5 % + 0.2 s, and leaves a verified solution."""
    ready = solver(options)
    instance = _large(ready)
    if instance is None:
        return
    # A busy machine can delay anybody: one try in three has to be on time.
    late = []
    for _ in range(3):
        began = time.perf_counter()
        result = solve(instance, ready, limits=Limits(time=1.0))
        took = time.perf_counter() - began
        _verified(result, f"{solver.name} under a time limit")
        if took <= 1.0 * 1.05 + 0.2:
            return
        late.append(took)
    raise AssertionError(f"{solver.name}: a limit of 1 s, and it took {late} s")


def counted_limits_are_held_or_refused(
    solver: SolverClass, options: Mapping[str, Any]
) -> None:
    """Counted limits are kept where declared and refused elsewhere."""
    ready = solver(options)
    instance = _large(ready)
    if instance is None:
        return
    reasons = {
        "iterations": Reason.ITERATION_LIMIT,
        "evaluations": Reason.EVALUATION_LIMIT,
    }
    for kind, reason in reasons.items():
        limits = replace(Limits(time=20.0), **{kind: 7})
        if not getattr(ready.able(), kind):
            _refused(partial(solve, instance, ready, limits=limits), kind)
            continue
        result = solve(instance, ready, limits=limits)
        _verified(result, f"{solver.name} with a limit on {kind}")
        stopped = result.termination.reason
        assert stopped in (reason, Reason.CONVERGED, Reason.PROVED), (
            f"{solver.name} was limited to 7 {kind} and ended by {stopped}"
        )


def capabilities_are_honest(solver: SolverClass, options: Mapping[str, Any]) -> None:
    """What is declared is used, what is not declared is refused with a reason."""
    ready = solver(options)
    case = next(t for t in _cases(ready) if t.optimum is not None)
    solution = solve(case.instance, ready).solution
    if ready.able().warm_start:
        report = solve(case.instance, ready, initial=solution).initial
        assert report is not None
        assert report.detail, "what became of the initial solution is not said"
    else:
        _refused(
            lambda: solve(case.instance, ready, initial=solution), "an initial solution"
        )
    if not ready.able().executor:
        with ThreadPoolExecutor(1) as executor:
            _refused(
                lambda: solve(case.instance, ready, executor=executor), "an executor"
            )


def _refused(call: Callable[[], object], what: str) -> None:
    try:
        call()
    except UnavailableError:
        return
    raise AssertionError(f"{what} is not declared as a capability, and was not refused")


def interruption_keeps_the_best(
    solver: SolverClass, options: Mapping[str, Any]
) -> None:
    """Ctrl-C after a solution was found returns that solution, verified."""
    ready = solver(options)
    instance = _large(ready)
    if instance is None:
        return

    def interrupt(event: Event) -> None:
        if event.kind is EventKind.INCUMBENT:
            raise KeyboardInterrupt

    result = solve(instance, ready, limits=Limits(time=6.0), on_event=interrupt)
    assert result.termination.reason is Reason.INTERRUPTED, result.termination
    _verified(result, f"{solver.name} after Ctrl-C")


CONTRACT: tuple[Callable[[SolverClass, Mapping[str, Any]], None], ...] = (
    declares_itself,
    refuses_unknown_options,
    answers_are_checked_and_bounded,
    exact_solvers_agree_with_brute_force,
    same_seed_same_answer,
    time_limit_is_held,
    counted_limits_are_held_or_refused,
    capabilities_are_honest,
    interruption_keeps_the_best,
)
"""Every promise; each takes a solver class and options."""


def contract_checks(
    solvers: Iterable[SolverClass | tuple[SolverClass, Mapping[str, Any]]],
) -> list[ContractCheck]:
    """Return every check of every solver.

    Parameters
    ----------
    solvers
        Solver classes, or pairs of a class and the options to run it with.
    """
    checks = []
    for entry in solvers:
        solver, options = entry if isinstance(entry, tuple) else (entry, {})
        checks += [
            ContractCheck(function.__name__, solver, options, function)
            for function in CONTRACT
        ]
    return checks


def check_solver(solver: SolverClass, options: Mapping[str, Any] | None = None) -> None:
    """Test every promise of one solver.

    Raises
    ------
    AssertionError
        At the first that it breaks.
    """
    for check in contract_checks([(solver, options or {})]):
        check()


def parametrize_with_contract(
    solvers: Iterable[SolverClass | tuple[SolverClass, Mapping[str, Any]]],
) -> Any:
    """Return a pytest decorator that runs a test once for each check of each solver."""
    import pytest

    return pytest.mark.parametrize("check", contract_checks(solvers), ids=str)
