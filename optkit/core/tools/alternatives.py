"""Several solutions: the best decision, the next best, and so on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.instance import Instance
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.family import resolve
from optkit.core.solving.given import result_of
from optkit.core.solving.limits import Limits
from optkit.core.solving.registry import family_of_schema
from optkit.core.solving.result import Result, Status
from optkit.core.solving.solve import solve


@dataclass(frozen=True)
class Alternatives:
    """The best decisions of an instance, the best first.

    Parameters
    ----------
    results
        A result per decision, checked against the instance itself. Its bound is that of the
        instance.
    bounds
        By decision, a lower bound on all decisions but those before it; None if there is
        none.
    proven
        How many of the decisions, from the first, are proven to be the best: of all others,
        none is better.
    complete
        Whether it is proven that there are no other decisions.
    """

    results: tuple[Result, ...]
    bounds: tuple[float | None, ...]
    proven: int
    complete: bool


def alternatives(
    instance: Instance,
    count: int,
    solver: str = "auto",
    time_limit: float | None = None,
    seed: int = 0,
    tell: Callable[[int], None] = lambda _: None,
) -> Alternatives:
    """Find the best decisions: solve, exclude the decision, and solve again.

    Parameters
    ----------
    instance
        An instance of a family whose decisions can be excluded: bilevel.
    count
        How many decisions to look for.
    solver
        Name of a solver; ``"auto"`` chooses one each time.
    time_limit
        Seconds for all of them together; None for no limit.
    seed
        Random seed.
    tell
        Called with the number of decisions found, after each.

    Raises
    ------
    UsageError
        If an argument makes no sense.
    UnavailableError
        If decisions of the instance cannot be excluded.

    Examples
    --------
    >>> import optkit
    >>> program = optkit.shipped_instance("moore-bard")
    >>> found = optkit.alternatives(program, 3)
    >>> [result.objective for result in found.results], found.proven
    ([-22.0, -21.0, -18.0], 3)
    """
    if not isinstance(instance, Instance):
        raise UsageError(
            f"alternatives: {type(instance).__name__} is not an instance; optkit.load"
            " reads one."
        )
    if count < 1:
        raise UsageError(f"alternatives: {count!r} solutions; ask for at least one.")
    family = family_of_schema(instance.SCHEMA)
    assert family is not None, "an instance exists, so its family is registered"
    if family.excluding is None or family.restricted is None:
        raise UnavailableError(
            f"family {family.name!r} cannot exclude decisions; bilevel can."
        )
    excluding, restricted = resolve(family.excluding), resolve(family.restricted)
    excluding(instance, [])  # what cannot be excluded is refused before any work
    deadline = Deadline() if time_limit is None else Deadline(time_limit)
    results: list[Result] = []
    bounds: list[float | None] = []
    proven, complete = 0, False
    while len(results) < count and not deadline():
        solutions = [result.solution for result in results]
        program = excluding(instance, solutions) if solutions else instance
        limits = Limits(time=None if time_limit is None else deadline.remaining)
        found = solve(program, solver, limits=limits, seed=seed)
        complete = found.status is Status.INFEASIBLE
        if found.solution is None:
            break
        solution = restricted(instance, found.solution)
        bounds.append(found.bound)
        bound_source = found.bound_source if not results else results[0].bound_source
        results.append(
            replace(
                result_of(
                    instance,
                    solution,
                    found.solver.name,
                    f"number {len(results) + 1} of the best decisions",
                ),
                solver=found.solver,
                bound=bounds[0],
                bound_source=bound_source,
                limits=found.limits,
                timings=found.timings,
            )
        )
        tell(len(results))
        if found.status is not Status.OPTIMAL:
            break
        proven += 1
    return Alternatives(tuple(results), tuple(bounds), proven, complete)
