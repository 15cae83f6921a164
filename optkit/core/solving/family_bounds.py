"""The bounds of a family: what it can prove about any answer, whoever found it.

After a solver has ended, the harness asks the solver's family for its bounds, the cheapest
first, until one proves the answer optimal, all are computed, or their time is up. So an
answer comes with a bound even if its solver reports none, and no search is disturbed: what
was found does not depend on these bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from optkit.core.consistency import proves_optimality
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.family import Family, resolve

if TYPE_CHECKING:
    from optkit.core.instance import Instance
    from optkit.core.solving.run import Run

SHARE = 0.05
"""Share of a run's time limit that the bounds of its family may take."""

AFTER_CTRL_C = 1.0
"""Seconds that they may take after Ctrl-C."""

When = Literal["within", "after", "none"]
"""When a family is asked for its bounds: within the time limit, of which the solver then
gets so much less; after it, so that the solver gets all of it; or not at all."""


def _no_time(_: Any) -> float:
    return 0.0


@dataclass(frozen=True)
class FamilyBound:
    """One of a family's bounds.

    Parameters
    ----------
    source
        What proves it, in a few words. It is not computed if the solver reported a bound
        from this source.
    compute
        ``compute(instance, deadline)`` returns a lower bound on the objective of every
        solution; None if it does not apply or was stopped. The instance is as solvers see
        it, in its unit form. Without a time limit the deadline never passes, and the
        result must be the same every time.
    variants
        The variants of the family's problem for which it holds, see
        :attr:`optkit.Solver.variant`.
    seconds
        Estimates how long ``compute`` takes where the deadline cannot stop it.
    """

    source: str
    compute: Callable[[Any, Deadline], float | None]
    variants: tuple[str, ...] = ("",)
    seconds: Callable[[Any], float] = _no_time


def bounds_of(family: Family, variant: str) -> list[FamilyBound]:
    """Return the bounds of one variant of a family's problem, the cheapest first."""
    if family.bounds is None:
        return []
    bounds: Sequence[FamilyBound] = resolve(family.bounds)
    return [bound for bound in bounds if variant in bound.variants]


def prove_bounds(
    bounds: Sequence[FamilyBound], instance: Instance, run: Run, deadline: Deadline
) -> None:
    """Compute bounds and report them to a run, until one proves its answer.

    Parameters
    ----------
    bounds
        The bounds, the cheapest first.
    instance
        The instance as the solver saw it.
    run
        The run, which the solver has left.
    deadline
        When to stop.
    """
    for bound in bounds:
        if proves_optimality(run.objective, run.bound) or deadline():
            return
        if bound.source in run.sources or bound.seconds(instance) > deadline.remaining:
            continue
        value = bound.compute(instance, deadline)
        if value is not None and run.prove(value, bound.source):
            run.bound_is_familys = True
