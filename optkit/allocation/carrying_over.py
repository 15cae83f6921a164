"""An old solution on a network that has changed, without solving anything.

This is the online step of the offline–online scheme (Sec. V-C) where the network, too, is
another one: the tree and the order stay as far as their servers and links are still there,
and the loads are scaled to the task.
"""

from __future__ import annotations

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution


def carry_over(
    solution: AllocationSolution, instance: AllocationInstance
) -> AllocationSolution:
    """Return an old solution as one of another instance, in O(N) and without a solver.

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
