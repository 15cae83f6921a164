"""The harness around every solver: limits, time, Ctrl-C, events, verification."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Any

from optkit.core.consistency import agree, bound_exceeds, proves_optimality
from optkit.core.errors import (
    ContradictionError,
    FailedCheckError,
    UnavailableError,
    UsageError,
)
from optkit.core.instance import Instance, Solution
from optkit.core.runtime import stop_signals, stopping
from optkit.core.runtime.versions import package_version, versions
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.events import EventKind, Listener
from optkit.core.solving.family import Family, resolve
from optkit.core.solving.family_bounds import (
    AFTER_CTRL_C,
    SHARE,
    FamilyBound,
    When,
    bounds_of,
    prove_bounds,
)
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import (
    InitialReport,
    Reason,
    Result,
    SolverRecord,
    Termination,
    Timings,
    Verification,
    Violation,
)
from optkit.core.solving.run import Run
from optkit.core.solving.seeds import check_seed
from optkit.core.solving.solver import Capabilities, Outcome, Solver
from optkit.core.solving.trajectory import Trajectory
from optkit.core.solving.units import UnitForm, in_units, unit_form


def run_solver(
    solver: Solver[Any],
    instance: Instance,
    *,
    family: Family,
    provider: str,
    limits: Limits,
    seed: int = 0,
    initial: Solution | None = None,
    executor: Executor | None = None,
    on_event: Listener | None = None,
    chosen: str | None = None,
    started: float | None = None,
    bound: When = "within",
) -> Result:
    """Run ``solver`` on ``instance`` and check its solution.

    Parameters
    ----------
    solver
        The solver, with its options.
    instance
        The instance.
    family
        The family of the solver.
    provider
        The distribution that provides the solver; its version is recorded.
    limits, seed, initial, executor, on_event
        As in :func:`optkit.solve`.
    chosen
        Why ``auto`` picked this solver.
    started
        When the run began, by :func:`time.perf_counter`; None for now.
    bound
        When the family is asked for its bounds
        (:mod:`optkit.core.solving.family_bounds`): ``"within"`` the time limit, ``"after"``
        it, or not at all (``"none"``).

    Raises
    ------
    UsageError
        If the arguments make no sense together.
    UnavailableError
        If the request needs a capability that the solver does not have.
    FailedCheckError
        If the initial solution does not pass the check.
    ContradictionError
        If the solver's claims cannot all be true.
    """
    started = time.perf_counter() if started is None else started
    validate_request(solver, family, instance, limits, seed, initial, executor)
    form = unit_form(family, instance) or UnitForm(instance)
    if initial is not None:
        initial = form.to_units(initial)
    bounds = [] if bound == "none" else bounds_of(family, solver.variant)
    limit = math.inf if limits.time is None else limits.time
    check = min(family.check_seconds(instance), 0.5 * limit)
    share = SHARE * limit if bounds else 0.0
    run = Run(
        _limits_in_units(limits, form),
        seed=seed,
        stream=solver.name,
        executor=executor,
        initial=initial,
        on_event=on_event,
        reserve=0.0
        if math.isinf(limit)
        else check + (share if bound == "within" else 0),
        started=started,
        factor=form.factor,
        cost_of=None
        if family.solution_cost is None
        else partial(resolve(family.solution_cost), form.instance),
    )
    run.announce(EventKind.START, solver.name)
    with stopping.asking(run.should_stop):
        outcome = _outcome(solver, form.instance, run)
    solved = run.elapsed()
    _require_proofs(solver, run, outcome)
    if not outcome.infeasible and bounds:
        if bound == "within":
            share = min(share, limit - check - solved)
        outcome = _add_bounds(bounds, form.instance, run, outcome, share)
        run.bound_seconds = run.elapsed() - solved
    with stop_signals.held_back() as caught:
        result = _conclude(
            solver, family, provider, instance, form, limits, run, outcome, seed, chosen
        )
    if caught:
        detail = f"{stop_signals.name()} during the check; {result.termination.detail}"
        return replace(result, termination=Termination(Reason.INTERRUPTED, detail))
    return result


def _outcome(solver: Solver[Any], instance: Instance, run: Run) -> Outcome:
    """Run the solver; what stops it is part of its outcome."""
    try:
        outcome: object = solver.run(instance, run)
    except KeyboardInterrupt:
        reason = run.stop_reason()
        if stopping.was_raised() and reason and not stop_signals.was_stopped():
            return Outcome(reason, "tables or loops were still being prepared")
        return _interrupted()
    except ImportError as error:
        # A compiled module that is loading when Ctrl-C comes raises an error of its own.
        if not _caused_by_ctrl_c(error):
            raise
        return _interrupted()
    if not isinstance(outcome, Outcome):
        raise UsageError(
            f"solver {solver.name!r} returned {outcome!r} from run; it has to return an"
            " optkit.Outcome, such as optkit.Outcome(optkit.Reason.CONVERGED)."
        )
    return outcome


def _add_bounds(
    bounds: Sequence[FamilyBound],
    instance: Instance,
    run: Run,
    outcome: Outcome,
    seconds: float,
) -> Outcome:
    """Add the family's bounds to a run that has ended; return how it ended."""
    if outcome.reason is Reason.INTERRUPTED:
        seconds = min(seconds, AFTER_CTRL_C)
    deadline = Deadline(seconds)
    try:
        with stopping.asking(deadline):
            prove_bounds(bounds, instance, run, deadline)
    except stopping.StoppedError:
        return outcome  # loops were not ready in time; the bounds so far stay
    except KeyboardInterrupt:
        return _interrupted()
    except ImportError as error:  # as in _outcome
        if not _caused_by_ctrl_c(error):
            raise
        return _interrupted()
    return outcome


def _limits_in_units(limits: Limits, form: UnitForm) -> Limits:
    if limits.target is None or form.factor == 1.0:
        return limits
    return replace(limits, target=limits.target / form.factor)


def _interrupted() -> Outcome:
    return Outcome(Reason.INTERRUPTED, f"stopped by {stop_signals.name()}")


def _caused_by_ctrl_c(error: BaseException) -> bool:
    cause = error.__cause__ or error.__context__
    if cause is None:
        return False
    return isinstance(cause, KeyboardInterrupt) or _caused_by_ctrl_c(cause)


def validate_request(
    solver: Solver[Any],
    family: Family,
    instance: Instance,
    limits: Limits,
    seed: int,
    initial: Solution | None,
    executor: Executor | None,
) -> None:
    """Refuse a request that makes no sense before any work starts."""
    if not isinstance(instance, family.instance_type):
        raise UsageError(
            f"solver {solver.name!r} solves {family.instance_type.SCHEMA} instances,"
            f" not {type(instance).__name__}."
        )
    check_seed(seed)
    if executor is not None and not isinstance(executor, Executor):
        raise UsageError(
            f"executor: {type(executor).__name__} is not a concurrent.futures.Executor."
        )
    if initial is not None and not isinstance(initial, family.solution_type):
        raise UsageError(
            f"initial: {type(initial).__name__} is not a solution of family"
            f" {family.name}; pass result.solution."
        )
    support = solver.supports(in_units(family, instance))
    if not support.available:
        raise UnavailableError(
            f"solver {solver.name!r} does not take this instance: {support.reason}."
        )
    for what in missing_capabilities(solver.able(), limits, initial, executor):
        raise UnavailableError(
            f"solver {solver.name!r} has no use for {what}; leave it out, or choose"
            f" a solver that has (optkit solvers {family.name} --json lists them)."
        )
    if initial is not None:
        verification = family.check(instance, initial)
        if not verification.feasible:
            raise FailedCheckError(
                "the initial solution does not pass the check:\n"
                + "\n".join(f"  {violation}" for violation in verification.violations)
            )


def missing_capabilities(
    capabilities: Capabilities,
    limits: Limits,
    initial: Solution | None,
    executor: Executor | None,
) -> list[str]:
    """Return what the request needs and the solver does not offer, in words."""
    has = capabilities
    needs = {
        "an initial solution": (initial is not None, has.warm_start),
        "parallel workers": (executor is not None, has.executor),
        "an iteration limit": (limits.iterations is not None, has.iterations),
        "an evaluation limit": (limits.evaluations is not None, has.evaluations),
    }
    return [what for what, (needed, offered) in needs.items() if needed and not offered]


def _conclude(
    solver: Solver[Any],
    family: Family,
    provider: str,
    instance: Instance,
    form: UnitForm,
    limits: Limits,
    run: Run,
    outcome: Outcome,
    seed: int,
    chosen: str | None,
) -> Result:
    ended = run.elapsed()
    made = run.make_solution()
    if made is not None and not isinstance(made, family.solution_type):
        raise UsageError(
            f"solver {solver.name!r} made a {type(made).__name__} as its solution; family"
            f" {family.name} has {family.solution_type.__qualname__}."
        )
    solution = None if made is None else form.from_units(made)
    objective = run.reported_objective
    verification = None
    if solution is not None:
        verification = verify_objective(family.check(instance, solution), objective)
    checked = run.elapsed()
    bound = _consistent_bound(solver, run, verification)
    termination = _termination(run, outcome, bound)
    initial = run.initial_report
    if initial is None and run.initial is not None:
        initial = InitialReport(False, f"{solver.name} did not say what it did with it")
    run.announce(EventKind.END, termination.reason)
    return Result(
        instance=instance,
        solver=SolverRecord(
            name=solver.name,
            version=package_version(provider),
            options=solver.options.model_dump(mode="json"),
            seed=seed,
            deterministic=not solver.able().seed,
            chosen=chosen,
        ),
        termination=termination,
        solution=solution,
        objective=objective,
        bound=bound,
        bound_source=run.bound_source,
        verification=verification,
        proven_infeasible=outcome.infeasible,
        limits=limits,
        metrics=verification.metrics if verification else {},
        timings=Timings(
            run.build_seconds,
            ended - run.bound_seconds - run.build_seconds,
            checked - ended,
            run.bound_seconds,
        ),
        trajectory=Trajectory(run.trajectory),
        versions=versions(),
        initial=initial,
    )


def _termination(run: Run, outcome: Outcome, bound: float | None) -> Termination:
    """Return why the run stopped; a proof has to follow from objective and bound."""
    if outcome.reason is Reason.CONVERGED:
        # The solver ended by itself, and the target or gap of the limits is reached.
        reached = run.stop_reason()
        if reached in (Reason.TARGET, Reason.GAP):
            return Termination(reached, outcome.detail)
    if outcome.reason is not Reason.PROVED or outcome.infeasible:
        return Termination(outcome.reason, outcome.detail)
    if proves_optimality(run.reported_objective, bound):
        return Termination(outcome.reason, outcome.detail)
    return Termination(
        Reason.CONVERGED,
        f"{outcome.detail}; its arithmetic leaves the bound {bound!r} open",
    )


def verify_objective(verification: Verification, claimed: float | None) -> Verification:
    """Add a violation if the solver's objective is not the recomputed one."""
    recomputed = verification.objective
    if recomputed is None or claimed is None or agree(claimed, recomputed):
        return verification
    violation = Violation(
        "objective",
        "objective",
        f"{claimed!r} is claimed, {recomputed!r} is recomputed",
    )
    return Verification(
        False, recomputed, (*verification.violations, violation), verification.metrics
    )


def _require_proofs(solver: Solver[Any], run: Run, outcome: Outcome) -> None:
    """Raise if the solver claims what it did not report."""
    if outcome.infeasible and run.objective is not None:
        raise ContradictionError(
            f"solver {solver.name!r} claims that there is no solution, and reported one."
        )
    if outcome.reason is Reason.PROVED and not outcome.infeasible and run.bound is None:
        raise ContradictionError(
            f"solver {solver.name!r} claims a proof and reports no bound."
        )


def _consistent_bound(
    solver: Solver[Any], run: Run, verification: Verification | None
) -> float | None:
    """Return the bound; raise if it cannot be true.

    A bound above the objective by no more than the tolerance is rounding: it is then
    lowered to the objective.
    """
    bound, objective = run.reported_bound, run.reported_objective
    if bound is None or objective is None or verification is None:
        return bound
    if verification.feasible and bound > objective:
        if bound_exceeds(bound, objective):
            if run.bound_is_familys:
                raise ContradictionError(
                    f"family {solver.family!r} claims the bound {bound!r}"
                    f" ({run.bound_source}), but the verified solution of solver"
                    f" {solver.name!r} has the objective {objective!r}; the family's bound"
                    " or its checker is wrong."
                )
            raise ContradictionError(
                f"solver {solver.name!r} claims the bound {bound!r}"
                f" ({run.bound_source}), but its verified solution has the objective"
                f" {objective!r}; one of the two is wrong."
            )
        return objective
    return bound
