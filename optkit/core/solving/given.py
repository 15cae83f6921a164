"""Results of solutions that no run of a solver found, with their check."""

from __future__ import annotations

from optkit._version import __version__
from optkit.core.instance import Instance, Solution
from optkit.core.runtime.versions import versions
from optkit.core.solving import registry
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Reason, Result, SolverRecord, Termination


def result_of(
    instance: Instance, solution: Solution, source: str, detail: str
) -> Result:
    """Return a solution as a result that claims no bound, checked.

    Parameters
    ----------
    instance
        The instance that it answers.
    solution
        The solution.
    source
        What found it; stands in the place of the solver's name.
    detail
        More about it, for the result's termination.
    """
    family = registry.family_of_schema(instance.SCHEMA)
    assert family is not None
    verification = family.check(instance, solution)
    return Result(
        instance=instance,
        solver=SolverRecord(source, __version__, {}, 0, deterministic=True),
        termination=Termination(Reason.CONVERGED, detail),
        solution=solution,
        objective=verification.objective,
        bound=None,
        bound_source=None,
        verification=verification,
        limits=Limits(),
        metrics=verification.metrics,
        versions=versions(),
    )
