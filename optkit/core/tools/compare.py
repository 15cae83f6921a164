"""Compares solvers on instances: :func:`compare`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from optkit.core.consistency import BestClaims
from optkit.core.display.frames import data_frame, from_rows
from optkit.core.errors import ContradictionError, UnavailableError, UsageError
from optkit.core.instance import Instance
from optkit.core.solving import registry
from optkit.core.solving.describe import family_of
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Result, Status
from optkit.core.solving.solve import solve
from optkit.core.solving.solver import Solver

if TYPE_CHECKING:
    import pandas

COLUMNS = (
    "instance",
    "solver",
    "seed",
    "status",
    "objective",
    "bound",
    "gap",
    "verified",
    "seconds",
    "stopped",
)


def compare(
    instances: Instance | Iterable[Instance],
    solvers: Sequence[str | Solver[Any] | type[Solver[Any]]],
    *,
    seeds: int | Sequence[int] = 1,
    limits: Limits | None = None,
    time_limit: float | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> pandas.DataFrame:
    """Run solvers on instances, one run after the other, and tabulate what they found.

    For studies that take long, run in parallel or have to survive a crash, see
    ``optkit bench``.

    Parameters
    ----------
    instances
        One instance, or several.
    solvers
        Names of solvers, solvers, or classes.
    seeds
        The seeds, or their number, counted from 0. A solver to which the seed makes no
        difference runs once, with the first.
    limits, time_limit
        Limits of each run, as in :func:`optkit.solve`.
    options
        Options by name of solver.

    Returns
    -------
    pandas.DataFrame
        One row per run: instance, solver, seed, status, objective, bound, gap, verified,
        seconds, and why it stopped. A solver that cannot solve an instance has the status
        ``unavailable``, and the reason as why it stopped.

    Raises
    ------
    ContradictionError
        If the bound of one run is above the verified objective of another.
    UnavailableError
        If pandas is not installed.

    Examples
    --------
    >>> import optkit
    >>> network = optkit.generate("allocation", servers=6, seed=1)
    >>> optkit.compare(network, ["block", "ga"], seeds=2)["solver"].tolist()
    ['block', 'ga', 'ga']
    """
    listed = [instances] if isinstance(instances, Instance) else list(instances)
    data_frame({})  # says that pandas is missing before any run
    numbers = _seeds(seeds)
    if isinstance(solvers, str) or not isinstance(solvers, Sequence):
        raise UsageError(f"compare: solvers is {solvers!r}; give a list of solvers.")
    for instance in listed:
        _require_known(instance, solvers)
    rows: list[tuple[Any, ...]] = []
    for instance in listed:
        claims: dict[str, BestClaims] = {}
        for solver in solvers:
            rows += _runs(
                instance,
                solver,
                numbers,
                claims,
                dict(options or {}),
                limits,
                time_limit,
            )
    return data_frame(from_rows(COLUMNS, rows))


def _seeds(seeds: int | Sequence[int]) -> list[int]:
    numbers = list(range(seeds)) if isinstance(seeds, int) else list(seeds)
    if not numbers:
        raise UsageError(f"compare: seeds is {seeds!r}; give at least one.")
    return numbers


def _require_known(
    instance: Instance, solvers: Sequence[str | Solver[Any] | type[Solver[Any]]]
) -> None:
    """Refuse misspelt names before any run; its results would be lost."""
    for solver in solvers:
        if isinstance(solver, str) and solver != registry.AUTO:
            registry.solver_class(family_of(instance).name, solver)


def _runs(
    instance: Instance,
    solver: str | Solver[Any] | type[Solver[Any]],
    seeds: Sequence[int],
    claims: dict[str, BestClaims],
    options: Mapping[str, Mapping[str, Any]],
    limits: Limits | None,
    time_limit: float | None,
) -> list[tuple[Any, ...]]:
    """Return a row per run of one solver, and check its claims against the others'.

    Claims are compared within one variant of the family's problem.
    """
    name = solver if isinstance(solver, str) else solver.name
    rows = []
    for seed in seeds:
        try:
            result = solve(
                instance,
                solver,
                options=options.get(name),
                limits=limits,
                time_limit=time_limit,
                seed=seed,
            )
        except UnavailableError as error:
            row = (instance.name, name, seed, "unavailable", *[None] * 3, False, None)
            return [(*row, str(error))]
        rows.append(_row(name, result))
        made = _solver_of(solver, result)
        of_variant = claims.setdefault(made.variant, BestClaims())
        _agree(of_variant, name, result, partial=made.bound_is_partial())
        if result.solver.deterministic:
            break
    return rows


def _row(name: str, result: Result) -> tuple[Any, ...]:
    timings = result.timings
    return (
        result.instance.name,
        name,
        result.solver.seed,
        result.status.value,
        result.objective,
        result.bound,
        result.gap,
        result.verification is not None and result.verification.feasible,
        timings.build_s + timings.solve_s + timings.check_s,
        result.termination.reason.value,
    )


def _solver_of(solver: str | Solver[Any] | type[Solver[Any]], result: Result) -> Any:
    """Return the solver that ran, as an object."""
    if isinstance(solver, Solver):
        return solver
    if isinstance(solver, str):
        family = family_of(result.instance)
        solver = registry.solver_class(family.name, result.solver.name)
    return solver(result.solver.options)


def _agree(claims: BestClaims, name: str, result: Result, *, partial: bool) -> None:
    """Take in what a run claims; raise if it cannot be true beside the others."""
    verified = result.status in (Status.OPTIMAL, Status.FEASIBLE)
    claims.add(
        f"{name} with seed {result.solver.seed}",
        objective=result.objective if verified else None,
        bound=None if partial else result.bound,
        infeasible=result.proven_infeasible and not partial,
    )
    contradiction = claims.contradiction()
    if contradiction is not None:
        raise ContradictionError(f"{result.instance.name}: {contradiction}.")
