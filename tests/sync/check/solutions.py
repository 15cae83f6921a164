"""Solutions for the tests of the checker."""

from __future__ import annotations

from optkit.sync.check.checker import check
from optkit.sync.instance import SyncInstance
from optkit.sync.solution import Notifications, SyncSolution


def make_solution(
    reports: dict[str, tuple[int, ...]], *links: tuple[str, str, tuple[int, ...]]
) -> SyncSolution:
    """Return a solution from report slots, and source, target and slots of links."""
    return SyncSolution(
        reports=reports,
        notifications=tuple(
            Notifications(source=p, target=q, slots=slots) for p, q, slots in links
        ),
    )


def objective_of(instance: SyncInstance, solution: SyncSolution) -> float:
    """Return the checker's objective, which has to be there."""
    objective = check(instance, solution).objective
    assert objective is not None
    return objective
