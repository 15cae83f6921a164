"""The contract of solvers, as tests that you can run on your own solver.

In one of your test files::

    from optkit.testing import parametrize_with_contract

    @parametrize_with_contract([MySolver])
    def test_contract(check):
        check()

or, without pytest, ``check_solver(MySolver)``. The solver's family provides the instances;
their optima are found by brute force, which shares no code with any solver.

For policies of dispatch and sync there are :func:`parametrize_with_policy_contract` and
:func:`check_policy`; they test among other things that a policy does not know the future.
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

OPTIMUM_TOLERANCE = 1e-9
"""Relative difference up to which two optima count as equal."""

SolverClass = type[Solver[Any]]


@dataclass(frozen=True)
class ContractCheck:
    """A test of one promise by one solver; call it to run it.

    Parameters
    ----------
    name
        Name of the promise.
    solver
        The solver class.
    options
        Options of the solver.
    function
        The test; raises AssertionError if the solver breaks the promise.
    """

    name: str
    solver: SolverClass
    options: Mapping[str, Any]
    function: Callable[[SolverClass, Mapping[str, Any]], None]

    def __call__(self) -> None:
        """Run the test."""
        self.function(self.solver, self.options)

    def __str__(self) -> str:
        shown = ",".join(f"{key}={value}" for key, value in self.options.items())
        return f"{self.solver.name}{f'[{shown}]' if shown else ''}-{self.name}"


@cache
def _all_cases(family_name: str) -> tuple[ContractCase, ...]:
    cases = _contract_cases(family_name)
    return (*cases.random(11, 40), *cases.degenerate())


@cache
def _cases_of(family_name: str, variant: str) -> tuple[ContractCase, ...]:
    """Return the cases with the optima of one variant of the problem."""
    cases = (case.of(variant) for case in _all_cases(family_name))
    return tuple(case for case in cases if case is not None)


def _cases(solver: Solver[Any]) -> list[ContractCase]:
    """Return the cases that ``solver`` takes, of which there must be some."""
    taken = [
        case
        for case in _cases_of(solver.family, solver.variant)
        if solver.supports(case.instance).available
    ]
    assert taken, f"{solver.name} takes none of the cases"
    return taken


def _large(solver: Solver[Any]) -> Instance | None:
    """Return the large instance, if ``solver`` takes it."""
    instance = _contract_cases(solver.family).large()
    return instance if solver.supports(instance).available else None


def _contract_cases(family_name: str) -> ContractCases:
    target = family(family_name).contract_cases
    if target is None:
        raise UsageError(f"family {family_name!r} offers no cases to test solvers on.")
    cases: ContractCases = resolve(target)
    return cases


def _slack(optimum: float) -> float:
    return OPTIMUM_TOLERANCE * max(abs(optimum), 1e-12)


def _assert_verified(result: Result, label: str) -> None:
    verification = result.verification
    assert verification is not None, f"{label}: no solution was returned"
    assert verification.feasible, (
        f"{label}: {[str(v) for v in verification.violations]}"
    )


def declares_itself(solver: SolverClass, options: Mapping[str, Any]) -> None:
    """The solver has name, family, kind and reference, and describes every option."""
    assert solver.name
    assert solver.name == solver.name.lower()
    assert solver.family
    assert isinstance(solver.kind, Kind)
    assert solver.reference
    for name, field in solver.Options.model_fields.items():
        assert field.description, f"option {name!r} of {solver.name} is not described"
        assert not field.is_required(), f"option {name!r} of {solver.name}: no default"


def refuses_unknown_options(solver: SolverClass, options: Mapping[str, Any]) -> None:
    """A misspelt option is an error; it is not ignored."""
    try:
        solver({"no_such_option": 1})
    except UsageError as error:
        assert "no_such_option" in str(error)
        return
    raise AssertionError(f"{solver.name} accepted an option that it does not have")


def answers_are_checked_and_bounded(
    solver: SolverClass, options: Mapping[str, Any]
) -> None:
    """Answers pass the check; no objective is below the optimum, no bound above it."""
    configured = solver(options)
    for case in _cases(configured):
        result = solve(case.instance, configured, seed=5)
        if case.optimum is None:
            assert result.status in (Status.INFEASIBLE, Status.NO_SOLUTION), case.label
            continue
        _assert_verified(result, case.label)
        assert result.objective is not None, case.label
        slack = _slack(case.optimum)
        assert result.objective >= case.optimum - slack, (
            f"{case.label}: {result.objective!r} beats the optimum {case.optimum!r}"
        )
        if result.bound is not None:
            assert result.bound <= case.optimum + slack, (
                f"{case.label}: the bound {result.bound!r} ({result.bound_source}) is"
                f" above the optimum {case.optimum!r}"
            )
        document = solution_document(result).document()
        SolutionDocument.parse(document, case.label)


def exact_solvers_agree_with_brute_force(
    solver: SolverClass, options: Mapping[str, Any]
) -> None:
    """An exact solver proves the optimum of every case."""
    if solver.kind is not Kind.EXACT:
        return
    configured = solver(options)
    for case in _cases(configured):
        result = solve(case.instance, configured)
        if case.optimum is None:
            assert result.status is Status.INFEASIBLE, case.label
            continue
        assert result.status is Status.OPTIMAL, f"{case.label}: {result.termination}"
        assert result.objective is not None
        assert abs(result.objective - case.optimum) <= _slack(case.optimum), (
            f"{case.label}: {result.objective!r}, brute force {case.optimum!r}"
        )


def _answer(result: Result) -> dict[str, Any]:
    """Return the parts of a result that must not depend on the machine."""
    document = solution_document(result).document()
    for key in ("timings", "versions"):
        document.pop(key)
    # Objectives and bounds in their order; only the seconds differ.
    document["trajectory"] = [point[1:] for point in document["trajectory"]]
    return document


def same_seed_same_answer(solver: SolverClass, options: Mapping[str, Any]) -> None:
    """The same seed gives the same result on any number of workers, by the same steps."""
    configured = solver(options)
    for case in _cases(configured)[:8]:
        first = _answer(solve(case.instance, configured, seed=3))
        second = _answer(solve(case.instance, configured, seed=3))
        assert first == second, f"{case.label}: two runs with one seed differ"
        if configured.able().executor:
            with ThreadPoolExecutor(2) as executor:
                parallel, again = (
                    _answer(solve(case.instance, configured, seed=3, executor=executor))
                    for _ in range(2)
                )
            assert parallel == again, f"{case.label}: two runs on two workers differ"
            # Workers report a whole part at once.
            for answer in (first, parallel):
                answer.pop("trajectory")
            assert first == parallel, f"{case.label}: one worker and two differ"


def time_limit_is_held(solver: SolverClass, options: Mapping[str, Any]) -> None:
    """A time limit holds within 5 % + 0.2 s, and there is a verified solution then."""
    configured = solver(options)
    instance = _large(configured)
    if instance is None:
        return
    # A busy machine can delay any solver: one try in three has to be on time.
    late = []
    for _ in range(3):
        start = time.perf_counter()
        result = solve(instance, configured, limits=Limits(time=1.0))
        seconds = time.perf_counter() - start
        _assert_verified(result, f"{solver.name} under a time limit")
        if seconds <= 1.0 * 1.05 + 0.2:
            return
        late.append(seconds)
    raise AssertionError(f"{solver.name} took {late} s with a limit of 1 s")


def counted_limits_are_held_or_refused(
    solver: SolverClass, options: Mapping[str, Any]
) -> None:
    """Limits on counts are kept if the solver declares that it counts, else refused."""
    configured = solver(options)
    instance = _large(configured)
    if instance is None:
        return
    reasons = {
        "iterations": Reason.ITERATION_LIMIT,
        "evaluations": Reason.EVALUATION_LIMIT,
    }
    for kind, reason in reasons.items():
        limits = replace(Limits(time=20.0), **{kind: 7})
        if not getattr(configured.able(), kind):
            _refused(partial(solve, instance, configured, limits=limits), kind)
            continue
        result = solve(instance, configured, limits=limits)
        _assert_verified(result, f"{solver.name} with a limit on {kind}")
        stopped = result.termination.reason
        assert stopped in (reason, Reason.CONVERGED, Reason.PROVED), (
            f"{solver.name} was limited to 7 {kind} and ended by {stopped}"
        )


def capabilities_are_honest(solver: SolverClass, options: Mapping[str, Any]) -> None:
    """Declared capabilities are used; others are refused with a reason."""
    configured = solver(options)
    case = next(case for case in _cases(configured) if case.optimum is not None)
    solution = solve(case.instance, configured).solution
    if configured.able().warm_start:
        report = solve(case.instance, configured, initial=solution).initial
        assert report is not None
        assert report.detail, "no report of what was done with the initial solution"
    else:
        _refused(
            lambda: solve(case.instance, configured, initial=solution),
            "an initial solution",
        )
    if not configured.able().executor:
        with ThreadPoolExecutor(1) as executor:
            _refused(
                lambda: solve(case.instance, configured, executor=executor),
                "an executor",
            )


def _refused(call: Callable[[], object], what: str) -> None:
    try:
        call()
    except UnavailableError:
        return
    raise AssertionError(f"{what} is not declared as a capability but was not refused")


def interruption_keeps_the_best(
    solver: SolverClass, options: Mapping[str, Any]
) -> None:
    """Ctrl-C returns the best solution so far, verified."""
    configured = solver(options)
    instance = _large(configured)
    if instance is None:
        return

    def interrupt(event: Event) -> None:
        if event.kind is EventKind.INCUMBENT:
            raise KeyboardInterrupt

    result = solve(instance, configured, limits=Limits(time=6.0), on_event=interrupt)
    assert result.termination.reason is Reason.INTERRUPTED, result.termination
    _assert_verified(result, f"{solver.name} after Ctrl-C")


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
"""A test for each promise; each takes a solver class and options."""


def contract_checks(
    solvers: Iterable[SolverClass | tuple[SolverClass, Mapping[str, Any]]],
) -> list[ContractCheck]:
    """Return the tests of all promises by all solvers.

    Parameters
    ----------
    solvers
        Solver classes, or pairs of a class and options for it.
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
    """Test every promise by one solver.

    Raises
    ------
    AssertionError
        At the first promise that it breaks.
    """
    for check in contract_checks([(solver, options or {})]):
        check()


def parametrize_with_contract(
    solvers: Iterable[SolverClass | tuple[SolverClass, Mapping[str, Any]]],
) -> Any:
    """Return a pytest decorator that runs a test for each promise of each solver."""
    import pytest

    return pytest.mark.parametrize("check", contract_checks(solvers), ids=str)


@dataclass(frozen=True)
class PolicyCheck:
    """A test of one promise by one policy; call it to run it.

    Parameters
    ----------
    policy
        The class of the policy.
    function
        The test; raises AssertionError if the policy breaks the promise.
    """

    policy: type[Any]
    function: Callable[[type[Any]], None]

    def __call__(self) -> None:
        """Run the test."""
        self.function(self.policy)

    def __str__(self) -> str:
        return f"{self.policy.name}-{self.function.__name__}"


def policy_checks(policies: Iterable[type[Any]]) -> list[PolicyCheck]:
    """Return the tests of all promises by some policies.

    Parameters
    ----------
    policies
        Classes of policies of dispatch or sync.

    Raises
    ------
    UsageError
        If a class is no policy of a family that has such tests.
    """
    checks = []
    for policy in policies:
        name = getattr(policy, "family", None)
        target = family(name).policy_contract if isinstance(name, str) else None
        if target is None:
            raise UsageError(f"{policy.__qualname__} is no policy of dispatch or sync.")
        checks += [PolicyCheck(policy, function) for function in resolve(target)]
    return checks


def check_policy(policy: type[Any]) -> None:
    """Test every promise by one policy of dispatch or sync.

    Raises
    ------
    AssertionError
        At the first promise that it breaks.
    """
    for check in policy_checks([policy]):
        check()


def parametrize_with_policy_contract(policies: Iterable[type[Any]]) -> Any:
    """Return a pytest decorator that runs a test for each promise of each policy."""
    import pytest

    return pytest.mark.parametrize("check", policy_checks(policies), ids=str)
