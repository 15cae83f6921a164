"""Solve a linear Pyomo model by any backend."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from optkit.backends.base import (
    BackendResult,
    Capability,
    OnProgress,
    ShouldStop,
    Start,
    StartStatus,
    Termination,
)
from optkit.backends.registry import alternatives, find, package_version
from optkit.backends.tolerances import FEASIBILITY, LOOSEST, TIGHTEST
from optkit.core.errors import ContradictionError, UnavailableError, UsageError

if TYPE_CHECKING:
    from pyomo.core import ConcreteModel

    from optkit.backends.conclude import Conclusion
    from optkit.backends.linear import LinearModel
    from optkit.backends.session import Backend, Monitor, Request

_SEEDS = 2**31
"""All solvers take seeds below this."""


def solve_model(
    model: ConcreteModel | LinearModel,
    backend: str = "highs",
    *,
    time_limit: float | None = None,
    gap: float = 0.0,
    target: float | None = None,
    seed: int = 0,
    threads: int = 1,
    start: Start | None = None,
    feasibility_tolerance: float = FEASIBILITY,
    should_stop: ShouldStop | None = None,
    on_progress: OnProgress | None = None,
    load: bool = True,
) -> BackendResult:
    """Solve a linear model, with integer variables or without.

    Parameters
    ----------
    model
        A Pyomo model, or what `compile_model` returned for one.
    backend
        ``highs``, ``scip``, ``cp-sat``; with their packages and licences ``gurobi``,
        ``cplex``, ``xpress``, ``copt``, ``mosek``; ``pyomo:NAME`` for any other solver
        that Pyomo calls.
    time_limit
        Limit for the whole call, compiling included, s; None for no limit. It is
        exceeded by at most 5 % + 0.2 s.
    gap
        Stop when ``|objective - bound| / max(|objective|, 1e-12)`` is at most this.
    target
        Stop at the first solution whose objective, in the sense of the model, is at
        least as good.
    seed
        Seed of the solver's random choices, taken modulo 2**31. COPT has none.
    threads
        Number of threads that the solver may use. SCIP uses one; solvers that Pyomo
        calls choose for themselves.
    start
        Values to start from: a ``ComponentMap``, or pairs of variable and value. They
        are verified first; ``result.start`` says whether they were used. A feasible
        start is never lost: the result is at least as good.
    feasibility_tolerance
        How far a solution may break a row or bound; from 1e-10 to 1e-3. Only HiGHS and
        CP-SAT go below 1e-9, and solvers that Pyomo calls keep their own.
    should_stop
        Called every 20 ms in the calling thread; true stops the solve.
    on_progress
        Called in the calling thread with solutions and bounds as they come. SCIP
        reports solutions only, and solvers that Pyomo calls nothing.
    load
        Whether to write the solution, if there is one, into the variables of the Pyomo
        model.

    Returns
    -------
    BackendResult
        The best solution, the proven bound and why the solve stopped. Ctrl-C while the
        solver runs stops it (``interrupted``); a second Ctrl-C raises.

    Raises
    ------
    UsageError
        If an argument makes no sense, or the model is not linear.
    UnavailableError
        If the backend or a licence for this model is missing, or the backend cannot be
        trusted with it.
    ContradictionError
        If the backend's answer contradicts itself or a known solution.
    """
    began = time.monotonic()
    _check_numbers(time_limit, gap, target, seed, threads, feasibility_tolerance)
    solver = find(backend)
    # Imported here so that importing this package stays cheap.
    from optkit.backends.conclude import Conclusion
    from optkit.backends.linear import LinearModel
    from optkit.backends.polish import polished
    from optkit.backends.scaling import scaled_model
    from optkit.backends.session import Monitor, Request
    from optkit.backends.starts import verify_start

    building = time.monotonic()
    original = model if isinstance(model, LinearModel) else _compiled(model)
    scaled = scaled_model(original, keeps_whole_numbers=solver.name == "cp-sat")
    compiled = scaled.model
    build_seconds = time.monotonic() - building
    minimised_target = None if target is None else compiled.sign * target
    if minimised_target is not None:
        minimised_target /= scaled.objective
    monitor = Monitor(compiled, gap, minimised_target, began)
    verified = None if start is None else verify_start(compiled, start, scaled.column)
    if verified is not None and verified.complete and verified.values is not None:
        monitor.offer(verified.values, by_solver=False)
    usable = verified is not None and verified.values is not None
    if verified is not None and usable and Capability.START not in solver.capabilities:
        usable = False
        report = replace(
            verified.report,
            status=StartStatus.REFUSED,
            detail="the backend takes no start; the result is at least as good as it",
        )
        verified = replace(verified, report=report)
    request = Request(
        model=compiled,
        deadline=None if time_limit is None else began + time_limit,
        gap=gap,
        seed=seed % _SEEDS,
        threads=threads,
        tolerance=feasibility_tolerance,
        start=verified if usable else None,
        wants_incumbents=on_progress is not None or target is not None,
    )
    reason = compiled.contradiction(feasibility_tolerance)
    if reason is not None:
        conclusion = Conclusion(Termination.INFEASIBLE, reason)
    elif not compiled.columns:
        conclusion = _empty(compiled)
    else:
        refusal = solver.refuse(compiled, feasibility_tolerance)
        if refusal is not None:
            raise UnavailableError(
                f"backend {backend} cannot be trusted with {compiled.name}: "
                f"{refusal}. Use backend {alternatives(backend)}."
            )
        hooks = (should_stop, scaled.in_original_units(on_progress))
        conclusion = _run(solver, request, monitor, hooks)
        if solver.loose:
            conclusion = polished(compiled, conclusion, request.remaining())
        if _needs_settling(compiled, conclusion):
            conclusion = _settle_unbounded(solver, request, conclusion, hooks)
    report = conclusion.start
    if verified is not None and report.status is StartStatus.NOT_GIVEN:
        report = verified.report

    def sense(value: float) -> float:
        return original.in_sense_of_model(scaled.objective * value)

    if report.objective is not None:
        objective = scaled.objective * report.objective
        report = replace(report, objective=objective)
    values = conclusion.values
    result = BackendResult(
        backend=backend,
        version=package_version(solver.package),
        termination=conclusion.termination,
        detail=conclusion.detail,
        objective=None if conclusion.objective is None else sense(conclusion.objective),
        bound=None if conclusion.bound is None else sense(conclusion.bound),
        values=None if values is None else scaled.column * values + 0.0,
        violation=conclusion.violation,
        start=report,
        nodes=conclusion.nodes,
        seconds=time.monotonic() - began,
        build_seconds=build_seconds,
        model=original,
    )
    if load and result.values is not None:
        result.load()
    return replace(result, seconds=time.monotonic() - began)


def _compiled(model: ConcreteModel) -> LinearModel:
    """Return a Pyomo model as arrays; only then is Pyomo loaded."""
    from optkit.backends.compiler import compile_model

    return compile_model(model)


def _check_numbers(
    time_limit: float | None,
    gap: float,
    target: float | None,
    seed: int,
    threads: int,
    tolerance: float,
) -> None:
    """Refuse numbers that make no sense."""
    if time_limit is not None and not (math.isfinite(time_limit) and time_limit > 0):
        raise UsageError(
            f"time_limit is {time_limit!r}: give a positive number of seconds, or None"
        )
    if not (math.isfinite(gap) and gap >= 0):
        raise UsageError(f"gap is {gap!r}: give a number from 0, such as 0.01")
    if target is not None and not math.isfinite(target):
        raise UsageError(f"target is {target!r}: give a finite objective, or None")
    if seed != int(seed) or seed < 0:
        raise UsageError(f"seed is {seed!r}: give an integer from 0")
    if threads != int(threads) or threads < 1:
        raise UsageError(f"threads is {threads!r}: give an integer from 1")
    if not TIGHTEST <= tolerance <= LOOSEST:
        raise UsageError(
            f"feasibility_tolerance is {tolerance!r}: give a number from {TIGHTEST} to "
            f"{LOOSEST}"
        )


def _empty(model: LinearModel) -> Conclusion:
    """Return the conclusion for a model without variables whose rows all hold."""
    import numpy as np

    from optkit.backends.conclude import Conclusion

    return Conclusion(
        Termination.OPTIMAL,
        "the model has no free variable",
        values=np.zeros(0),
        objective=model.offset,
        bound=model.offset,
        violation=0.0,
    )


def _run(
    solver: Backend,
    request: Request,
    monitor: Monitor,
    hooks: tuple[ShouldStop | None, OnProgress | None],
) -> Conclusion:
    """Run a solver once, and verify its result."""
    from optkit.backends.conclude import conclude
    from optkit.backends.session import RawResult
    from optkit.backends.watch import watch

    abandon = None
    if request.deadline is not None:
        # A little inside the promise of 5 % + 0.2 s.
        limit = request.deadline - monitor.began
        abandon = request.deadline + 0.05 * limit + 0.15
    raw: RawResult | None
    if monitor.halted is not None:
        # The start itself reaches the target.
        raw = RawResult(Termination.INTERRUPTED, "the start was enough")
    elif request.deadline is not None and time.monotonic() >= request.deadline:
        raw = RawResult(
            Termination.TIME_LIMIT, "the time was over before the solver could start"
        )
    else:
        raw = watch(
            solver.open(request, monitor),
            monitor,
            deadline=request.deadline,
            abandon=abandon,
            should_stop=hooks[0],
            on_progress=hooks[1],
        )
    return conclude(request.model, request, monitor, raw)


def _needs_settling(model: LinearModel, conclusion: Conclusion) -> bool:
    """Say whether an unbounded model has to be told from an infeasible one.

    A solver that finds the relaxation unbounded has not shown that the integer model
    has a solution.
    """
    if conclusion.termination is Termination.INFEASIBLE_OR_UNBOUNDED:
        return True
    return conclusion.termination is Termination.UNBOUNDED and bool(model.integer.any())


def _settle_unbounded(
    solver: Backend,
    request: Request,
    first: Conclusion,
    hooks: tuple[ShouldStop | None, OnProgress | None],
) -> Conclusion:
    """Find out whether a model without an optimum has any solution, by dropping its cost.

    With rational data, a mixed-integer model that has a solution and whose relaxation is
    unbounded is unbounded itself.
    """
    import numpy as np

    from optkit.backends.session import Monitor

    model = request.model
    without_cost = replace(model, cost=np.zeros(model.columns), offset=0.0)
    began = time.monotonic()
    second = _run(
        solver,
        replace(
            request, model=without_cost, start=None, gap=0.0, wants_incumbents=False
        ),
        Monitor(without_cost, 0.0, None, began),
        (hooks[0], None),
    )
    detail = f"{first.detail}; without its objective: {second.termination}"
    settled = replace(first, detail=detail, bound=None)
    if second.values is not None:
        values = first.values if first.values is not None else second.values
        return replace(
            settled,
            termination=Termination.UNBOUNDED,
            values=values,
            objective=model.evaluate(values),
            violation=model.worst_breach(values).amount,
        )
    if second.termination is Termination.INFEASIBLE:
        if first.values is not None:
            raise ContradictionError(
                f"{second.detail} says that {model.name} has no solution, but one with "
                f"objective {model.in_sense_of_model(first.objective or 0.0):.12g} "
                "is known"
            )
        return replace(settled, termination=Termination.INFEASIBLE)
    if second.termination is Termination.INTERRUPTED:
        return replace(settled, termination=Termination.INTERRUPTED)
    return replace(settled, termination=Termination.INFEASIBLE_OR_UNBOUNDED)
