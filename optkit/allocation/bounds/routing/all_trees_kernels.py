"""Compiled loops of the bound over all trees.

``forest`` is (parent, distance, rate, worth) of the nodes of
:class:`optkit.allocation.bounds.routing.path_forest.Forest`: rate is −log(1 − D/a), which
the server's own load adds to the logarithm of the budget, and worth is that of a Gbit at
the nodes of the master's links. ``state`` is (x, logs, kappa): the part of its server that
each node serves, and log(1 − D κ) and κ of everything served there and below.
"""

from __future__ import annotations

import heapq

import numpy as np

from optkit.core.runtime.compiled import compiled

_ALMOST = 1.0 - 1e-16


@compiled
def distances(root, start, target, delay, blocked, distance):  # type: ignore[no-untyped-def]
    """Fill in the least cost of a way from ``root`` past no blocked server (Dijkstra)."""
    distance[:] = np.inf
    distance[root] = 0.0
    heap = [(0.0, root)]
    while len(heap) > 0:
        d, server = heapq.heappop(heap)
        if d > distance[server]:
            continue
        for entry in range(start[server], start[server + 1]):
            below = target[entry]
            if not blocked[below] and d + delay[entry] < distance[below]:
                distance[below] = d + delay[entry]
                heapq.heappush(heap, (distance[below], below))


@compiled
def dominators(  # type: ignore[no-untyped-def]
    root,
    start,
    target,
    sender_start,
    senders,
    blocked,
    position,
    order,
    above,
    stack,
    at,
):
    """Find the immediate dominators of all that ``root`` reaches past no blocked server.

    The iteration of Cooper, Harvey and Kennedy: in reverse postorder, a server's dominator
    is the nearest common dominator of those that it may receive from, until none changes.

    Parameters
    ----------
    root
        Where all ways begin; not blocked.
    start, target
        Links by source.
    sender_start, senders
        Sources of links, by target.
    blocked
        Servers that no way may pass.
    position, order
        Filled in: numbers in reverse postorder, −1 for servers that are not reached, and
        the servers in that order.
    above
        Filled in: immediate dominators; −1 for the root and servers that are not reached.
    stack, at
        Scratch.

    Returns
    -------
    The number of servers that are reached.
    """
    position[:] = -1
    above[:] = -1
    stack[0], at[0] = root, start[root]
    position[root] = 0
    height, done = 1, 0
    while height > 0:
        server = stack[height - 1]
        if at[height - 1] < start[server + 1]:
            below = target[at[height - 1]]
            at[height - 1] += 1
            if not blocked[below] and position[below] < 0:
                position[below] = 0
                stack[height], at[height] = below, start[below]
                height += 1
        else:
            height -= 1
            order[done] = server
            done += 1
    for k in range(done // 2):
        order[k], order[done - 1 - k] = order[done - 1 - k], order[k]
    for k in range(done):
        position[order[k]] = k
    above[root] = root
    moved = True
    while moved:
        moved = False
        for k in range(1, done):
            server = order[k]
            meet = -1
            for j in range(sender_start[server], sender_start[server + 1]):
                other = senders[j]
                if position[other] < 0 or above[other] < 0:
                    continue
                if meet < 0:
                    meet = other
                    continue
                while meet != other:
                    while position[other] > position[meet]:
                        other = above[other]
                    while position[meet] > position[other]:
                        meet = above[meet]
            if above[server] != meet:
                above[server] = meet
                moved = True
    above[root] = -1
    return done


@compiled
def passed(node, forest, kappa):  # type: ignore[no-untyped-def]
    """Return what ``node`` adds to the logarithm of the node above it."""
    share = forest[1][forest[0][node]] * kappa[node]
    return np.log1p(-min(share, _ALMOST))


@compiled
def evaluate(forest, state):  # type: ignore[no-untyped-def]
    """Compute ``logs`` and κ from ``x``."""
    parent = forest[0]
    x, logs, kappa = state
    for node in range(len(parent)):
        logs[node] = -x[node] * forest[2][node]
    for node in range(len(parent) - 1, -1, -1):
        kappa[node] = -np.expm1(logs[node]) / forest[1][node]
        if parent[node] >= 0:
            logs[parent[node]] += passed(node, forest, kappa)


@compiled
def settle(node, change, forest, state):  # type: ignore[no-untyped-def]
    """Add ``change`` to the logarithm of ``node`` and pass it on to all nodes above."""
    parent, logs, kappa = forest[0], state[1], state[2]
    logs[node] += change
    while True:
        up = parent[node]
        if up < 0:
            kappa[node] = -np.expm1(logs[node]) / forest[1][node]
            return
        old = passed(node, forest, kappa)
        kappa[node] = -np.expm1(logs[node]) / forest[1][node]
        logs[up] += passed(node, forest, kappa) - old
        node = up


@compiled
def slope_of(node, forest, state):  # type: ignore[no-untyped-def]
    """Return how fast the worth of the whole forest grows with ``x`` of ``node``."""
    parent, distance, rate, worth = forest
    logs, kappa = state[1], state[2]
    slope = rate[node]
    while parent[node] >= 0:
        up = parent[node]
        share = min(distance[up] * kappa[node], _ALMOST)
        slope *= distance[up] / distance[node] * np.exp(logs[node]) / (1.0 - share)
        node = up
    return worth[node] * slope * np.exp(logs[node]) / distance[node]


@compiled
def ascend(low_end, high_end, node_start, nodes, forest, state):  # type: ignore[no-untyped-def]
    """Move part of each server from the node that gains least to the one that gains most.

    Parameters
    ----------
    low_end, high_end
        Range of servers to look at, by number.
    node_start, nodes
        Nodes by server.
    forest, state
        See the module; ``state`` is changed.

    Returns
    -------
    The sum of what each server could gain by its slopes, before its own move.
    """
    x, rate = state[0], forest[2]
    gain = 0.0
    for server in range(low_end, high_end):
        best, worst = -1, -1
        high, low, mean = 0.0, 0.0, 0.0
        for k in range(node_start[server], node_start[server + 1]):
            node = nodes[k]
            slope = slope_of(node, forest, state)
            mean += x[node] * slope
            if best < 0 or slope > high:
                best, high = node, slope
            if x[node] > 0.0 and (worst < 0 or slope < low):
                worst, low = node, slope
        if best < 0:
            continue
        gain += high - mean
        if worst < 0 or best == worst or high <= low:
            continue
        part = x[worst]
        both = rate[worst] + rate[best]
        if low > 0.0 and both > 0.0:
            # Slopes change at least as fast as e^−(rate · part): they meet here or sooner.
            part = min(part, np.log(high / low) / both)
        x[worst] -= part
        x[best] += part
        settle(worst, part * rate[worst], forest, state)
        settle(best, -part * rate[best], forest, state)
    return gain


@compiled
def slack(low_end, high_end, node_start, nodes, forest, state):  # type: ignore[no-untyped-def]
    """Return the most that servers gain by the tangent at ``x``; see :func:`ascend`."""
    x = state[0]
    gain = 0.0
    for server in range(low_end, high_end):
        high, mean = 0.0, 0.0
        for k in range(node_start[server], node_start[server + 1]):
            node = nodes[k]
            slope = slope_of(node, forest, state)
            mean += x[node] * slope
            high = max(high, slope)
        gain += high - mean
    return gain
