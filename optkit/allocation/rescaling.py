"""The offline–online scheme (Sec. V-C): an old solution for another task or network."""

from __future__ import annotations

import time
from dataclasses import replace

from optkit.allocation.check.checker import check
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.errors import UsageError
from optkit.core.files.fields import LARGEST, SMALLEST
from optkit.core.solving.result import Result, Termination, Timings
from optkit.core.solving.trajectory import Trajectory


def rescale(result: Result, new_size: float) -> Result:
    """Return the result for the same network and a task of ``new_size`` Gbit.

    Costs are linear in the loads (Theorem 2), so loads, objective and bound are all
    multiplied by the ratio of the sizes, in O(N) and without a solver. The scaled solution
    is checked like any other.

    Parameters
    ----------
    result
        A result with a solution, for a task that is not empty.
    new_size
        Task size in Gbit.

    Raises
    ------
    UsageError
        If the result has no solution, its task is empty, or the size is not allowed.
    """
    instance, solution = result.instance, result.solution
    if not isinstance(instance, AllocationInstance) or not isinstance(
        solution, AllocationSolution
    ):
        raise UsageError("rescale: give a result of family allocation with a solution.")
    if result.verification is None or not result.verification.feasible:
        raise UsageError("rescale: the result did not pass its check; solve again.")
    size = instance.task.size_gbit
    if size == 0.0:
        raise UsageError(
            "rescale: the task is empty, and no ratio scales nothing up; solve again."
        )
    if (
        isinstance(new_size, bool)
        or not isinstance(new_size, int | float)
        or not (new_size == 0 or SMALLEST <= new_size <= LARGEST)
    ):
        raise UsageError(
            f"rescale: size {new_size!r} is not allowed; give 0, or"
            f" {SMALLEST} to {LARGEST} Gbit."
        )
    started = time.perf_counter()
    ratio = new_size / size
    task = instance.task.model_copy(update={"size_gbit": float(new_size)})
    scaled_instance = instance.model_copy(update={"task": task})
    scaled = solution.model_copy(
        update={"load_gbit": {k: ratio * v for k, v in solution.load_gbit.items()}}
    )
    built = time.perf_counter()
    verification = check(scaled_instance, scaled)
    checked = time.perf_counter()
    return replace(
        result,
        instance=scaled_instance,
        solution=scaled,
        objective=verification.objective,
        bound=None if result.bound is None else ratio * result.bound,
        bound_source=result.bound_source,
        termination=Termination(
            result.termination.reason,
            f"scaled from {size!r} Gbit; {result.termination.detail}",
        ),
        verification=verification,
        metrics=verification.metrics,
        timings=Timings(0.0, built - started, checked - built),
        trajectory=Trajectory(),
    )


def carry_over(
    solution: AllocationSolution, instance: AllocationInstance
) -> AllocationSolution:
    """Return an old solution as one of another instance, in O(N) and without a solver.

    This is the scheme's online step where the network has changed, too. Tree and order
    stay as far as their servers and links are still there.

    A server stays in the tree if it and the links of its way from the master are still
    there. The loads of those that stay are multiplied by one factor, so that they add up to
    the task; if none of them has any, the master does everything. What is new is not used.

    Parameters
    ----------
    solution
        A solution of any instance.
    instance
        The instance that the new one is of.

    Returns
    -------
    AllocationSolution
        It passes the check if the old one did. Its routing is free: the tree was that of
        shortest paths in another network.
    """
    links = {(link.source, link.target) for link in instance.links}
    stays = {instance.master: True}
    for server in solution.parent:
        trail: dict[str, None] = {}
        step = server
        while (
            step not in stays
            and step not in trail
            and (solution.parent.get(step), step) in links
        ):
            trail[step] = None
            step = solution.parent[step]
        reached = stays.setdefault(step, False)
        stays |= dict.fromkeys(trail, reached)
    parent = {
        server: sender for server, sender in solution.parent.items() if stays[server]
    }
    order = {
        root: tuple(server for server in sent if stays.get(server, False))
        for root, sent in solution.order.items()
        if root in parent
    }
    kept = {
        server: load
        for server, load in solution.load_gbit.items()
        if server in parent or server == instance.master
    }
    total, size = sum(kept.values()), instance.task.size_gbit
    if total > 0.0:
        loads = {server: load * size / total for server, load in kept.items()}
    else:
        loads = {instance.master: size}
    return AllocationSolution(
        routing="free", parent=parent, load_gbit=loads, order=order
    )
