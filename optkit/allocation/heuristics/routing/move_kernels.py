"""Compiled loops that move parts of a tree: one move, a descent, a kick, a tree grown anew.

Arguments are those of :mod:`optkit.allocation.heuristics.routing.tree_kernels`. Moving a
part of the tree changes D inside the part, and κ inside it and above both of its places,
and nothing else.
"""

from __future__ import annotations

from optkit.allocation.heuristics.routing.tree_kernels import (
    attach,
    block,
    detach,
    list_below,
    refresh,
    total,
)
from optkit.core.runtime.compiled import compiled

NEGLIGIBLE = 1e-12
"""Relative gain that may be rounding."""


@compiled
def rehang(entry, cut, net, tree):  # type: ignore[no-untyped-def]
    """Reach the part below ``cut`` by the link ``entry``, reversing the links in between.

    Returns the link by which ``cut`` was reached before; doing the same with that link and
    the target of ``entry`` undoes the move.
    """
    source, target, reverse = net[0], net[1], net[2]
    link = tree[0]
    old_link = link[cut]
    server = target[entry]
    incoming = entry
    while True:
        up = link[server]
        detach(server, net, tree)
        link[server] = incoming
        attach(server, net, tree)
        if server == cut:
            return old_link
        incoming = reverse[up]
        server = source[up]


@compiled
def keep(server, tree, kept, height):  # type: ignore[no-untyped-def]
    """Save D and κ of ``server``; return the new number of saved entries."""
    who, distance, kappa = kept
    who[height] = server
    distance[height] = tree[3][server]
    kappa[height] = tree[4][server]
    return height + 1


@compiled
def move(entry, cut, least, net, tree, mark, stamp, walk, kept):  # type: ignore[no-untyped-def]
    """Move as :func:`rehang` does, and undo it if the total is not above ``least``.

    ``mark`` is ``stamp`` at the source of ``entry`` and at all servers above it.
    Returns (the total with the move, blocks computed).
    """
    source, target = net[0], net[1]
    link, kappa = tree[0], tree[4]
    height = list_below(cut, tree, walk)
    for k in range(height):
        keep(walk[k], tree, kept, k)
    old_parent = source[link[cut]]
    server = old_parent
    while mark[server] != stamp:
        height = keep(server, tree, kept, height)
        server = source[link[server]]
    server = source[entry]
    while server > 0:
        height = keep(server, tree, kept, height)
        server = source[link[server]]
    old_link = rehang(entry, cut, net, tree)
    refresh(target[entry], net, tree, walk)
    server = old_parent
    while mark[server] != stamp:
        kappa[server] = block(server, net, tree)
        server = source[link[server]]
    server = source[entry]
    while server > 0:
        kappa[server] = block(server, net, tree)
        server = source[link[server]]
    value = total(net, tree)
    if value <= least:
        rehang(old_link, target[entry], net, tree)
        for k in range(height):
            tree[3][kept[0][k]] = kept[1][k]
            kappa[kept[0][k]] = kept[2][k]
    return value, height


@compiled
def mark_above(server, net, tree, mark, stamp):  # type: ignore[no-untyped-def]
    """Mark ``server`` and all above it."""
    source, link = net[0], tree[0]
    mark[0] = stamp
    while server > 0:
        mark[server] = stamp
        server = source[link[server]]


@compiled
def next_cut(cut, net, tree, mark, stamp):  # type: ignore[no-untyped-def]
    """Return the next server above ``cut`` where a part may be cut off; −1 for none."""
    source, reverse, link = net[0], net[2], tree[0]
    up = link[cut]
    above = source[up]
    if mark[above] == stamp or reverse[up] < 0:
        return -1
    return above


@compiled
def descend(entries, cursor, value, max_blocks, max_moves, net, tree, mark, walk, kept):  # type: ignore[no-untyped-def]
    """Improve the tree by the first move that gains, until none does.

    Parameters
    ----------
    entries
        Links to try, in this order and then again from the start.
    cursor
        Position in ``entries``, entries since the last gain, last stamp; kept between
        calls.
    value
        The total, shape (1,).
    max_blocks, max_moves
        Blocks to compute and moves to try before returning.
    net, tree, mark, walk, kept
        The network, the tree, and scratch.

    Returns
    -------
    The number of moves tried.
    """
    source, target, link = net[0], net[1], tree[0]
    spent, tried = 0, 0
    while cursor[1] < len(entries) and spent < max_blocks and tried < max_moves:
        entry = entries[cursor[0]]
        cursor[0] = (cursor[0] + 1) % len(entries)
        cursor[1] += 1
        cut = target[entry]
        if link[cut] == entry:
            continue
        cursor[2] += 1
        stamp = cursor[2]
        mark_above(source[entry], net, tree, mark, stamp)
        if mark[cut] == stamp:
            continue
        while cut >= 0 and tried < max_moves:
            least = value[0] * (1.0 + NEGLIGIBLE)
            gained, blocks = move(entry, cut, least, net, tree, mark, stamp, walk, kept)
            spent += blocks
            tried += 1
            if gained > least:
                value[0] = gained
                cursor[1] = 0
                break
            cut = next_cut(cut, net, tree, mark, stamp)
    return tried


@compiled
def kick(entries, cuts, cursor, net, tree, mark, walk, kept):  # type: ignore[no-untyped-def]
    """Make one move for each of ``entries``, whether it gains or not; return the total.

    ``cuts`` (in [0, 1)) says which of the possible cuts to take.
    """
    source, target, link = net[0], net[1], tree[0]
    for k in range(len(entries)):
        entry = entries[k]
        cut = target[entry]
        if link[cut] == entry:
            continue
        cursor[2] += 1
        stamp = cursor[2]
        mark_above(source[entry], net, tree, mark, stamp)
        if mark[cut] == stamp:
            continue
        count, step = 0, cut
        while step >= 0:
            count += 1
            step = next_cut(step, net, tree, mark, stamp)
        for _ in range(int(cuts[k] * count)):
            cut = next_cut(cut, net, tree, mark, stamp)
        move(entry, cut, -1.0, net, tree, mark, stamp, walk, kept)
    return total(net, tree)


@compiled
def grow(order, into, start, net, tree, walk):  # type: ignore[no-untyped-def]
    """Hang one server after the other where the total becomes largest.

    ``tree`` holds the tree so far, empty at first.

    Parameters
    ----------
    order
        Servers; each has a link from the master or from one in the tree or before it.
    into, start
        Links by target, and where each target's begin.
    net, tree, walk
        The network, the tree, and scratch.

    Returns
    -------
    The total.
    """
    source, delay = net[0], net[3]
    link, _, _, distance, kappa = tree
    for server in order:
        best, chosen = -1.0, -1
        for k in range(start[server], start[server + 1]):
            entry = into[k]
            above = source[entry]
            if above > 0 and link[above] < 0:
                continue
            link[server] = entry
            distance[server] = distance[above] + delay[entry]
            attach(server, net, tree)
            kappa[server] = block(server, net, tree)
            height = 0
            while above > 0:
                walk[height] = above
                height += 1
                above = source[link[above]]
            old = kappa[walk[:height]]
            for j in range(height):
                kappa[walk[j]] = block(walk[j], net, tree)
            gained = total(net, tree)
            if gained > best:
                best, chosen = gained, entry
            detach(server, net, tree)
            for j in range(height):
                kappa[walk[j]] = old[j]
            link[server] = -1
        link[server] = chosen
        distance[server] = distance[source[chosen]] + delay[chosen]
        attach(server, net, tree)
        kappa[server] = block(server, net, tree)
        above = source[chosen]
        while above > 0:
            kappa[above] = block(above, net, tree)
            above = source[link[above]]
    return total(net, tree)
