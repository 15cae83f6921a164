"""Compiled loops on a tree: what its blocks take, and lists of children to change.

``net`` is a network's (source, target, reverse, delay, relay, own); see
:class:`optkit.allocation.problem.network_arrays.Network`. ``tree`` is (link, first,
following, distance, kappa), changed in place: the link by which each server is reached,
linked lists of children sorted by what relaying to them costs, the distance D, and κ, what
a server's block takes at cost 1.
"""

from __future__ import annotations

from optkit.core.runtime.compiled import compiled


@compiled
def block(server, net, tree):  # type: ignore[no-untyped-def]
    """Return κ of the block at ``server`` from its children's.

    The linear program of :mod:`optkit.allocation.problem.contiguous_orders` has its optimum
    where the first k children by relaying cost are filled or, without own load, where
    relaying uses up the budget. All of these vertices are tried.
    """
    relay, own = net[4], net[5]
    link, first, following, distance, kappa = tree
    d = distance[server]
    a = d + own[server]
    spent, flow, rest = 0.0, 0.0, 1.0
    best = 1.0 / a
    child = first[server]
    while child >= 0:
        cost = relay[link[child]]
        take = kappa[child] * rest
        if spent + cost * take >= 1.0:
            return max(best, flow + (1.0 - spent) / cost)
        spent += cost * take
        flow += take
        rest *= 1.0 - d * kappa[child]
        y = (1.0 - spent) / (a - d * spent)
        best = max(best, y + (1.0 - d * y) * flow)
        child = following[child]
    return best


@compiled
def total(net, tree):  # type: ignore[no-untyped-def]
    """Return the most load at cost 1: the master's knapsack over its children."""
    relay, own = net[4], net[5]
    link, first, following, _, kappa = tree
    budget, load = 1.0, 0.0
    child = first[0]
    while child >= 0:
        cost = relay[link[child]]
        if cost >= own[0]:
            break
        if cost * kappa[child] >= budget:
            return load + budget / cost
        budget -= cost * kappa[child]
        load += kappa[child]
        child = following[child]
    return load + budget / own[0]


@compiled
def attach(server, net, tree):  # type: ignore[no-untyped-def]
    """Put ``server`` into the sorted list of children where its link begins."""
    source, delay, relay = net[0], net[3], net[4]
    link, first, following = tree[0], tree[1], tree[2]
    parent = source[link[server]]
    cost, time = relay[link[server]], delay[link[server]]
    previous, next_child = -1, first[parent]
    while next_child >= 0:
        other_cost = relay[link[next_child]]
        if other_cost > cost:
            break
        if other_cost == cost:
            other_time = delay[link[next_child]]
            if other_time > time or (other_time == time and next_child > server):
                break
        previous = next_child
        next_child = following[next_child]
    following[server] = next_child
    if previous < 0:
        first[parent] = server
    else:
        following[previous] = server


@compiled
def detach(server, net, tree):  # type: ignore[no-untyped-def]
    """Take ``server`` out of the list of children where its link begins."""
    source, link, first, following = net[0], tree[0], tree[1], tree[2]
    parent = source[link[server]]
    if first[parent] == server:
        first[parent] = following[server]
        return
    previous = first[parent]
    while following[previous] != server:
        previous = following[previous]
    following[previous] = following[server]


@compiled
def list_below(top, tree, walk):  # type: ignore[no-untyped-def]
    """Write ``top`` and all below it to ``walk``, parents first; return how many."""
    first, following = tree[1], tree[2]
    walk[0] = top
    listed, height = 0, 1
    while listed < height:
        child = first[walk[listed]]
        listed += 1
        while child >= 0:
            walk[height] = child
            height += 1
            child = following[child]
    return height


@compiled
def refresh(top, net, tree, walk):  # type: ignore[no-untyped-def]
    """Recompute D and κ of ``top`` and all below it; return how many there are."""
    source, delay = net[0], net[3]
    link, distance, kappa = tree[0], tree[3], tree[4]
    height = list_below(top, tree, walk)
    for k in range(height):
        server = walk[k]
        if server > 0:
            distance[server] = distance[source[link[server]]] + delay[link[server]]
    for k in range(height - 1, -1, -1):
        if walk[k] > 0:
            kappa[walk[k]] = block(walk[k], net, tree)
    return height


@compiled
def build(net, tree, walk):  # type: ignore[no-untyped-def]
    """Build lists, distances and κ from the links of ``tree``; return its total.

    Servers whose link is −1 are left out.
    """
    link, first, following, distance, _ = tree
    first[:] = -1
    following[:] = -1
    distance[0] = 0.0
    for server in range(1, len(link)):
        if link[server] >= 0:
            attach(server, net, tree)
    refresh(0, net, tree, walk)
    return total(net, tree)
