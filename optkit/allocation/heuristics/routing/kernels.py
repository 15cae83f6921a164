"""Compiled loops of the search over trees; imported only when it begins.

``net`` is a network's (source, target, reverse, delay, relay, own); see
:class:`optkit.allocation.problem.network_arrays.Network`. ``tree`` is (link, first,
following,
distance, kappa), changed in place: the link by which each server is reached, lists of
children sorted by what relaying to them costs, the distance D, and κ, what a server's
block takes at cost 1. Moving a part of the tree changes D inside it, and κ inside it and
above both of its places, and nothing else.
"""

from __future__ import annotations

from optkit.allocation.problem.compiled import THRESHOLD, fast

NOTHING = 1e-12
"""Relative gain that is rounding."""


def _block(server, net, tree):  # type: ignore[no-untyped-def]
    """Return κ of the block at ``server`` from its children's.

    The linear program of :mod:`optkit.allocation.problem.contiguous_orders` has its
    optimum where the first k
    children by relaying cost are filled or, without own load, where relaying uses up the
    budget: all of these are looked at.
    """
    relay, own = net[4], net[5]
    link, first, following, distance, kappa = tree
    d = distance[server]
    a = d + own[server]
    spent, flow, rest = 0.0, 0.0, 1.0
    best = 1.0 / a
    child = first[server]
    while child >= 0:
        dear = relay[link[child]]
        take = kappa[child] * rest
        if spent + dear * take >= 1.0:
            return max(best, flow + (1.0 - spent) / dear)
        spent += dear * take
        flow += take
        rest *= 1.0 - d * kappa[child]
        y = (1.0 - spent) / (a - d * spent)
        best = max(best, y + (1.0 - d * y) * flow)
        child = following[child]
    return best


block = fast(_block, THRESHOLD)


def _total(net, tree):  # type: ignore[no-untyped-def]
    """Return the most load at cost 1: the master's knapsack over its children."""
    relay, own = net[4], net[5]
    link, first, following, _, kappa = tree
    budget, load = 1.0, 0.0
    child = first[0]
    while child >= 0:
        dear = relay[link[child]]
        if dear >= own[0]:
            break
        if dear * kappa[child] >= budget:
            return load + budget / dear
        budget -= dear * kappa[child]
        load += kappa[child]
        child = following[child]
    return load + budget / own[0]


total = fast(_total, THRESHOLD)


def _attach(server, net, tree):  # type: ignore[no-untyped-def]
    """Put ``server`` into the sorted list of children where its link begins."""
    source, delay, relay = net[0], net[3], net[4]
    link, first, following = tree[0], tree[1], tree[2]
    parent = source[link[server]]
    dear, slow = relay[link[server]], delay[link[server]]
    before, after = -1, first[parent]
    while after >= 0:
        other = relay[link[after]]
        if other > dear:
            break
        if other == dear:
            late = delay[link[after]]
            if late > slow or (late == slow and after > server):
                break
        before = after
        after = following[after]
    following[server] = after
    if before < 0:
        first[parent] = server
    else:
        following[before] = server


attach = fast(_attach, THRESHOLD)


def _detach(server, net, tree):  # type: ignore[no-untyped-def]
    """Take ``server`` out of the list of children where its link begins."""
    source, link, first, following = net[0], tree[0], tree[1], tree[2]
    parent = source[link[server]]
    if first[parent] == server:
        first[parent] = following[server]
        return
    before = first[parent]
    while following[before] != server:
        before = following[before]
    following[before] = following[server]


detach = fast(_detach, THRESHOLD)


def _list_below(top, tree, walk):  # type: ignore[no-untyped-def]
    """Write ``top`` and all below it to ``walk``, parents first; return how many."""
    first, following = tree[1], tree[2]
    walk[0] = top
    seen, height = 0, 1
    while seen < height:
        child = first[walk[seen]]
        seen += 1
        while child >= 0:
            walk[height] = child
            height += 1
            child = following[child]
    return height


list_below = fast(_list_below, THRESHOLD)


def _refresh(top, net, tree, walk):  # type: ignore[no-untyped-def]
    """Compute D and κ of ``top`` and all below; return how many they are."""
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


refresh = fast(_refresh, THRESHOLD)


def _build(net, tree, walk):  # type: ignore[no-untyped-def]
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


build = fast(_build, THRESHOLD)


def _rehang(entry, cut, net, tree):  # type: ignore[no-untyped-def]
    """Reach the part below ``cut`` by the link ``entry``, turning links in between round.

    Returns the link by which ``cut`` was reached before: doing the same with that link
    and the target of ``entry`` undoes it.
    """
    source, target, reverse = net[0], net[1], net[2]
    link = tree[0]
    before = link[cut]
    server = target[entry]
    incoming = entry
    while True:
        up = link[server]
        detach(server, net, tree)
        link[server] = incoming
        attach(server, net, tree)
        if server == cut:
            return before
        incoming = reverse[up]
        server = source[up]


rehang = fast(_rehang, THRESHOLD)


def _keep(server, tree, kept, height):  # type: ignore[no-untyped-def]
    """Remember D and κ of ``server``; return the new height of the memory."""
    who, distance, kappa = kept
    who[height] = server
    distance[height] = tree[3][server]
    kappa[height] = tree[4][server]
    return height + 1


keep = fast(_keep, THRESHOLD)


def _move(entry, cut, least, net, tree, mark, stamp, walk, kept):  # type: ignore[no-untyped-def]
    """Move as :func:`_rehang` does, and undo it if the total is not above ``least``.

    The target of ``entry`` and all above it stand marked with ``stamp`` where they are
    above the source of ``entry`` too. Returns (the total with the move, blocks computed).
    """
    source, target = net[0], net[1]
    link, kappa = tree[0], tree[4]
    height = list_below(cut, tree, walk)
    for k in range(height):
        keep(walk[k], tree, kept, k)
    old = source[link[cut]]
    server = old
    while mark[server] != stamp:
        height = keep(server, tree, kept, height)
        server = source[link[server]]
    server = source[entry]
    while server > 0:
        height = keep(server, tree, kept, height)
        server = source[link[server]]
    before = rehang(entry, cut, net, tree)
    refresh(target[entry], net, tree, walk)
    server = old
    while mark[server] != stamp:
        kappa[server] = block(server, net, tree)
        server = source[link[server]]
    server = source[entry]
    while server > 0:
        kappa[server] = block(server, net, tree)
        server = source[link[server]]
    found = total(net, tree)
    if found <= least:
        rehang(before, target[entry], net, tree)
        for k in range(height):
            tree[3][kept[0][k]] = kept[1][k]
            kappa[kept[0][k]] = kept[2][k]
    return found, height


move = fast(_move, THRESHOLD)


def _mark_above(server, net, tree, mark, stamp):  # type: ignore[no-untyped-def]
    """Mark ``server`` and all above it."""
    source, link = net[0], tree[0]
    mark[0] = stamp
    while server > 0:
        mark[server] = stamp
        server = source[link[server]]


mark_above = fast(_mark_above, THRESHOLD)


def _next_cut(cut, net, tree, mark, stamp):  # type: ignore[no-untyped-def]
    """Return the next server above ``cut`` that a part may be cut off at; −1 for none."""
    source, reverse, link = net[0], net[2], tree[0]
    up = link[cut]
    above = source[up]
    if mark[above] == stamp or reverse[up] < 0:
        return -1
    return above


next_cut = fast(_next_cut, THRESHOLD)


def _descend(entries, cursor, value, most, moves, net, tree, mark, walk, kept):  # type: ignore[no-untyped-def]
    """Improve the tree by moves, the first that gains, until none does.

    Parameters
    ----------
    entries
        Links to be tried, in this order and round again.
    cursor
        Place in ``entries``, entries since the last gain, last stamp; kept between calls.
    value
        The total, shape (1,).
    most, moves
        Blocks to compute and moves to try before returning.

    Returns
    -------
    Moves tried.
    """
    source, target, link = net[0], net[1], tree[0]
    spent, tried = 0, 0
    while cursor[1] < len(entries) and spent < most and tried < moves:
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
        while cut >= 0 and tried < moves:
            least = value[0] * (1.0 + NOTHING)
            found, blocks = move(entry, cut, least, net, tree, mark, stamp, walk, kept)
            spent += blocks
            tried += 1
            if found > least:
                value[0] = found
                cursor[1] = 0
                break
            cut = next_cut(cut, net, tree, mark, stamp)
    return tried


descend = fast(_descend, THRESHOLD)


def _kick(entries, places, cursor, net, tree, mark, walk, kept):  # type: ignore[no-untyped-def]
    """Make one move for each of ``entries``, whatever it does; return the total.

    Of the possible cuts, ``places`` (in [0, 1)) says which.
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
        for _ in range(int(places[k] * count)):
            cut = next_cut(cut, net, tree, mark, stamp)
        move(entry, cut, -1.0, net, tree, mark, stamp, walk, kept)
    return total(net, tree)


kick = fast(_kick, THRESHOLD)


def _grow(order, into, begins, net, tree, walk):  # type: ignore[no-untyped-def]
    """Hang one server after the other where the total becomes largest.

    The tree so far stands in ``tree``, empty to begin with.

    Parameters
    ----------
    order
        Servers; each has a link from the master or from one in the tree or before it.
    into, begins
        Links by target, and where each target's begin.

    Returns
    -------
    The total.
    """
    source, delay = net[0], net[3]
    link, _, _, distance, kappa = tree
    for server in order:
        best, chosen = -1.0, -1
        for k in range(begins[server], begins[server + 1]):
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
            found = total(net, tree)
            if found > best:
                best, chosen = found, entry
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


grow = fast(_grow, THRESHOLD)
