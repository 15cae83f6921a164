"""Solves an instance: :func:`solve`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any, get_args

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.instance import Instance, Solution
from optkit.core.solving import registry
from optkit.core.solving.events import Listener
from optkit.core.solving.family import Choice, Family
from optkit.core.solving.family_bounds import When
from optkit.core.solving.harness import missing_capabilities, run_solver
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Result
from optkit.core.solving.solver import Solver
from optkit.core.solving.units import in_units


def solve(
    instance: Instance,
    solver: str | Solver[Any] | type[Solver[Any]] = registry.AUTO,
    *,
    options: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    initial: Solution | None = None,
    backend: str | None = None,
    executor: Executor | None = None,
    on_event: Listener | None = None,
    bound: When = "within",
) -> Result:
    """Solve an instance and check the solution.

    Parameters
    ----------
    instance
        The instance, from :func:`optkit.load` for example.
    solver
        The name of a solver, ``"auto"``, a solver, or its class.
    options
        Values of the solver's options by name.
    limits
        When to stop; None for no limit. The time limit covers the whole call.
    time_limit
        The time limit in seconds, where it is the only limit: ``time_limit=10`` is short
        for ``limits=optkit.Limits(time=10)``.
    seed
        The main seed; the same seed gives the same result, on one worker or on many.
    initial
        A solution to start from.
    backend
        The backend for the solver's models, for example ``"gurobi"``: short for the
        option of that name. None for the solver's own choice.
    executor
        Runs parallel work; any :class:`concurrent.futures.Executor`.
    on_event
        Called with every :class:`optkit.Event`.
    bound
        When the family is asked for the best bound that it can prove cheaply about any
        answer: ``"within"`` the time limit, of which it may take a twentieth at most;
        ``"after"`` the limit, so that the solver has all of it, which is for comparisons;
        ``"none"``: only the solver's own bounds count. What is found is the same.

    Returns
    -------
    Result
        The best solution found, also after Ctrl-C, with its bound and its check.

    Raises
    ------
    UsageError
        If a name, option or limit makes no sense.
    UnavailableError
        If the solver, or a capability that the call needs, is not available.
    FailedCheckError
        If the initial solution does not pass the check.

    Examples
    --------
    >>> import optkit
    >>> network = optkit.generate("allocation", servers=5, seed=1)
    >>> optkit.solve(network).status.value
    'optimal'
    """
    started = time.perf_counter()
    if not isinstance(instance, Instance):
        raise UsageError(
            f"solve: {type(instance).__name__} is not an instance; optkit.load reads one"
            " from a file."
        )
    if limits is not None and not isinstance(limits, Limits):
        raise UsageError(
            f"solve: limits are {type(limits).__name__}; pass optkit.Limits(time=10)."
        )
    if limits is not None and time_limit is not None:
        raise UsageError(
            "solve: limits and time_limit are both given; put the time into"
            f" optkit.Limits(time={time_limit!r}, …)."
        )
    if bound not in get_args(When):
        raise UsageError(f"solve: bound={bound!r}; give 'within', 'after' or 'none'.")
    limits = limits or Limits(time=time_limit)
    chosen = None
    values = dict(options or {})
    if isinstance(solver, str):
        family = registry.family_of_schema(instance.SCHEMA)
        if family is None:
            raise UsageError(f"no family is registered for {instance.SCHEMA!r}.")
        name = solver
        if name == registry.AUTO:
            choice = _choose(family, instance, limits, initial, executor, backend)
            name, chosen = choice.solver, choice.reason
            values = {**choice.options, **values}
        solver_class = registry.usable_solver_class(family.name, name)
        solver = solver_class(_with_backend(values, backend, solver_class))
    elif isinstance(solver, type) and issubclass(solver, Solver):
        family = registry.family(solver.family)
        solver = solver(_with_backend(values, backend, solver))
    elif not isinstance(solver, Solver):
        kind = solver if isinstance(solver, type) else type(solver)
        raise UsageError(
            f"solve: solver is {kind.__name__}; pass a name, a solver, or its class. A"
            " policy is registered first, and then passed by its name."
        )
    elif values or backend is not None:
        raise UsageError("options are given beside a solver that already has its own.")
    else:
        family = registry.family(solver.family)
    return run_solver(
        solver,
        instance,
        family=family,
        provider=registry.provider(type(solver)),
        limits=limits,
        seed=seed,
        initial=initial,
        executor=executor,
        on_event=on_event,
        chosen=chosen,
        started=started,
        bound=bound,
    )


def _with_backend(
    values: dict[str, Any], backend: str | None, solver: type[Solver[Any]]
) -> dict[str, Any]:
    """Return a solver's options with the backend among them; refuse if it has none."""
    if backend is None:
        return values
    if values.get("backend", backend) != backend:
        raise UsageError(
            f"the backend is {backend!r}, and {values['backend']!r} among the options:"
            " give one."
        )
    if "backend" not in solver.Options.model_fields:
        able = _with_backends(solver.family)
        others = f"these have: {', '.join(able)}" if able else "none has"
        raise UnavailableError(
            f"backend {backend}: solver {solver.name!r} has no option for a backend; of"
            f" its family, {others}."
        )
    return {**values, "backend": backend}


def _with_backends(family: str) -> list[str]:
    """Return the solvers of a family that hand a model to a backend."""
    return [info.name for info in registry.solvers(family) if "backend" in info.options]


def _choose(
    family: Family,
    instance: Instance,
    limits: Limits,
    initial: Solution | None,
    executor: Executor | None,
    backend: str | None,
) -> Choice:
    """Return the best choice whose solver can do what the call needs.

    Whoever names a backend wants it used. So only solvers with a backend are considered
    then: first the family's own choices in their order, then the others.
    """
    choices = family.choose(in_units(family, instance))
    if backend is not None:
        able = _with_backends(family.name)
        ranked = [choice for choice in choices if choice.solver in able]
        named = {choice.solver for choice in ranked}
        ranked += [Choice(name, "") for name in able if name not in named]
        reason = "the first that hands its model to a backend"
        # Where no solver has a backend, the error names the solver of the first choice.
        choices = [replace(choice, reason=reason) for choice in ranked] or choices
    skipped: list[str] = []
    for choice in choices:
        solver = registry.solver_class(family.name, choice.solver)
        missing = missing_capabilities(solver.capabilities, limits, initial, executor)
        if not missing and solver.available().available:
            if not skipped:
                return choice
            why = f"{choice.reason}; {', '.join(skipped)} cannot do what is asked for"
            return replace(choice, reason=why)
        skipped.append(choice.solver)
    return choices[0]  # the harness reports what it lacks
