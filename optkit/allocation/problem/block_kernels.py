"""Loops over a whole tree: plain Python on small trees, compiled on huge ones."""

from __future__ import annotations

from optkit.core.runtime.loops import loop

PER_STEP = 10
"""Servers that a loop on lists passes in the time of one step of other loops."""


@loop(lambda server, *_: server // PER_STEP, fills=3)
def climb(server, start, children, distance, a, relay, capacity, own, flow):  # type: ignore[no-untyped-def]
    """Solve the blocks from ``server`` up to the root, as long as two recursions do it.

    At each block, all flows are at their caps and the server's own cost is 1, which gives
    its own load y. Prices of the same rows prove this optimal if none is negative.

    Parameters
    ----------
    server
        Number of the first block to solve; those below it are solved.
    start, children
        All children, by parent and then by falling rate, and where each parent's begin.
    distance, a, relay
        As in :class:`~optkit.allocation.problem.sink_tree.SinkTree`, ``a`` its ``own``.
    capacity, own, flow
        As in :class:`~optkit.allocation.problem.contiguous_orders.Blocks`; filled in.

    Returns
    -------
    The first server whose block the recursions do not solve; 0 if there is none.
    """
    while server > 0:
        first, last = start[server], start[server + 1]
        d = distance[server]
        # Caps: child c gets κ_c · rest · (1 − D y); relaying all of this costs `spent`.
        rest, flows, spent = 1.0, 0.0, 0.0
        for k in range(first, last):
            c = children[k]
            take = capacity[c] * rest
            flows += take
            spent += relay[c] * take
            rest -= d * take
        own_scale = a[server] - d * spent
        y = (1.0 - spent) / own_scale if own_scale > 0.0 else -1.0
        # Prices: with p for the own row, p_c = κ_c (1 − r_c p − D Σ later) is u + v p.
        later_u, later_v = 0.0, 0.0
        optimal = y >= 0.0
        if optimal and last > first:
            for k in range(last - 1, first - 1, -1):
                c = children[k]
                later_u += capacity[c] * (1.0 - d * later_u)
                later_v += capacity[c] * (-relay[c] - d * later_v)
            scale = a[server] + d * later_v
            price = (1.0 - d * later_u) / scale if scale > 0.0 else -1.0
            optimal = price >= 0.0
            later = 0.0
            for k in range(last - 1, first - 1, -1):
                c = children[k]
                p = capacity[c] * (1.0 - relay[c] * price - d * later)
                optimal = optimal and p >= 0.0
                later += p
        if not optimal:
            return server
        rest = 1.0 - d * y
        for k in range(first, last):
            c = children[k]
            flow[c] = capacity[c] * rest
            rest -= d * flow[c]
        own[server] = y
        capacity[server] = y + flows * (1.0 - d * y)
        server -= 1
    return 0


@loop(lambda start, *_: len(start) // PER_STEP, fills=2)
def preorder(start, children, stack, order):  # type: ignore[no-untyped-def]
    """Fill ``order`` with every server before those below it, children by falling rate.

    ``stack`` has room for all servers.
    """
    stack[0] = 0
    height, position = 1, 0
    while height > 0:
        height -= 1
        server = stack[height]
        if server > 0:
            order[position] = server
            position += 1
        for k in range(start[server + 1] - 1, start[server] - 1, -1):
            stack[height] = children[k]
            height += 1


@loop(lambda parent, *_: len(parent) // PER_STEP, fills=2)
def hand_down(parent, capacity, own, flow, budget, loads):  # type: ignore[no-untyped-def]
    """Hand the roots' budgets down, and fill in the loads that they pay for.

    The budget of a child's block is what it is sent over what it could take.
    """
    for server in range(1, len(parent)):
        above = parent[server]
        if above > 0:
            budget[server] = budget[above] * flow[server] / capacity[server]
        loads[server] = budget[server] * own[server]
